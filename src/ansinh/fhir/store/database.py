"""The write path's way to the database: Django's connection and transaction, the driver's own cursor.

Django's cursor costs more than the statement itself where one write is a dozen small statements. Reads that a page
makes go through Django's cursor, so that query counts see them. Errors are Django's (`django.db.Error`), whichever
driver raised them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

Params = Sequence[Any]

_KINDS = {
    "rid": "bigint", "key": "bigint", "position": "bigint", "updated_us": "bigint", "patient_key": "bigint",
    "org": "bigint", "tok": "bigint", "target": "bigint", "unit": "bigint", "lo": "bigint", "hi": "bigint",
    "exact": "bigint", "at_us": "bigint", "num": "bigint", "param": "int", "version": "int", "type": "smallint",
    "deleted": "smallint", "follows": "smallint", "method": "smallint", "body": "bytea", "hash": "bytea",
}  # fmt: skip
_OF_TABLE = {
    "ix_number": {"value": "double precision"},
    "ix_quantity": {"value": "double precision"},
    "audit_row": {
        "id": "bigint",
        "who": "bigint",
        "patient": "bigint",
        "verb": "smallint",
        "what": "bytea",
    },
    "audit_who": {"who": "bigint", "unit": "text"},
    "audit_seal": {"id": "bigint"},
}
_MARK = re.compile(r"%[s%]")


def is_postgresql() -> bool:
    """Which of the two databases this connection speaks to."""
    return connection.vendor == "postgresql"


def kinds(table: str, columns: Sequence[str]) -> tuple[str, ...]:
    """PostgreSQL's names for the types of the store's own columns."""
    special = _OF_TABLE.get(table, {})
    return tuple(special.get(column) or _KINDS.get(column, "text") for column in columns)


def run(sql: str, params: Params = ()) -> Any:
    """Execute on the driver; returns its cursor. Placeholders are %s; on PostgreSQL a list of numbers is an array."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if is_postgresql():
            from ansinh.fhir.store import postgresql

            numbers = [postgresql.array("bigint", one) if isinstance(one, list) else one for one in params]
            return _journeys().run(_numbered(sql), numbers)
        return connection.connection.execute(sql.replace("%s", "?"), params)


@lru_cache(maxsize=2048)
def _numbered(sql: str) -> bytes:
    """`%s` as PostgreSQL itself takes it: $1, $2, …; `%%` is a percent sign."""
    number = count(1)
    return _MARK.sub(lambda found: "%" if found[0] == "%%" else f"${next(number)}", sql).encode()


@lru_cache(maxsize=2048)
def _questioned(sql: str) -> str:
    """`%s` as SQLite takes it."""
    return _MARK.sub(lambda found: "%" if found[0] == "%%" else "?", sql)


@contextmanager
def together() -> Iterator[None]:
    """Send statements without waiting for each answer (PostgreSQL's pipeline): one journey for a whole write.

    They wait until the end, or until an answer is looked at or something is asked beside them.
    """
    connection.ensure_connection()
    if not is_postgresql():
        yield
        return
    with connection.wrap_database_errors, _journeys():
        yield


def _journeys() -> Any:
    """The `journeys.Journeys` of the connection to PostgreSQL."""
    from ansinh.fhir.store import journeys

    return journeys.journeys(connection.connection)


def _send_waiting() -> None:
    """A question that is asked beside the write path sees what was run before it."""
    waiting = getattr(connections[DEFAULT_DB_ALIAS].connection, "ansinh_journeys", None)
    if waiting is not None and waiting.is_waiting:
        with connection.wrap_database_errors:
            waiting.send()


def run_once(sql: str) -> None:
    """Execute a statement that is no part of the write path (CREATE, DROP): nothing is prepared."""
    _send_waiting()
    with connection.cursor() as cursor:
        cursor.execute(sql)


def run_many(sql: str, rows: Sequence[tuple]) -> None:
    """SQLite: one statement for many rows; placeholders are ?."""
    with connection.wrap_database_errors:
        connection.connection.executemany(sql, rows)


