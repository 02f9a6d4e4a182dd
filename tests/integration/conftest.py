"""On PostgreSQL the walks through every page are left out: they look at words, forms and refusals, and each page's own
queries are asked of both databases by the tests of its room."""

from pathlib import Path

from django.conf import settings

FOLDER = Path(__file__).parent
WALKS = (
    "web",
    "access/test_forms_beyond_reach.py",
    "access/test_login_fuzz.py",
    "access/test_strangers_on_pages.py",
)


def pytest_collection_modifyitems(config, items):
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return
    walks = [FOLDER / each for each in WALKS]
    left = {item for item in items if any(walk in (item.path, *item.path.parents) for walk in walks)}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
