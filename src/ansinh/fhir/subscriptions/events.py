"""Events read back: the journal entries that a subscription's numbers stand for, as far as a reader may see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansinh.fhir.index.numbers import type_name
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, journal, reach
from ansinh.fhir.store.records import moment
from ansinh.kernel.context import Context

Resource = dict[str, Any]

MOST = 100
FORGOTTEN_AT_ONCE = 1000
_COLUMNS = "e.number, e.position, j.type, r.fhir_id, j.version, j.method, j.at_us, j.body, r.org"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. seen: False when the reader may not see the record (any more): then it is a number and a time, and
    type and id are "". resource: the version that the event is about; None for a deletion."""

    number: int
    position: int
    at: datetime
    seen: bool
    type: str = ""
    id: str = ""
    version: int = 0
    method: str = ""
    resource: Resource | None = None


def between(context: Context, key: int, first: int, last: int, limit: int = MOST) -> list[Event]:
    """Events `first` to `last` (both included) of a subscription, at most `limit`, in order."""
    rows = database.fetch(
        f"SELECT {_COLUMNS} FROM subscription_event e JOIN journal j ON j.position = e.position "
        "JOIN resource r ON r.key = j.key WHERE e.key = %s AND e.number BETWEEN %s AND %s ORDER BY e.number LIMIT %s",
        [key, first, last, limit],
    )
    return [_event(context, row) for row in rows]


def forget(before_us: int, limit: int = FORGOTTEN_AT_ONCE) -> int:
    """Remove acknowledged events older than this instant, at most `limit`; how many."""
    rows = database.fetch(
        "SELECT e.key, e.number FROM subscription_event e JOIN subscription_state s ON s.key = e.key "
        "JOIN journal j ON j.position = e.position "
        "WHERE j.at_us < %s AND (e.number <= s.delivered OR s.status = 'off') ORDER BY e.key, e.number LIMIT %s",
        [before_us, limit],
    )
    for key, last in dict(rows).items():  # in order of number, so the last of each key stays
        database.run("DELETE FROM subscription_event WHERE key = %s AND number <= %s", [key, last])
    return len(rows)


def _event(context: Context, row: tuple) -> Event:
    number, position, kind, fhir_id, version, method, at_us, body, org = row
    name = type_name(kind)
    if not (context.allows("read", name) and reach.sees(context, org)):
        return Event(number, position, moment(at_us), seen=False)
    what = journal.METHODS[method]
    resource = None if what == "delete" else json.loads(bodies.unpack(database.blob(body)))
    return Event(number, position, moment(at_us), True, name, fhir_id, version, what, resource)
