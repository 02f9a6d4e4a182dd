"""Tallies kept in memory and in the database, brought to the asked position by the people who changed since.

kept at P ──► who changed between P and Q (live views) ──► kept − their part as of P + their part as of Q = as of Q

Rows of live views say from which position to which they held, so both parts can be asked at any time, and a kept
tally serves positions behind it as well. Nothing needs to be cleared: a kept tally is true for its position for
ever, as long as the journal's entry there has the seal that it had.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

from ansinh.fhir.model import json
from ansinh.fhir.store import database, work
from ansinh.fhir.views import changes, rebuilding, tables
from ansinh.kernel.context import system_context
from ansinh.programme.measures import statements, storing
from ansinh.programme.measures import tally as tallying
from ansinh.programme.measures.definition import Definition, Stratifier, named_parameters
from ansinh.programme.measures.rules import Period
from ansinh.programme.measures.statements import Facility
from ansinh.programme.measures.storing import Kept
from ansinh.programme.measures.tally import Tally

MOST_KEPT = 512
_LENGTHS = (1, 4, 16, 64, changes.MOST_PATIENTS)
WRITE_AFTER = 500
"""Journal entries between a tally in the database and the newest one before it is written again."""


@dataclass(frozen=True, slots=True)
class Position:
    """A journal position and the seal of its entry."""

    number: int
    seal: bytes


@dataclass(frozen=True, eq=False)
class Question:
    """A measure over a period, at all facilities that it may count. Equal when it gives the same at every position."""

    measure: Definition
    stratifiers: tuple[Stratifier, ...]
    period: Period
    facilities: tuple[Facility, ...]

    @cached_property
    def key(self) -> str:
        """The same for equal questions, in every process."""
        said = [self.measure.sql, *(each.sql for each in self.stratifiers), self.parameters(0), self.facilities]
        said.append(rebuilding.marks(self.views))
        return hashlib.blake2b(json.dumps(said), digest_size=16).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Question) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def views(self) -> list[str]:
        """The live views that are read."""
        return statements.views_of(self.measure, self.stratifiers)

    @property
    def is_mendable(self) -> bool:
        """True when each subject is one person's, so that people can be taken out and put back."""
        return self.measure.people and not self.moves

    @property
    def moves(self) -> bool:
        """True when the SQL itself asks for the position: then nothing kept serves another one."""
        return "as_of" in named_parameters(self.measure.sql)

    def parameters(self, position: int) -> dict[str, Any]:
        """What the SQL may name. Raises LookupError."""
        return statements.parameters(self.measure, self.period, position)


_kept: OrderedDict[str, Kept] = OrderedDict()
_lock = Lock()


def head() -> Position:
    """The journal's last entry, what this transaction holds back written first."""
    work.settle()
    found = database.fetch("SELECT position, hash FROM journal_head WHERE id = 1")
    return Position(found[0][0], database.blob(found[0][1])) if found else Position(0, b"")


def tallies(questions: Sequence[Question], at: Position) -> dict[Question, Tally]:
    """The tallies as of a position: no query when they are kept there, up to 3 and one a measure when they are not.

    Raises LookupError when a measure's dated values do not reach a period, NotReady while a view is in the making.
    """
    asked = list(dict.fromkeys(questions))
    rebuilding.refuse_unready({view for each in asked for view in each.views})  # what is kept is of the old table
    known = _known(asked, at)
    found = {each: kept.tally for each, kept in known.items() if kept.position == at.number}
    fresh = _brought({each: kept for each, kept in known.items() if each not in found}, at)
    fresh |= _counted([each for each in asked if each not in found and each not in fresh], at.number)
    _remember({each: Kept(at.number, at.seal, tally) for each, tally in fresh.items()}, known)
    return found | fresh


def counted(questions: Sequence[Question], position: int) -> dict[Question, Tally]:
    """The tallies counted anew, whatever is kept: what `tallies` must give."""
    return _counted(list(questions), position)


def forget() -> None:
    """Empty the memory of this process (tests; a node that was put another database under)."""
    with _lock:
        _kept.clear()


def _known(asked: Sequence[Question], at: Position) -> dict[Question, Kept]:
    """What memory and database hold and the journal still bears out."""
    with _lock:
        found = {each: _kept[each.key] for each in asked if each.key in _kept}
        for each in found:
            _kept.move_to_end(each.key)
    others = [each for each in asked if each not in found]
    rows = storing.read(each.key for each in others) if others else {}
    found |= {each: rows[each.key] for each in others if each.key in rows}
    here = (at.number, at.seal)
    true = {here, *storing.sealed([kept for kept in found.values() if (kept.position, kept.seal) != here])}
    held = {each: kept for each, kept in found.items() if (kept.position, kept.seal) in true}
    _hold({each: kept for each, kept in held.items() if each in others})
    return {each: kept for each, kept in held.items() if kept.position == at.number or not each.moves}


