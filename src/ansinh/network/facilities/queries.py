"""Reads of the register: the tree of a day, one unit with its past, the facilities that a report counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import changes, kept, rebuilding, tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound
from ansinh.network.facilities import rules
from ansinh.network.facilities.resources import DUTY, KIND, RELATION, relation_from_row, unit_from_row
from ansinh.network.facilities.rules import Node, Relation, Unit

_TYPES, _VIEWS = ("Organization", "OrganizationAffiliation"), ("organization", "organization_affiliation")
_UNITS = """
    SELECT id, code, name, english, kind, valid_from, valid_to, synthetic FROM {view} ORDER BY name
"""
_RELATIONS = """
    SELECT id, parent_id, child_id, relation, duty, from_date, to_date, source, verified
    FROM {view} ORDER BY from_date
"""
_PEOPLE = """
    SELECT COUNT(DISTINCT e.patient_id) AS people FROM view_episode e
    WHERE e.facility_id = :facility AND e.status = 'active' AND {reach:e}
"""


@dataclass(frozen=True, slots=True)
class Register:
    """All units and all dated relations of the node: two queries, a few hundred rows."""

    units: tuple[Unit, ...]
    relations: tuple[Relation, ...]

    def unit(self, unit_id: str) -> Unit:
        """One unit by id. Raises NotFound."""
        found = next((unit for unit in self.units if unit.id == unit_id), None)
        if found is None:
            raise NotFound("Không tìm thấy đơn vị.")
        return found

    def name(self, unit_id: str) -> str:
        """The unit's name; "" for one that is not there."""
        return next((unit.name for unit in self.units if unit.id == unit_id), "")


@dataclass(frozen=True, slots=True)
class Step:
    """A dated relation of a unit, with the unit at its other end."""

    unit: Unit
    relation: Relation
    kind_name: str
    duty_name: str


@dataclass(frozen=True, slots=True)
class Facility:
    """One unit on a day. above: its authorities, nearest first; authorities: all of them over time."""

    unit: Unit
    at: date
    kind_name: str
    is_care: bool
    above: tuple[Unit, ...]
    below: tuple[Unit, ...]
    authorities: tuple[Step, ...]
    predecessors: tuple[Step, ...]
    successors: tuple[Step, ...]


def register(context: Context, language: str = "vi", as_of: int | None = None) -> Register:
    """Everything at once; the callers below work on it without further queries. One query while no unit changes.

    language `en` names units by their English names, where they have one: for pages, never to write back.
    as_of: what the register said at a journal position, for figures that are computed again.
    """
    if as_of is not None:
        return _read(context, language, as_of)
    marks = (changes.marks(_TYPES), tuple(rebuilding.marks(_VIEWS)))
    return kept.once(("facilities", language), marks, lambda: _read(context, language, None))


def _read(context: Context, language: str, as_of: int | None) -> Register:
    units = tuple(unit_from_row(row) for row in _rows(context, "organization", _UNITS, as_of))
    if language == "en":
        units = tuple(replace(unit, name=unit.english or unit.name) for unit in units)
    relations = (relation_from_row(row) for row in _rows(context, "organization_affiliation", _RELATIONS, as_of))
    return Register(units, tuple(relations))


def _rows(context: Context, view: str, sql: str, as_of: int | None) -> list[dict[str, Any]]:
    if as_of is None:
        return tables.rows(context, sql.format(view=f"view_{view}"))
    return tables.rows(context, f"{tables.as_of([view], as_of)} {sql.format(view=view)}")


def tree(context: Context, at: date | None = None) -> list[Node]:
    """The forest of a day (today without one), roots first, by name."""
    known = register(context)
    return rules.tree_at(known.units, known.relations, at or clock.today())


def facility(context: Context, unit_id: str, at: date | None = None, language: str = "vi") -> Facility:
    """One unit with its authorities, what stands under it and whom it followed. Raises NotFound."""
    known, day = register(context, language), at or clock.today()
    unit = known.unit(unit_id)
    by_id = {item.id: item for item in known.units}
    shown = min(day, unit.valid_to or rules.FAR)
    under = rules.below(unit, known.units, known.relations, day)
    return Facility(
        unit=unit,
        at=day,
        kind_name=kind_name(unit.kind, language),
        is_care=unit.kind in care_kinds(),
        above=tuple(by_id[item] for item in rules.ancestors(unit_id, known.relations, shown) if item in by_id),
        below=tuple(item for item in under if item.id != unit_id),
        authorities=_steps(
            known, [r for r in known.relations if r.kind == rules.AUTHORITY and r.child == unit_id], language
        ),
        predecessors=_steps(known, rules.predecessors(unit_id, known.relations, rules.FAR), language, child=True),
        successors=_steps(
            known, [r for r in known.relations if r.kind in rules.SUCCESSION and r.child == unit_id], language
        ),
    )


def facilities_under(context: Context, unit_id: str, at: date | None = None) -> list[Unit]:
    """The care facilities that a report about the unit counts on a day; a care facility counts itself.

    For a unit that has ended by then: those under it on its last day, or what followed them. Raises NotFound.
    """
    known, wanted = register(context), care_kinds()
    found = rules.counted(known.unit(unit_id), known.units, known.relations, at or clock.today())
    return [unit for unit in found if unit.kind in wanted]


def successors(context: Context, unit_id: str, at: date | None = None, duty: str = "") -> list[Unit]:
    """Who carries on for a unit on a day (itself when nobody followed); `duty` picks one branch."""
    known = register(context)
    return successors_in(known, unit_id, at or clock.today(), duty)


def successors_in(known: Register, unit_id: str, day: date, duty: str = "") -> list[Unit]:
    """Like `successors`, on a register that was read before."""
    by_id = {item.id: item for item in known.units}
    return [by_id[item] for item in rules.successors(unit_id, known.relations, day, duty) if item in by_id]


def province_of(known: Register, unit_id: str, day: date) -> Unit | None:
    """The topmost authority over a unit on a day: for a facility, its province. The unit itself when it is one."""
    above = rules.ancestors(unit_id, known.relations, day)
    top = above[-1] if above else unit_id
    return next((unit for unit in known.units if unit.id == top), None)


def people_in(unit_id: str) -> int:
    """How many people have an open stay at the facility. The node counts: whether a reader may know the number is
    for the caller to decide."""
    return int(tables.rows(system_context(), _PEOPLE, {"facility": unit_id})[0]["people"])


def care_kinds() -> frozenset[str]:
    """Codes of the kinds that care for people (property `care` of the code system)."""
    return frozenset(
        concept.code
        for concept in concepts.members(KIND)
        if concept.properties.get("care") and not concept.properties.get("abstract")
    )


def kind_name(kind: str, language: str = "vi") -> str:
    """The kind of unit in words."""
    return concepts.display(KIND, kind, language) or kind


def _steps(known: Register, relations: Sequence[Relation], language: str, *, child: bool = False) -> tuple[Step, ...]:
    by_id = {item.id: item for item in known.units}
    found = []
    for item in sorted(relations, key=lambda item: item.start):
        other = by_id.get(item.child if child else item.parent)
        if other:
            duty = concepts.display(DUTY, item.duty, language) if item.duty else ""
            found.append(Step(other, item, concepts.display(RELATION, item.kind, language), duty))
    return tuple(found)


def care_facility(context: Context, unit_id: str, language: str = "vi") -> Facility:
    """Like `facility`, for pages that only a care facility has. Raises NotFound for any other unit."""
    found = facility(context, unit_id, language=language)
    if not found.is_care:
        raise NotFound("Đơn vị này không phải cơ sở chăm sóc.")
    return found
