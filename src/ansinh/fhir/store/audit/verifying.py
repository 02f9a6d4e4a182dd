"""Prove that no row of the audit was changed, removed or put elsewhere: the chain is computed again from its start."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ansinh.fhir.store import database
from ansinh.fhir.store.audit import entries
from ansinh.fhir.store.audit.keeping import kept_after
from ansinh.kernel.errors import UserError

_ROWS = (
    "SELECT a.id, a.at_us, a.who, a.patient, a.key, a.position, a.verb, a.what, j.hash FROM audit_row a "
    "LEFT JOIN journal j ON j.position = a.position WHERE a.id > %s ORDER BY a.id LIMIT %s"
)
_WRITES = frozenset(entries.VERBS.index(verb) for verb in entries.WRITES)


class Broken(UserError):
    """The audit was changed, reordered or cut; what is wrong stands behind row `after`, and not behind `until`."""

    issue_type = "exception"
    status = 500

    def __init__(self, after: int, until: int):
        text = f"Sổ theo dõi truy cập không còn nguyên vẹn từ dòng {after + 1} đến {until}."
        super().__init__(text, code="audit-broken")
        self.after, self.until = after, until


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole: rows `first` to `last`, and the seal after each row that was asked for."""

    first: int
    last: int
    seals: dict[int, bytes]


def verify(*, wanted: Collection[int] = (), batch: int = 1000) -> Verified:
    """Walk the chain. Raises `Broken`. `wanted`: ids whose seals are to be told."""
    seals = {number: database.blob(seal) for number, seal in database.fetch("SELECT id, hash FROM audit_seal")}
    start, before = _start(seals)
    at, sure, found = start, start, {start: before}
    _check_names()
    for row, journal_hash in _rows(start, batch):
        at += 1
        if row[0] != at or (row[6] in _WRITES and not journal_hash):
            raise Broken(sure, max(at, row[0]))
        before = entries.seal(before, row, journal_hash if row[6] in _WRITES else b"")
        if seals.get(at, before) != before:
            raise Broken(sure, at)
        if at in seals:
            sure = at
        if at in wanted:
            found[at] = before
    if (at, before) != _end():
        raise Broken(sure, max(at, _end()[0]))
    return Verified(start + 1, at, found)


def _start(seals: dict[int, bytes]) -> tuple[int, bytes]:
    """(row before the first that is kept, the seal after it)."""
    first = database.fetch("SELECT min(id) FROM audit_row")[0][0]
    start = kept_after()
    if first is None and start == 0:
        return 0, b""
    if start and start not in seals:
        raise Broken(start - 1, start)
    return start, seals[start] if start else b""


def _rows(after: int, batch: int) -> Iterator[tuple[tuple, bytes]]:
    while found := database.fetch(_ROWS, [after, batch]):
        for *row, journal_hash in found:
            row[7] = database.blob(row[7])
            yield tuple(row), database.blob(journal_hash) if journal_hash is not None else b""
        after = found[-1][0]


def _check_names() -> None:
    """Who a row names is a number of these words: other words would be another number."""
    for number, *words in database.fetch(f"SELECT {', '.join(entries.WHO_COLUMNS)} FROM audit_who"):
        if entries.number_of(tuple(words)) != number:
            first, last = database.fetch("SELECT min(id), max(id) FROM audit_row WHERE who = %s", [number])[0]
            raise Broken((first or 1) - 1, last or 1)
    missing = "SELECT min(a.id), max(a.id) FROM audit_row a LEFT JOIN audit_who w ON w.who = a.who WHERE w.who IS NULL"
    first, last = database.fetch(missing)[0]
    if first is not None:
        raise Broken(first - 1, last)


def _end() -> tuple[int, bytes]:
    found = database.fetch("SELECT audit, audit_hash FROM journal_head WHERE id = 1")
    return (found[0][0], database.blob(found[0][1])) if found else (0, b"")


def heads() -> tuple[str, int, bytes, int, bytes]:
    """(node, position, hash of the journal, last row, seal of the audit): what an anchor signs."""
    found = database.fetch("SELECT node, position, hash, audit, audit_hash FROM journal_head WHERE id = 1")
    if not found:
        return "", 0, b"", 0, b""
    node, position, seal, last, audit_seal = found[0]
    return node, position, database.blob(seal), last, database.blob(audit_seal)


def journal_hash(position: int) -> bytes:
    """The journal's seal after a position; b"" where there is none."""
    found = database.fetch("SELECT hash FROM journal WHERE position = %s", [position])
    return database.blob(found[0][0]) if found else b""