def _brought(stale: Mapping[Question, Kept], at: Position) -> dict[Question, Tally]:
    """Those of the kept tallies that can be brought to the position, brought there."""
    near = {each: kept for each, kept in stale.items() if abs(at.number - kept.position) <= changes.MOST_ENTRIES}
    if not near:
        return {}
    views = sorted({view for each in near for view in each.views})
    reached = [at.number, *(kept.position for kept in near.values())]
    changed = changes.between(views, min(reached), max(reached))
    found: dict[Question, Tally] = {}
    for measure in _by_measure(near):
        patients = changed.of(measure[0].views)
        if patients is not None and not patients:
            found |= {each: near[each].tally for each in measure}
        elif patients is not None and measure[0].is_mendable:
            found |= _mended({each: near[each] for each in measure}, sorted(patients), at.number)
    return found


def _mended(kept: Mapping[Question, Kept], patients: Sequence[str], position: int) -> dict[Question, Tally]:
    asked = [(each, where) for each, one in kept.items() for where in (one.position, position)]
    parts = iter(_ask(asked, patients))
    return {each: one.tally.mended(next(parts), next(parts)) for each, one in kept.items()}


def _counted(questions: Sequence[Question], position: int) -> dict[Question, Tally]:
    found: dict[Question, Tally] = {}
    for measure in _by_measure(questions):
        found |= zip(measure, _ask([(each, position) for each in measure]), strict=True)
    return found


def _by_measure(questions: Iterable[Question]) -> list[list[Question]]:
    """The questions that can be asked together: of one measure, over several periods."""
    groups: dict[tuple[str, tuple[Facility, ...]], list[Question]] = {}
    for each in questions:
        groups.setdefault((each.measure.sql, each.facilities), []).append(each)
    return list(groups.values())


def _ask(asked: Sequence[tuple[Question, int]], patients: Sequence[str] = ()) -> list[Tally]:
    """One statement for several periods and positions of one measure; of these patients alone when some are given."""
    facility, places = statements.facility_table(asked[0][0].facilities)
    common: list[str] = [facility]
    values: dict[str, Any] = dict(places)
    if patients:
        table, ids = statements.id_table("changed", _padded(patients))
        common, values = [*common, table], {**values, **ids}
    parts: dict[int, list[tuple[int, str]]] = {}
    for number, (question, position) in enumerate(asked):
        sql = statements.tally(question.measure, question.stratifiers, f"__{number}")
        parts.setdefault(position, []).append((number, sql))
        values |= statements.suffixed(question.parameters(position), f"__{number}")
    views, limit = asked[0][0].views, "changed" if patients else ""
    whole = [(tables.as_of(views, f"at_{number}", limit), each) for number, each in enumerate(parts.values())]
    values |= {f"at_{number}": position for number, position in enumerate(parts)}
    rows: list[list[dict[str, Any]]] = [[] for _ in asked]
    for row in tables.rows(system_context(), statements.together(common, whole), values):
        rows[row["part"]].append(row)
    return [tallying.of_rows(each) for each in rows]


def _padded(patients: Sequence[str]) -> list[str]:
    """The patients, the last one repeated up to one of a few lengths: SQLite reads a text that it knows in a third of
    the time."""
    length = next((each for each in _LENGTHS if each >= len(patients)), len(patients))
    return [*patients, *[patients[-1]] * (length - len(patients))]


def _remember(fresh: Mapping[Question, Kept], before: Mapping[Question, Kept]) -> None:
    """Keep what is newer than what was known; the database hears of it now and then. The past is not kept."""
    newer = {
        each: replace(kept, written=before[each].written if each in before else 0)
        for each, kept in fresh.items()
        if each not in before or before[each].position < kept.position
    }
    due = {
        each: kept for each, kept in newer.items() if not kept.written or kept.position - kept.written >= WRITE_AFTER
    }
    if due and storing.write([(each.key, each.measure.id, each.period, kept) for each, kept in due.items()]):
        newer |= {each: replace(kept, written=kept.position) for each, kept in due.items()}
    _hold(newer)


def _hold(tallies: Mapping[Question, Kept]) -> None:
    """Into the memory of this process; the least used are forgotten."""
    with _lock:
        for question, kept in tallies.items():
            _kept[question.key] = kept
            _kept.move_to_end(question.key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
