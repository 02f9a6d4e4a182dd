"""The writes of one transaction, from the locked head of the journal to the rows that are flushed together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction

from ansinh.fhir.index.rows import TABLES, Rows
from ansinh.fhir.store import audit, database, journal, projections
from ansinh.fhir.store.records import COLUMNS, Change, Row

_ROW_COLUMNS = tuple(COLUMNS.split(", "))
_ROW_TAIL = "ON CONFLICT (rid) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _ROW_COLUMNS if name not in ("rid", "key", "type", "fhir_id")
)
_SELECT = f"SELECT {COLUMNS} FROM resource WHERE key = %s"
_KNOWN_LIMIT = 200_000


@dataclass(slots=True)
class _Known:
    """Dictionary rows that are committed in the database of this epoch; only ever a shortcut."""

    epoch: int = 0
    tokens: set[int] = field(default_factory=set)
    orgs: set[int] = field(default_factory=set)

    def of(self, epoch: int) -> "_Known":
        if self.epoch != epoch or len(self.tokens) > _KNOWN_LIMIT:
            self.epoch, self.tokens, self.orgs = epoch, set(), set()
        return self


_known = _Known()


class Work:
    """What is planned and not yet in the database. `batch` writes are held back together; 0 holds nothing back."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.depth = len(connection.savepoint_ids)
        outer = present()
        self.expected: set[tuple[str, str]] = set(outer.expected) if outer else set()
        self._forget()

    def _forget(self) -> None:
        self.head: journal.Head | None = None
        self.rows: dict[int, Row] = {}
        self.fresh: set[int] = set()
        self.index: dict[int, Rows] = {}
        self.entries: list[tuple] = []
        self.changes: list[Change] = []
        self.audits: list[tuple] = []
        self.moves: list[tuple[int, int | None]] = []
        self.orgs: dict[int, str] = {}

    def lock(self) -> journal.Head:
        """The journal's head, locked for this transaction."""
        if self.entries and len(connection.savepoint_ids) != self.depth:
            raise RuntimeError("within a batched transaction nest with repository.transaction(), not with atomic()")
        if self.head is None or not self.entries:
            self.head = journal.lock()
        return self.head

    def current(self, key: int) -> Row | None:
        """The row of a resource as this transaction sees it."""
        if (row := self.rows.get(key)) is not None:
            return row
        found = database.run(_SELECT, [key]).fetchone()
        if found is None:
            return None
        row = Row(*found)
        row.body = database.blob(row.body)
        return row

    def flush(self) -> None:
        """Write everything that is planned. The caller is inside the transaction."""
        if not self.entries:
            self._forget()
            return
        changes, moves = self.changes, self.moves
        with database.together():
            self._flush_rows()
            self._forget()
            for projection in projections.registered() if changes else ():
                projection.apply(changes)
        _move(moves)

    def _flush_rows(self) -> None:
        assert self.head is not None
        journal.append(self.entries, self.head)
        database.insert("resource", _ROW_COLUMNS, (row.values() for row in self.rows.values()), tail=_ROW_TAIL)
        write_index(self.index, [rid for rid in self.index if rid not in self.fresh], self.head.epoch)
        self._flush_orgs()
        audit.write(self.audits)

    def _flush_orgs(self) -> None:
        assert self.head is not None
        known = _known.of(self.head.epoch)
        new = [(number, name) for number, name in self.orgs.items() if number not in known.orgs]
        database.insert("org", ("num", "id"), new, tail="ON CONFLICT (num) DO NOTHING")
        if new:
            epoch = self.head.epoch
            transaction.on_commit(lambda: _known.of(epoch).orgs.update(number for number, _ in new))


def write_index(index: Mapping[int, Rows], stale: list[int], epoch: int) -> None:
    """Write the rows of these resources, first removing what `stale` ones had. The caller holds the journal."""
    for table in TABLES if stale else ():
        database.delete_where_rid(table, stale)
    tokens: dict[int, tuple[str, str]] = {}
    for rows in index.values():
        tokens.update(rows.tokens)
    for table, columns in TABLES.items():
        batch = [(*values, rid) for rid, rows in index.items() for values in rows.tables.get(table, ())]
        database.insert(table, (*columns, "rid"), sorted(batch))
    known = _known.of(epoch)
    new = [(number, *names) for number, names in tokens.items() if number not in known.tokens]
    database.insert("token", ("tok", "system", "code"), new, tail="ON CONFLICT (tok) DO NOTHING")
    if new:
        transaction.on_commit(lambda: _known.of(epoch).tokens.update(number for number, *_ in new))


def _move(moves: list[tuple[int, int | None]]) -> None:
    """Records that follow a patient go where the patient went."""
    for patient_key, org in moves:
        changed = database.run(
            "UPDATE resource SET org = %s WHERE patient_key = %s AND follows = 1 AND org IS DISTINCT FROM %s",
            [org, patient_key, org],
        )
        for projection in projections.registered() if changed.rowcount else ():
            if isinstance(projection, projections.Moving):
                projection.move(patient_key, org)


def present() -> Work | None:
    """The work of the transaction that this thread is in, if it is in one."""
    return getattr(connection, "ansinh_work", None)


def settle() -> None:
    """Write what is held back, so that a query sees it."""
    if (work := present()) is not None:
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


def single[T](plan: Callable[[Work], T]) -> T:
    """One write. `plan` reads and decides; what it refuses has touched nothing, so no savepoint is needed."""
    work = present()
    if work is not None:
        result = plan(work)
        if len(work.entries) > work.batch:
            work.flush()
        return result
    failure: Exception | None = None
    with transaction.atomic(savepoint=False):
        work = Work(0)
        try:
            result = plan(work)
        except Exception as error:  # noqa: BLE001  (raised again below, outside of the transaction)
            failure = error
        else:
            work.flush()
    if failure is not None:
        raise failure
    return result
