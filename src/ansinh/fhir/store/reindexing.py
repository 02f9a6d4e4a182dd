"""Making index rows again from the current resources: after new extraction rules, or when rows are doubted.

`index_state` keeps for each type by which rules its rows were made (`mark`) and how far a rebuilding has come (`rid`,
None when it is complete). A rebuilding goes in small transactions: others write in between, and what is interrupted
goes on where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator

from django.db import transaction

from ansinh.fhir import index
from ansinh.fhir.index import marks
from ansinh.fhir.index.numbers import TYPES, type_name, type_number
from ansinh.fhir.index.rows import Rows
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, flushing, journal, work

BATCH = 200
"""Resources that are indexed while the journal is held: some 20 ms."""

_STATE = "SELECT mark, rid FROM index_state WHERE type = %s"
_KEEP = (
    "INSERT INTO index_state (type, mark, rid) VALUES (%s, %s, %s) "
    "ON CONFLICT (type) DO UPDATE SET mark = excluded.mark, rid = excluded.rid"
)


def reindex(types: Iterable[str] = TYPES) -> int:
    """Index every current resource of these types anew, in one transaction; how many there were."""
    count = 0
    with transaction.atomic():
        work.settle()
        head = journal.lock()
        for kind in types:
            for batch in _batches(type_number(kind)):
                flushing.write_index(batch, stale=list(batch), epoch=head.epoch)
                count += len(batch)
    return count


def outdated() -> list[str]:
    """The types whose rows were made by other rules than those of today, or whose rebuilding did not end."""
    known = {number: (mark, rid) for number, mark, rid in database.fetch("SELECT type, mark, rid FROM index_state")}
    return [kind for kind in TYPES if known.get(type_number(kind)) != (marks.of_type(kind), None)]


def reindex_outdated(progress: Callable[[str, int], object] = lambda kind, count: None) -> int:
    """Bring the index of every type up to date; how many resources were indexed anew.

    Each batch is a transaction of its own; `progress` hears of each with the type and how many were indexed so far.
    """
    present = {type_name(number) for (number,) in database.fetch("SELECT type FROM resource GROUP BY type")}
    count = 0
    for kind in outdated():
        mark = marks.of_type(kind)
        while kind in present and (done := _one_batch(kind, mark)):
            count += done
            progress(kind, count)
        database.run(_KEEP, [type_number(kind), mark, None])
    return count


def _one_batch(kind: str, mark: str) -> int:
    """The next resources after those that were indexed by these rules; 0 at the end."""
    number = type_number(kind)
    with transaction.atomic():
        work.settle()
        head = journal.lock()
        state = database.fetch(_STATE, [number])
        after = (state[0][1] or 0) if state and state[0][0] == mark else 0
        batch = next(_batches(number, after, BATCH), {})
        if batch:
            flushing.write_index(batch, stale=list(batch), epoch=head.epoch)
            database.run(_KEEP, [number, mark, max(batch)])
    return len(batch)


def _batches(number: int, after: int = 0, size: int = 500) -> Iterator[dict[int, Rows]]:
    while found := database.fetch(
        f"SELECT rid, deleted, body FROM resource WHERE type = %s AND rid > %s ORDER BY rid LIMIT {size}",
        [number, after],
    ):
        yield {
            rid: Rows() if deleted else index.extract(json.loads(bodies.unpack(database.blob(body))))
            for rid, deleted, body in found
        }
        after = found[-1][0]
