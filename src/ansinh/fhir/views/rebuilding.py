"""Views whose definition changed are made anew beside the old ones, in small transactions, while the node serves.

    definitions/views ─ sync ─┬─ few entries: at once        few: up to AT_ONCE entries of the journal
                              └─ many: view_build ─ step ─ step ─► next_<name>_row ─ the last entries, locked ─► view

A process that knows the new definition is refused what it would read of a view in the making (`NotReady`): never half a
table, never the old meaning. The old table is kept true by every write until the new one takes its place, so that a
process of the release before goes on, and going back to that release costs nothing. What is cut off goes on where it
stopped.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.model import json
from ansinh.fhir.store import database, journal, reindexing, work
from ansinh.fhir.views import live, shapes
from ansinh.fhir.views.shapes import Shape
from ansinh.kernel.errors import UserError

AT_ONCE = 5_000
"""Entries of the journal from which a view is made before the node serves: less than a second."""
BATCH = 250
"""Entries whose rows are written in one transaction: some 20 ms."""
_LOOK_AGAIN = 1.0
_NOT_ROWS = ("indexes", "title", "description", "status", "url", "date", "version")
_QUEUE = "SELECT name, definition, position FROM view_build ORDER BY total, name"

Progress = Callable[[str, int], object]


@dataclass(frozen=True, slots=True)
class Build:
    """A view in the making. position: the journal entry up to which its rows are written."""

    shape: Shape
    definition: dict[str, Any]
    position: int

    @property
    def table(self) -> str:
        """Where the rows stand until they are complete."""
        return f"next_{self.shape.name}_row"


def sync(folder: Path, *, at_once: int = AT_ONCE) -> list[str]:
    """Make the tables what the definitions say; the names of the views that were made anew.

    Those with more than `at_once` entries are put off for `step`, and not among them.
    """
    wanted = live.load(Path(folder))
    with transaction.atomic():
        work.settle()
        journal.lock()
        kept = _kept()
        _index_anew(_changed(wanted), kept, wanted)
        late = {name: wanted[name] for name in _changed(wanted) if _entries(wanted[name], at_once + 1) > at_once}
        _put_off(late)
        old = {name: kept[name] for name in late if name in kept}
        built = live.keep({name: one for name, one in wanted.items() if name not in late} | old)
    _forget()
    return built


@contextmanager
def remembering() -> Iterator[None]:
    """Around a transaction that changes views: where it is undone, this process forgets what it saw in it."""
    global _seen, _marks
    try:
        yield
    except BaseException:
        live.forget()
        _seen, _marks = None, {}
        raise


def step() -> bool:
    """A step of the worker: the next rows of the views in the making; True when there is more to do."""
    queue = _builds() if unready() else []
    if not queue:
        return False
    _advance(queue[0])
    return True


def finish(progress: Progress = lambda name, left: None) -> list[str]:
    """Make every view that was put off, and only then return; the names. `progress` hears how many entries are left."""
    made = []
    while queue := _builds():
        build = queue[0]
        progress(build.shape.name, _entries_after(build))
        if _advance(build):
            made.append(build.shape.name)
    return made


def unready() -> dict[str, int]:
    """The views in the making, each with the percentage that is done. No query where there are none."""
    global _seen
    if _seen is None or (_seen.left and time.monotonic() - _seen.at > _LOOK_AGAIN):
        found = database.fetch("SELECT name, position, total, resource FROM view_build")
        left = {name: _percentage(kind, position, total) for name, position, total, kind in found}
        if _seen is not None and left.keys() != _seen.left.keys():
            live.forget()  # some process put a table in its place
            _marks.clear()
        _seen = _Seen(left, time.monotonic())
    return _seen.left


def refuse_unready(names: Collection[str]) -> None:
    """Raises NotReady when one of these views is in the making."""
    left = unready()
    if late := [name for name in names if name in left]:
        raise reindexing.not_ready(min(left[name] for name in late), "view-in-the-making")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was last read of `view_build`, and when (monotonic seconds)."""

    left: dict[str, int]
    at: float


_seen: _Seen | None = None
_marks: dict[str, str] = {}


def marks(names: Collection[str]) -> list[str]:
    """By which definitions the rows of these views are made: what was counted of them is true for those alone."""
    global _marks
    found = _marks
    if any(name not in found for name in names):
        found = _marks = dict(database.fetch("SELECT name, hash FROM live_view"))
    return [found.get(name, "") for name in names]


def _forget() -> None:
    """Another table stands where one stood: read what is remembered again, now and not in somebody's request."""
    global _seen, _marks
    live.forget()
    _seen, _marks = None, dict(database.fetch("SELECT name, hash FROM live_view"))
    unready()


def _changed(wanted: dict[str, dict[str, Any]]) -> list[str]:
    present = dict(database.fetch("SELECT name, hash FROM live_view"))
    return [name for name, definition in wanted.items() if present.get(name) != shapes.digest(definition)]


def _kept() -> dict[str, dict[str, Any]]:
    """The definitions of the tables that are there and can be kept true by this release."""
    found = {}
    for name, mark, text in database.fetch("SELECT name, hash, definition FROM live_view"):
        definition = json.loads(text)
        try:
            shapes.shape(definition)
        except UserError:
            continue
        if mark == shapes.digest(definition):
            found[name] = definition
    return found


