"""What changed in live views between two journal positions: whose rows, so that a figure is mended, not made again.

position P ──► journal entries of the views' types up to Q ──► their rows closed or opened ──► the patients they name
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.store import database, work
from ansinh.fhir.views import live
from ansinh.fhir.views.shapes import Shape

MOST_PATIENTS = 400
MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Changes:
    """Per view the patients whose rows are not the same; `untold`: views that changed in a way that names nobody."""

    patients: Mapping[str, frozenset[str]]
    untold: frozenset[str] = frozenset()

    def of(self, views: Collection[str]) -> frozenset[str] | None:
        """The patients that changed in any of these views; None when that cannot be told patient by patient."""
        if self.untold & set(views):
            return None
        return frozenset().union(*(self.patients.get(name, frozenset()) for name in views))


def between(views: Sequence[str], one: int, other: int) -> Changes:
    """What differs in these views between two positions, whichever is first. One query.

    A view changed untold when a changed row has no patient, or when more than MOST_PATIENTS patients or MOST_ENTRIES
    journal entries lie between: then it is cheaper to begin anew. Raises ValueError for a view that is not kept.
    """
    first, last, kept = min(one, other), max(one, other), live.known(views)
    if unknown := [name for name in views if name not in kept]:
        raise ValueError(f"no live view {unknown[0]}")
    if last - first > MOST_ENTRIES:
        return Changes({}, frozenset(views))
    if first == last or not views:
        return Changes({})
    work.settle()
    sql = " UNION ".join(_changed(name, kept[name], first, last) for name in views)
    found = database.fetch(f"SELECT view, patient FROM ({sql}) c LIMIT %s", [MOST_PATIENTS * len(views) + 1])
    return _told(views, found)


def _changed(name: str, shape: Shape, first: int, last: int) -> str:
    """Rows (view, patient) of one view; the positions are numbers of the engine, so they stand in the text."""
    patient = f'v."{shape.patient}"' if shape.patient else "NULL"
    written = f"j.type = {type_number(shape.resource)} AND j.position > {first} AND j.position <= {last}"
    opened = f"(v.seq_from > {first} AND v.seq_from <= {last})"
    closed = f"(v.seq_to > {first} AND v.seq_to <= {last})"
    return (
        f"SELECT '{name}' AS view, {patient} AS patient FROM journal j JOIN resource r ON r.key = j.key "
        f'JOIN "{shape.table}" v ON v.rid = r.rid WHERE {written} AND ({opened} OR {closed})'
    )


def _told(views: Sequence[str], found: Sequence[tuple[str, str | None]]) -> Changes:
    if len(found) > MOST_PATIENTS * len(views):
        return Changes({}, frozenset(views))
    untold = frozenset(view for view, patient in found if patient is None)
    patients: dict[str, set[str]] = {}
    for view, patient in found:
        if patient is not None:
            patients.setdefault(view, set()).add(patient)
    if len(set().union(*patients.values())) > MOST_PATIENTS:
        return Changes({}, frozenset(views))
    return Changes({view: frozenset(ids) for view, ids in patients.items()}, untold)


def marks(types: Sequence[str]) -> tuple[tuple[int, bytes], ...]:
    """Position and seal of the last journal entry of each of these types that has one, by position. One query.

    What was read from these types is true as long as their marks are the same.
    """
    work.settle()
    newest = ", ".join(f"(SELECT MAX(position) FROM journal WHERE type = {type_number(each)})" for each in types)
    found = database.fetch(f"SELECT position, hash FROM journal WHERE position IN ({newest}) ORDER BY position")
    return tuple((position, database.blob(seal)) for position, seal in found)
