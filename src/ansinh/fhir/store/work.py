"""The writes of one transaction, from the locked head of the journal to the rows that are flushed together.

Work: what the transaction holds ◄── Draft: what one order adds, taken in as a whole or not at all ◄── Plan
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from ansinh.fhir.index.numbers import mask_number
from ansinh.fhir.index.rows import Rows
from ansinh.fhir.store import database, flushing, journal, projections
from ansinh.fhir.store.audit.entries import Entry
from ansinh.fhir.store.records import Change, Row


@dataclass(slots=True)
class Planned:
    """Rows that are decided and not yet in the database. rows: by key; moved: patient's key → its new owner."""

    rows: dict[int, Row] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    index: dict[int, Rows] = field(default_factory=dict)
    entries: list[tuple] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    audits: list[Entry] = field(default_factory=list)
    moved: dict[int, int | None] = field(default_factory=dict)
    orgs: dict[int, str] = field(default_factory=dict)

    def take(self, other: "Planned") -> None:
        """Add what was planned after this."""
        self.rows.update(other.rows)
        self.fresh |= other.fresh
        self.index.update(other.index)
        self.entries += other.entries
        self.changes += other.changes
        self.audits += other.audits
        self.moved.update(other.moved)
        self.orgs.update(other.orgs)

    def placed(self, row: Row | None) -> Row | None:
        """The row with the owner that it gets when its patient moves."""
        if row is None or not row.follows & 1 or row.patient_key not in self.moved:
            return row
        org = self.moved[row.patient_key]
        return replace(row, org=None if org is None else org ^ mask_number(row.follows >> 1))


class Work:
    """What is planned and not yet in the database. `batch` writes are held back together; 0 holds nothing back."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.depth = len(connection.savepoint_ids)
        self.forget()

    def forget(self) -> None:
        """Nothing is planned and nothing of the database is remembered."""
        self.head: journal.Head | None = None
        self.planned = Planned()
        self.seen: dict[int, Row | None] = {}

    def lock(self, keys: Iterable[int] = ()) -> journal.Head:
        """The journal's head, locked for this transaction; the rows of these keys are read on the same journey."""
        if self.planned.entries and len(connection.savepoint_ids) != self.depth:
            raise RuntimeError("within a batched transaction nest with repository.transaction(), not with atomic()")
        wanted = [key for key in keys if key not in self.seen]
        if self.head is None:
            self.head, found = journal.lock_and_read(wanted)
        else:
            found = journal.current(wanted)
        self.seen.update(dict.fromkeys(wanted))
        self.seen.update((row.key, row) for row in found)
        return self.head

    def current(self, key: int) -> Row | None:
        """The row of a resource as this transaction sees it; asks the database for what `lock` did not read."""
        if (row := self.planned.rows.get(key)) is None:
            if key not in self.seen:
                self.lock([key])
            row = self.seen[key]
        return self.planned.placed(row)

    def pending(self, key: int) -> Row | None:
        """The row as it is planned, when it is."""
        return self.planned.placed(self.planned.rows.get(key))

    def take(self, draft: "Draft") -> None:
        """What the draft adds belongs to the transaction from now on."""
        if draft.planned.entries:
            self.head = draft.head
            self.planned.take(draft.planned)

    def flush(self) -> None:
        """Write everything that is planned. The caller is inside the transaction."""
        planned, head = self.planned, self.head
        self.forget()
        if not planned.entries:
            return
        assert head is not None
        with database.together():
            flushing.write(planned, head)
            for projection in projections.registered() if planned.changes else ():
                projection.apply(planned.changes)
        if planned.moved:
            flushing.move(planned.moved)


class Draft:
    """What one order adds to a Work. Dropping a draft leaves the Work as it was."""

    __slots__ = ("head", "planned", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.head = replace(work.lock())
        self.planned = Planned()

    def current(self, key: int) -> Row | None:
        """The row of a resource as the order sees it after its own writes."""
        return self.planned.placed(self.planned.rows.get(key) or self.work.current(key))


def present() -> Work | None:
    """The work of the transaction that this thread is in, if it is in one."""
    return getattr(connections[DEFAULT_DB_ALIAS], "ansinh_work", None)


def settle() -> None:
    """Write what is held back, so that a query sees it."""
    if (work := present()) is not None and work.planned.entries:
        work.flush()


@contextmanager
def group(batch: int) -> Iterator[Work]:
    """Several writes, all or nothing; nests. An error undoes what this group wrote and nothing else."""
    outer = present()
    if outer is not None:
        outer.flush()
    with transaction.atomic():
        work = Work(batch)
        connection.ansinh_work = work  # type: ignore[attr-defined]
        try:
            yield work
            work.flush()
        finally:
            connection.ansinh_work = outer  # type: ignore[attr-defined]