def _index_anew(changed: list[str], kept: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Where only indexes and words of a definition changed, the rows stay and the indexes are made anew."""
    for name in changed:
        old = kept.get(name)
        if old is None or _rows_of(old) != _rows_of(wanted[name]):
            continue
        before, after = shapes.shape(old), shapes.shape(wanted[name])
        for number, _columns in before.needed():
            database.run_once(f'DROP INDEX IF EXISTS "{before.table}_{number}"')
        for statement in after.finish():
            if statement.startswith("CREATE INDEX") and not statement.startswith(f'CREATE INDEX "{after.table}_rid"'):
                database.run_once(statement)
        database.run(
            "UPDATE live_view SET hash = %s, definition = %s WHERE name = %s",
            [shapes.digest(wanted[name]), json.dumps(wanted[name]).decode(), name],
        )


def _rows_of(definition: dict[str, Any]) -> bytes:
    """What of a definition decides about its rows and columns."""
    return json.dumps({key: value for key, value in definition.items() if key not in _NOT_ROWS})


def _entries(definition: dict[str, Any], most: int) -> int:
    """How many entries of the journal a view is made of, counted up to `most`."""
    found = database.fetch(
        f"SELECT count(*) FROM (SELECT 1 FROM journal WHERE type = %s LIMIT {int(most)}) few",
        [type_number(definition["resource"])],
    )
    return found[0][0]


def _put_off(late: dict[str, dict[str, Any]]) -> None:
    """Queue these views and no others; one that is being made by the same definition goes on."""
    queued = dict(database.fetch("SELECT name, hash FROM view_build"))
    for name in queued:
        if name not in late or queued[name] != shapes.digest(late[name]):
            database.run_once(f'DROP TABLE IF EXISTS "next_{name}_row"')
            database.run("DELETE FROM view_build WHERE name = %s", [name])
    for name, definition in late.items():
        if queued.get(name) == (mark := shapes.digest(definition)):
            continue
        shape = shapes.shape(definition)
        build = Build(shape, definition, 0)
        for statement in shape.create(connection.vendor, build.table):
            database.run_once(statement)
        database.run_once(f'CREATE INDEX "{build.table}_rid" ON "{build.table}" (rid)')
        database.run(
            "INSERT INTO view_build (name, resource, hash, definition, position, total) VALUES (%s, %s, %s, %s, 0, %s)",
            [name, shape.resource, mark, json.dumps(definition).decode(), _entries(definition, 1 << 60)],
        )


def _builds() -> list[Build]:
    """What is in the making, the short ones first."""
    found = database.fetch(_QUEUE)
    return [Build(shapes.shape_of_json(text.encode()), json.loads(text), position) for _name, text, position in found]


def _advance(build: Build) -> bool:
    """Write the next rows; True when the view was complete and stands in its place."""
    with transaction.atomic():
        work.settle()
        if (position := _locked_position(build)) is None:
            return False  # another process made it
        last, count = live.fill(build.shape, build.table, position, BATCH)
        database.run("UPDATE view_build SET position = %s WHERE name = %s", [last, build.shape.name])
    return count < BATCH and _put_in_place(build)


def _locked_position(build: Build) -> int | None:
    """How far the view is, held for this transaction alone; None when nobody makes it any more."""
    held = " FOR UPDATE" if database.is_postgresql() else ""  # SQLite has one writer
    mark = shapes.digest(build.definition)
    found = database.fetch(
        f"SELECT position FROM view_build WHERE name = %s AND hash = %s{held}", [build.shape.name, mark]
    )
    return found[0][0] if found else None


def _put_in_place(build: Build) -> bool:
    """The last entries while nobody writes, then the new table instead of the old one."""
    shape = build.shape
    with transaction.atomic():
        work.settle()
        journal.lock()
        if (last := _locked_position(build)) is None:
            return False
        count = BATCH
        while count == BATCH:
            last, count = live.fill(shape, build.table, last, BATCH)
        _own_as_today(build.table)
        for statement in (
            *shapes.drop(shape.name),
            f'DROP INDEX "{build.table}_rid"',
            f'ALTER TABLE "{build.table}" RENAME TO "{shape.table}"',
            *shape.finish(),
        ):
            database.run_once(statement)
        database.run("DELETE FROM live_view WHERE name = %s", [shape.name])
        live.enter(build.definition)
        database.run("DELETE FROM view_build WHERE name = %s", [shape.name])
        journal.begin_epoch()
    _forget()
    return True


def _own_as_today(table: str) -> None:
    """Records may have moved to another facility since their rows were written."""
    owner = f'(SELECT r.org FROM resource r WHERE r.rid = "{table}".rid)'
    differs = "IS DISTINCT FROM" if database.is_postgresql() else "IS NOT"
    database.run_once(f'UPDATE "{table}" SET org = {owner} WHERE org {differs} {owner}')


def _entries_after(build: Build) -> int:
    return database.fetch(
        "SELECT count(*) FROM journal WHERE type = %s AND position > %s",
        [type_number(build.shape.resource), build.position],
    )[0][0]


def _percentage(resource: str, position: int, total: int) -> int:
    """How much is done. The journal's positions of a type are spread about evenly: counting them would cost more."""
    if not position or not total:
        return 0
    ends = "(SELECT min(position) FROM journal WHERE type = %s), (SELECT max(position) FROM journal WHERE type = %s)"
    first, last = database.fetch(f"SELECT {ends}", [type_number(resource)] * 2)[0]
    return min(99, round(100 * (position - first) / max(1, last - first)))
