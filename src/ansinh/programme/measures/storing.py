"""Kept tallies as rows of a table: read many at once, written without ever making a reader wait."""

import calendar
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import OperationalError, connection, transaction

from ansinh.fhir.model import json
from ansinh.fhir.store import database
from ansinh.programme.measures import tally as tallying
from ansinh.programme.measures.models import KeptTally
from ansinh.programme.measures.rules import Period
from ansinh.programme.measures.tally import Tally


@dataclass(frozen=True, slots=True)
class Kept:
    """A tally as of a position. written: the position at which the database has it, 0 when it has none."""

    position: int
    seal: bytes
    tally: Tally
    written: int = 0


def read(keys: Iterable[str]) -> dict[str, Kept]:
    """The tallies of these keys that the database has. One query."""
    rows = KeptTally.objects.filter(key__in=list(keys)).values_list("key", "position", "seal", "body")
    return {
        key: Kept(position, bytes.fromhex(seal), tallying.from_plain(json.loads(body.encode())), position)
        for key, position, seal, body in rows
    }


def sealed(kept: Collection[Kept]) -> set[tuple[int, bytes]]:
    """Which of their positions and seals the journal has. One query, none for nothing."""
    if not kept:
        return set()
    positions = sorted({each.position for each in kept})
    marks = ", ".join(["%s"] * len(positions))
    found = database.fetch(f"SELECT position, hash FROM journal WHERE position IN ({marks})", positions)
    return {(position, database.blob(seal)) for position, seal in found}


def write(tallies: Sequence[tuple[str, str, Period, Kept]]) -> bool:
    """Put (key, measure, period, tally) into the database; False when it is not free now: another time then.

    Tallies of the running period of days that have passed make room.
    """
    rows = [
        KeptTally(key, measure, period.start, period.end, kept.position, kept.seal.hex(), _body(kept.tally))
        for key, measure, period, kept in tallies
    ]
    fields = ["position", "seal", "body"]
    try:
        with _unless_busy(), transaction.atomic():
            KeptTally.objects.filter(key__in=_passed(rows)).delete()
            KeptTally.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=fields)
    except OperationalError:
        return False
    return True


def _body(tally: Tally) -> str:
    return json.dumps(tallying.to_plain(tally)).decode()


def _passed(rows: Sequence[KeptTally]) -> list[str]:
    """Keys of tallies of the same measures and periods that ended on an earlier day which ends no month."""
    newest = {(row.measure, row.start): row.end for row in rows}
    measures, starts = {row.measure for row in rows}, {row.start for row in rows}
    found = KeptTally.objects.filter(measure__in=measures, start__in=starts).values_list(
        "key", "measure", "start", "end"
    )
    return [
        key
        for key, measure, start, end in found
        if end < newest.get((measure, start), date.min) and not _is_last_of_month(end)
    ]


def _is_last_of_month(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


@contextmanager
def _unless_busy() -> Iterator[None]:
    """SQLite has one writer: a page that only wants to remember a tally does not queue behind an import."""
    if database.is_postgresql() or connection.in_atomic_block:
        yield
        return
    patience = database.fetch("PRAGMA busy_timeout")[0][0]
    try:
        database.fetch("PRAGMA busy_timeout = 0")
        yield
    finally:
        database.fetch(f"PRAGMA busy_timeout = {patience}")
