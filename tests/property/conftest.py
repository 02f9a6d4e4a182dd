"""On PostgreSQL only the properties that ask the database are tried: the others said all they can say on SQLite."""

from pathlib import Path

from django.conf import settings

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(config, items):
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return
    needless = [item for item in items if FOLDER in item.path.parents and not _asks_the_database(item)]
    if needless:
        config.hook.pytest_deselected(items=needless)
        items[:] = [item for item in items if item not in set(needless)]


def _asks_the_database(item) -> bool:
    return item.get_closest_marker("django_db") is not None or "db" in item.fixturenames