def fetch(sql: str, params: Params = ()) -> list[tuple]:
    """All rows, through Django's cursor (counted by query tests)."""
    _send_waiting()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def ask(sql: str, params: Params = (), *, keep: bool = True) -> list[tuple]:
    """All rows, at the least cost: for what every request asks. Placeholders are %s, values int, float, str or bytes.

    keep: PostgreSQL may keep the plan, because it is good for any values. Where queries are counted (tests, DEBUG)
    Django's cursor asks.
    """
    return _asked(sql, params, keep, named=False)[1]


def table(sql: str, params: Params = (), *, keep: bool = False) -> tuple[list[str], list[tuple]]:
    """The names of the columns and all rows, asked as `ask` asks: at the least cost."""
    return _asked(sql, params, keep, named=True)


def _asked(sql: str, params: Params, keep: bool, *, named: bool) -> tuple[list[str], list[tuple]]:
    _send_waiting()
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.queries_logged or not _SENT.issuperset(map(type, params)):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return _names(cursor), cursor.fetchall()
    if wrapper.connection is None:
        wrapper.ensure_connection()
    with wrapper.wrap_database_errors:
        if wrapper.vendor != "postgresql":
            asked = wrapper.connection.execute(_questioned(sql), params)
            return _names(asked), asked.fetchall()
        line = getattr(wrapper.connection, "ansinh_line", None) or _line(wrapper.connection)
        if line.is_free:
            found: tuple[list[str], list[tuple]] = line.table(_numbered(sql), params, keep=keep, named=named)
            return found
        answer = _journeys().run(_numbered(sql), params, keep=keep)
        return _names(answer), answer.fetchall()


_SENT = frozenset({int, float, str, bytes})


def _names(cursor: Any) -> list[str]:
    return [column[0] for column in cursor.description or ()]


def _line(raw: Any) -> Any:
    """The `direct.Line` of a connection of PostgreSQL's driver (which SQLite's nodes never import)."""
    from ansinh.fhir.store import direct

    return direct.line(raw)


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
    if not is_postgresql():
        names, marks = quoted(columns), ", ".join("?" * len(columns))
        run_many(f"INSERT INTO {table} ({names}) VALUES ({marks}) {tail}", rows)
        return
    from ansinh.fhir.store import postgresql

    casts = tuple(types[column] for column in columns) if types is not None else kinds(table, columns)
    run(insertion(table, columns, casts, tail), postgresql.arrays(casts, rows))


def insertion(table: str, columns: Sequence[str], casts: Sequence[str], tail: str = "") -> str:
    """PostgreSQL's INSERT of one array for each column."""
    marks = ", ".join(f"%s::{cast}[]" for cast in casts)
    return f"INSERT INTO {table} ({quoted(columns)}) SELECT * FROM unnest({marks}) {tail}"


def quoted(columns: Sequence[str]) -> str:
    """Names of columns as a list in SQL."""
    return ", ".join(f'"{column}"' for column in columns)


def delete_where_rid(table: str, rids: Sequence[int]) -> None:
    """Remove the rows of these resources."""
    if is_postgresql():
        run(f"DELETE FROM {table} WHERE rid = ANY(%s::bigint[])", [list(rids)])
    else:
        run_many(f"DELETE FROM {table} WHERE rid = ?", [(rid,) for rid in rids])


def leave_fresh() -> None:
    """At the end of a request: the next one of this thread finds no connection that broke, is too old or is swollen.

    Nothing happens within a transaction (a test that wraps requests in one).
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.connection is None or wrapper.in_atomic_block:
        return
    if getattr(wrapper.connection, "ansinh_swollen", False):  # by a large write (journeys)
        wrapper.close()
    else:
        wrapper.close_if_unusable_or_obsolete()


def blob(value: Any) -> bytes:
    """bytes of a BLOB or BYTEA, whatever the driver hands out."""
    return value if isinstance(value, bytes) else bytes(value)
