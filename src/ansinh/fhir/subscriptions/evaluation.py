"""From the journal to numbered events: which subscriptions does each new entry concern?

    cursor ─► entries of watched types ─► topic × filters × owner's rights ─► (events, new cursor) in one transaction

The looking happens outside of any transaction; what was found is kept only if the cursor still stands where the
looking began. So a crash or a second process neither loses an entry nor numbers it twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ansinh.fhir.index.numbers import type_name, type_number
from ansinh.fhir.jobs.waking import wake
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, bodies, database, journal, reach
from ansinh.fhir.subscriptions import matching, owners, requests, state
from ansinh.fhir.subscriptions.requests import Request
from ansinh.fhir.subscriptions.state import State
from ansinh.kernel.context import Context, system_context

BATCH = 500
_CHUNK = 200
_UPDATE, _DELETE = journal.METHODS.index("update"), journal.METHODS.index("delete")
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry with the states before and after; None where there was or is none, or nobody looks."""

    position: int
    key: int
    type: str
    method: str
    before: Resource | None
    after: Resource | None


@dataclass(frozen=True, slots=True)
class Watcher:
    """A subscription as it is now: what it asks, and what its owner may see."""

    state: State
    request: Request
    context: Context


def evaluate(limit: int = BATCH) -> bool:
    """Judge at most `limit` entries of watched types; True when there may be more."""
    start, head = _cursor(), journal.position()
    if start >= head:
        return False
    watchers = watching()
    types = sorted({kind for one in watchers for kind in one.request.topic.types})
    first = min((one.state.since or 0 for one in watchers), default=head)
    rows = _rows(max(start, first), head, types, limit)
    full = len(rows) == limit
    end = rows[-1][0] if full else head
    found = _concerned(watchers, rows)
    _keep(start, end, found)
    if found:
        wake()  # letters need not wait for their own turn
    return full


def watching() -> list[Watcher]:
    """Every subscription whose events count, whose owner still has rights, and that this node can carry out."""
    repository = Repository(system_context())
    states = state.counting()
    resources = repository.read_many("Subscription", [one.id for one in states])
    contexts = {owner: owners.context_of(owner) for owner in {one.owner for one in states}}
    found = []
    for one in states:
        resource = resources.get(one.id)
        request = requests.read(resource)[0] if resource else None
        context = contexts[one.owner]
        if request is not None and context is not None:
            found.append(Watcher(one, request, context))
    return found


def _rows(start: int, head: int, types: Sequence[str], limit: int) -> list[tuple]:
    if not types:
        return []
    numbers = ", ".join(str(type_number(kind)) for kind in types)
    return database.fetch(
        "SELECT position, key, type, version, method, body FROM journal "
        f"WHERE position > %s AND position <= %s AND type IN ({numbers}) ORDER BY position LIMIT %s",
        [start, head, limit],
    )


def _concerned(watchers: Sequence[Watcher], rows: Sequence[tuple]) -> dict[int, list[int]]:
    """Positions of the entries that concern each subscription (by its key), in order."""
    by_topic: dict[str, list[Watcher]] = {}
    for one in watchers:
        by_topic.setdefault(one.request.topic.url, []).append(one)
    hits = [(entry, one) for entry in _entries(watchers, rows) for one in _told(by_topic, entry)]
    owned = _owners({entry.key for entry, _ in hits})
    found: dict[int, list[int]] = {}
    for entry, one in hits:
        if may_see(one.context, entry.type, owned.get(entry.key)):
            found.setdefault(one.state.key, []).append(entry.position)
    return found


def _told(by_topic: dict[str, list[Watcher]], entry: Entry) -> Iterator[Watcher]:
    """The subscriptions that an entry concerns; each topic is asked once, however many have subscribed to it."""
    change = (entry.before, entry.after)
    for ones in by_topic.values():
        if matching.triggers(ones[0].request.topic, entry.type, entry.method, *change):
            for one in ones:
                counts = entry.position > (one.state.since or 0)
                if counts and matching.passes(one.request.filters, entry.type, *change):
                    yield one


def may_see(context: Context, kind: str, org: int | None) -> bool:
    """True when the owner may read such a record of this organisation now."""
    return context.allows("read", kind) and reach.sees(context, org)


def _entries(watchers: Sequence[Watcher], rows: Sequence[tuple]) -> Iterator[Entry]:
    triggers = [trigger for one in watchers for trigger in one.request.topic.triggers]
    back = {type_number(trigger.resource) for trigger in triggers if trigger.looks_back}
    wanted = [
        (key, version - 1)
        for _, key, number, version, method, _ in rows
        if method == _DELETE or (method == _UPDATE and number in back)
    ]
    before = _bodies_before(wanted)
    for position, key, number, version, method, body in rows:
        after = None if method == _DELETE else _resource(body)
        yield Entry(position, key, type_name(number), journal.METHODS[method], before.get((key, version - 1)), after)


def _bodies_before(pairs: list[tuple[int, int]]) -> dict[tuple[int, int], Resource]:
    found: dict[tuple[int, int], Resource] = {}
    for at in range(0, len(pairs), _CHUNK):
        chunk = pairs[at : at + _CHUNK]
        marks = " OR ".join(["(key = %s AND version = %s)"] * len(chunk))
        rows = database.fetch(
            f"SELECT key, version, body FROM journal WHERE {marks}", [value for pair in chunk for value in pair]
        )
        found.update({(key, version): _resource(body) for key, version, body in rows})
    return found


def _owners(keys: set[int]) -> dict[int, int | None]:
    """Whom the records belong to now."""
    found: dict[int, int | None] = {}
    listed = sorted(keys)
    for at in range(0, len(listed), _CHUNK):
        chunk = listed[at : at + _CHUNK]
        marks = ", ".join(["%s"] * len(chunk))
        found.update(database.fetch(f"SELECT key, org FROM resource WHERE key IN ({marks})", chunk))
    return found


def _resource(body: Any) -> Resource:
    return json.loads(bodies.unpack(database.blob(body)))


def _cursor() -> int:
    found = database.fetch("SELECT position FROM subscription_cursor WHERE id = 1")
    if found:
        return int(found[0][0])
    with transaction.atomic():
        database.run("INSERT INTO subscription_cursor (id, position) VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
    return 0


def _keep(start: int, end: int, found: dict[int, list[int]]) -> None:
    """Number the events and move the cursor, unless another process has judged these entries already."""
    with transaction.atomic():
        moved = database.run(
            "UPDATE subscription_cursor SET position = %s WHERE id = 1 AND position = %s", [end, start]
        )
        for key, positions in sorted(found.items()) if moved.rowcount == 1 else ():
            _number(key, positions)


def _number(key: int, positions: list[int]) -> None:
    row = database.run(
        "UPDATE subscription_state SET events = events + %s WHERE key = %s AND since IS NOT NULL RETURNING events",
        [len(positions), key],
    ).fetchone()
    if row is None:  # switched off or deleted while the journal was read
        return
    first = row[0] - len(positions) + 1
    database.insert(
        "subscription_event",
        ("key", "number", "position"),
        [(key, first + place, position) for place, position in enumerate(positions)],
        types={"key": "bigint", "number": "bigint", "position": "bigint"},
    )
