"""What was last loaded into the database, noted inside it: it goes when the database goes, and is copied with it.

`standing` asks the driver directly, because a node that has nothing to do is not to wait for Django before it serves.
"""

from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings

# Nothing when the records or the views are gone; another answer when migrations were taken back or added by hand.
_ASKED = (
    "SELECT value, (SELECT count(*) || ':' || max(id) FROM django_migrations) FROM node_state "
    "WHERE name = 'loaded' AND EXISTS (SELECT 1 FROM journal) AND EXISTS (SELECT 1 FROM live_view)"
)
_NOTED = (
    "INSERT INTO node_state (name, value) SELECT 'loaded', count(*) || ':' || max(id) || ' ' || %s "
    "FROM django_migrations WHERE true ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def note(state: str) -> None:
    """Write down that the database holds what `state` says, by the migrations that it has now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_NOTED, [state])


def holds(state: str) -> bool:
    """True when the database of Django's connection holds what `state` says. Its tables must be there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        return _says(cursor.fetchone(), state)


def standing(state: str) -> bool:
    """The same without Django. False too for a database that is not there, not migrated or does not answer."""
    database = settings.DATABASES["default"]
    return _says(_from_file(database) if "sqlite" in database["ENGINE"] else _from_server(database), state)


def _says(found: Any, state: str) -> bool:
    return bool(found) and found[0] == f"{found[1]} {state}"


def _from_file(database: dict[str, Any]) -> Any:
    import sqlite3

    if not Path(database["NAME"]).is_file():
        return None
    try:
        with closing(sqlite3.connect(database["NAME"], timeout=20)) as raw:
            return raw.execute(_ASKED).fetchone()
    except sqlite3.Error:
        return None  # what is wrong is said by bringing the database up to date


def _from_server(database: dict[str, Any]) -> Any:
    import psycopg

    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    try:
        given = {name: database[key] for name, key in known.items() if database.get(key)}
        with psycopg.connect(**{"connect_timeout": 10, **given, **database.get("OPTIONS", {})}) as raw:
            return raw.execute(_ASKED).fetchone()
    except psycopg.Error:
        return None
