"""What is asked of both databases, and what of one.

Whatever is written in SQL, locks, keeps or restores is tried on SQLite and on PostgreSQL; so is each page, by the
ledger of queries. Tests of words, forms, refusals, keys and files (`ONE`) ask the same of either database and run on
SQLite; with `./ansinh test -- --both` they run on PostgreSQL as well.
"""

from pathlib import Path

from django.conf import settings

FOLDER = Path(__file__).parent
ONE = (
    "access/test_every_url.py",
    "access/test_forms_beyond_reach.py",
    "access/test_login_fuzz.py",
    "access/test_strangers_on_pages.py",
    "bad_input",
    "config/test_bad_definitions.py",
    "config/test_launcher.py",
    "signing",
    "smart",
    "web",
)


def pytest_addoption(parser):
    parser.addoption("--both", action="store_true", help="on PostgreSQL too, what asks the same of either database")


def pytest_collection_modifyitems(config, items):
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"] or config.getoption("both", False):
        return
    one = [FOLDER / each for each in ONE]
    left = {item for item in items if any(each in (item.path, *item.path.parents) for each in one)}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
