"""The write path's way to the database: Django's connection and transaction, the driver's own cursor.

Django's cursor costs more than the statement itself where one write is a dozen small statements. Reads that a page
makes go through Django's cursor, so that query counts see them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

Params = Sequence[Any]

_ARRAY = {
    "rid": "bigint", "key": "bigint", "position": "bigint", "updated_us": "bigint", "patient_key": "bigint",
    "org": "bigint", "tok": "bigint", "target": "bigint", "unit": "bigint", "lo": "bigint", "hi": "bigint",
    "exact": "bigint", "at_us": "bigint", "num": "bigint", "param": "int", "version": "int", "type": "smallint",
    "deleted": "smallint", "follows": "smallint", "method": "smallint", "body": "bytea", "hash": "bytea",
}  # fmt: skip


_OF_TABLE = {
    "ix_number": {"value": "double precision"},
    "ix_quantity": {"value": "double precision"},
    "audit": {"type": "text", "unit": "text"},
}


def is_postgresql() -> bool:
    """Which of the two databases this connection speaks to."""
    return connection.vendor == "postgresql"


def run(sql: str, params: Params = ()) -> Any:
    """Execute on the driver; returns its cursor. Placeholders are %s."""
    connection.ensure_connection()
    raw = connection.connection
    if is_postgresql():
        return _cursor(raw).execute(sql, params, prepare=True)
    return raw.execute(sql.replace("%s", "?"), params)


@contextmanager
def together() -> Iterator[None]:
    """Send statements without waiting for each answer (PostgreSQL's pipeline): one journey for a whole write."""
    connection.ensure_connection()
    if not is_postgresql():
        yield
        return
    with connection.connection.pipeline():
        yield


def run_once(sql: str) -> None:
    """Execute a statement that is no part of the write path (CREATE, DROP): nothing is prepared."""
    with connection.cursor() as cursor:
        cursor.execute(sql)


def run_many(sql: str, rows: Sequence[tuple]) -> None:
    """SQLite: one statement for many rows; placeholders are ?."""
    connection.connection.executemany(sql, rows)


def fetch(sql: str, params: Params = ()) -> list[tuple]:
    """All rows, through Django's cursor (counted by query tests)."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def insert(
    table: str,
    columns: Sequence[str],
    rows: Iterable[tuple],
    *,
    tail: str = "",
    types: dict[str, str] | None = None,
) -> None:
    """Insert many rows with one statement; `tail` is what follows (ON CONFLICT …).

    `types` are PostgreSQL's names for columns that are not the store's. PostgreSQL takes one array per column, so
    that the statement's text (and its plan) is always the same.
    """
    rows = list(rows)
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    if not is_postgresql():
        marks = ", ".join("?" * len(columns))
        connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {tail}", rows)
        return
    casts = types if types is not None else {**_ARRAY, **_OF_TABLE.get(table, {})}
    arrays = ", ".join(f"%s::{casts.get(column, 'text')}[]" for column in columns)
    run(
        f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {tail}",
        [list(c) for c in zip(*rows, strict=True)],
    )


def delete_where_rid(table: str, rids: Sequence[int]) -> None:
    """Remove the rows of these resources."""
    if is_postgresql():
        run(f"DELETE FROM {table} WHERE rid = ANY(%s::bigint[])", [list(rids)])
    else:
        connection.connection.executemany(f"DELETE FROM {table} WHERE rid = ?", [(rid,) for rid in rids])


def blob(value: Any) -> bytes:
    """bytes of a BLOB or BYTEA, whatever the driver hands out."""
    return value if isinstance(value, bytes) else bytes(value)


def _cursor(raw: Any) -> Any:
    import psycopg

    if raw.prepare_threshold is None:  # Django switches preparation off; the write path repeats few statements
        raw.prepare_threshold = 2
    return psycopg.Cursor(raw)
