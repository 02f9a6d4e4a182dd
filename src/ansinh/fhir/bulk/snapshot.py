"""The records of a type as they were at one journal position, read page by page while others write.

A record's number (`rid`) is the position of its first version, so those that were there are `rid <= until`. A row that
has changed since gives its version of then from the journal. Each row is looked at once, so nothing is told twice or
left out. Since a position: the journal itself, each record with the last of its versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ansinh.fhir.bulk.narrowing import Narrowing
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, journal, reach
from ansinh.fhir.store.records import microseconds, moment
from ansinh.kernel import clock
from ansinh.kernel.context import Context

_DELETED = journal.METHODS.index("delete")
_STEP_BACK_US = 300_000_000
"""How far a node's clock may have been set back without `_since` losing anything: five minutes."""


@dataclass(frozen=True, slots=True)
class Page:
    """records: (id, packed JSON), in order; gone: ids of deleted ones; after: where the next page begins."""

    records: list[tuple[str, bytes]]
    gone: list[str]
    after: int


def now() -> tuple[int, str]:
    """(position, instant) of a snapshot taken now. Everything written later is at or after the instant."""
    until = journal.position()
    found = database.fetch("SELECT at_us FROM journal WHERE position = %s", [until])
    at = found[0][0] if found else microseconds(clock.now())
    return until, clock.instant(moment(at))


def position_before(at_us: int) -> int:
    """The position behind which lies everything written at or after an instant (microseconds)."""
    low, high = 0, journal.position()
    while low < high:  # the first position that is not long before the instant
        middle = (low + high) // 2
        if _time_of(middle + 1) < at_us - _STEP_BACK_US:
            low = middle + 1
        else:
            high = middle
    found = database.fetch("SELECT min(position) FROM journal WHERE position > %s AND at_us >= %s", [low, at_us])
    return found[0][0] - 1 if found and found[0][0] is not None else journal.position()


def _time_of(position: int) -> int:
    found = database.fetch("SELECT at_us FROM journal WHERE position = %s", [position])
    return int(found[0][0]) if found else 0


def current(context: Context, narrowing: Narrowing, *, until: int, after: int, limit: int) -> Page | None:
    """A page of all records at `until`, behind the row `after`; None at the end."""
    sql, values = narrowing.sql(context, until)
    rows = _rows(
        f"SELECT r.rid, r.fhir_id, r.position, r.key, r.body FROM resource r WHERE r.type = "
        f"{type_number(narrowing.kind)} AND r.rid > {int(after)} AND r.rid <= {until} AND "
        f"{reach.condition(context, 'r.org')} AND (r.deleted = 0 OR r.position > {until}) AND {sql} "
        f"ORDER BY r.rid LIMIT {int(limit)}",
        values,
    )
    if not rows:
        return None
    changed = [row[3] for row in rows if row[2] > until]
    earlier = _versions_at(changed, until) if changed else {}
    records = []
    for _, fhir_id, position, key, body in rows:
        if position <= until:
            records.append((fhir_id, body))
        elif (then := earlier.get(key)) is not None and narrowing.meets(json.loads(bodies.unpack(then))):
            records.append((fhir_id, then))
    return Page(records, [], rows[-1][0])


def changed(context: Context, narrowing: Narrowing, *, until: int, after: int, limit: int) -> Page | None:
    """A page of the records that were written behind the position `after` and up to `until`, deleted ones too."""
    sql, values = narrowing.sql(context, until)
    gone, more = narrowing.deleted()
    rows = _rows(
        f"SELECT j.position, r.fhir_id, r.position, j.method, j.body FROM journal j JOIN resource r ON r.key = j.key "
        f"WHERE j.type = {type_number(narrowing.kind)} AND j.position > {int(after)} AND j.position <= {until} AND "
        f"{reach.condition(context, 'r.org')} AND NOT EXISTS (SELECT 1 FROM journal n WHERE n.key = j.key AND "
        f"n.version = j.version + 1 AND n.position <= {until}) AND "
        f"(CASE WHEN j.method = {_DELETED} THEN {gone} ELSE {sql} END) ORDER BY j.position LIMIT {int(limit)}",
        [*more, *values],
    )
    if not rows:
        return None
    records, deleted = [], []
    for _, fhir_id, position, method, body in rows:
        if method == _DELETED:
            deleted.append(fhir_id)
        elif position <= until or narrowing.meets(json.loads(bodies.unpack(body))):
            records.append((fhir_id, body))
    return Page(records, deleted, rows[-1][0])


def version_at(key: int, until: int) -> bytes | None:
    """The packed JSON of one resource at a position; None where there was none, or a deletion."""
    return _versions_at([key], until).get(key)


def _versions_at(keys: Sequence[int], until: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for start in range(0, len(keys), 400):
        marks = ", ".join(str(int(key)) for key in keys[start : start + 400])
        rows = _rows(
            f"SELECT j.key, j.method, j.body FROM journal j WHERE j.key IN ({marks}) AND j.position <= {until} AND "
            f"NOT EXISTS (SELECT 1 FROM journal n WHERE n.key = j.key AND n.version > j.version AND "
            f"n.position <= {until})",
            [],
        )
        found.update({key: body for key, method, body in rows if method != _DELETED})
    return found


def _rows(sql: str, values: Sequence[Any]) -> list[tuple]:
    """All rows, bodies as bytes. PostgreSQL sends them as they are (binary), not as hexadecimal text."""
    connection.ensure_connection()
    raw: Any = connection.connection
    if connection.vendor != "postgresql":
        return raw.execute(sql.replace("%s", "?"), values).fetchall()
    import psycopg

    return psycopg.Cursor(raw).execute(sql.encode(), values, binary=True).fetchall()
