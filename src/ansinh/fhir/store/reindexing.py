"""Making index rows again from the current resources: after new extraction rules, or when rows are doubted.

`index_state` keeps for each type by which rules its rows were made (`mark`) and how far a rebuilding has come (`rid`,
None when it is complete). A rebuilding goes in small transactions: others write in between, and what is interrupted
goes on where it stopped. A type with many resources is put off until the node serves (`put_off`, then `step` again and
again); searches that would need its rows are refused meanwhile (`NotReady`), never answered from half of them.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from ansinh.fhir import index
from ansinh.fhir.index import marks
from ansinh.fhir.index.numbers import TYPES, type_name, type_number
from ansinh.fhir.index.rows import Rows
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, flushing, journal, work
from ansinh.kernel.errors import NotReady

BATCH = 200
"""Resources that are indexed while the journal is held: some 20 ms."""
_LOOK_AGAIN = 1.0

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


def reindex_outdated(
    progress: Callable[[str, int], object] = lambda kind, count: None, *, but: Iterable[str] = ()
) -> int:
    """Bring the index of every type `but` these up to date; how many resources were indexed anew.

    Each batch is a transaction of its own; `progress` hears of each with the type and how many were indexed so far.
    """
    present = {type_name(number) for (number,) in database.fetch("SELECT type FROM resource GROUP BY type")}
    count, late = 0, set(but)
    for kind in (one for one in outdated() if one not in late):
        mark = marks.of_type(kind)
        while kind in present and (done := _one_batch(kind, mark)):
            count += done
            progress(kind, count)
        database.run(_KEEP, [type_number(kind), mark, None])
    _look()
    return count


def put_off(more_than: int) -> list[str]:
    """Queue the outdated types with more resources than that for `step`; which ones. The others are brought up to date
    by `reindex_outdated`."""
    late = [kind for kind in outdated() if _count(kind, more_than + 1) > more_than]
    known = dict(database.fetch("SELECT type, mark FROM index_state WHERE rid IS NOT NULL"))
    for kind in late:
        if known.get(type_number(kind)) != (mark := marks.of_type(kind)):
            database.run(_KEEP, [type_number(kind), mark, 0])
    _look()
    return late


def step() -> bool:
    """A step of the worker: the next resources of a type that was put off; True when there is more to do."""
    for kind in unready():
        mark = marks.of_type(kind)
        if not _one_batch(kind, mark):
            database.run(_KEEP, [type_number(kind), mark, None])
            _look()
        return True
    return False


def unready() -> dict[str, int]:
    """The types whose index is in the making, each with the percentage that is done. No query where there are none."""
    if _seen is None or (_seen.left and time.monotonic() - _seen.at > _LOOK_AGAIN):
        _look()
    assert _seen is not None
    return _seen.left


def refuse_unready(kinds: Iterable[str] = ()) -> None:
    """Raises NotReady when the index of one of these types, or of any when none is named, is in the making."""
    left = unready()
    late = [kind for kind in kinds or left if kind in left]
    if late:
        raise not_ready(min(left[kind] for kind in late), "index-in-the-making")


def not_ready(done: int, code: str) -> NotReady:
    """The refusal of what is being made anew. done: per cent."""
    return NotReady(
        f"Phần này đang được dựng lại sau khi nâng cấp, đã xong {done} %. "
        "Chưa có gì bị mất hay thay đổi; xin thử lại sau ít phút.",
        code=code,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was last read of `index_state`, and when (monotonic seconds)."""

    left: dict[str, int]
    at: float


_seen: _Seen | None = None


def look_again() -> None:
    """Another process may have begun to index: ask the database at the next search."""
    global _seen
    _seen = None


def _look() -> None:
    global _seen
    found = database.fetch("SELECT type, rid FROM index_state WHERE rid IS NOT NULL ORDER BY type")
    left = {type_name(number): _percentage(number, rid) for number, rid in found}
    _seen = _Seen(left, time.monotonic())


def _percentage(number: int, rid: int) -> int:
    """Numbers of resources of a type are spread about evenly: counting them would cost more."""
    if not rid:
        return 0
    ends = "(SELECT min(rid) FROM resource WHERE type = %s), (SELECT max(rid) FROM resource WHERE type = %s)"
    first, last = database.fetch(f"SELECT {ends}", [number] * 2)[0]
    return min(99, round(100 * (rid - first) / max(1, last - first)))


def _count(kind: str, most: int) -> int:
    some = f"SELECT 1 FROM resource WHERE type = %s LIMIT {int(most)}"
    return database.fetch(f"SELECT count(*) FROM ({some}) few", [type_number(kind)])[0][0]


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
