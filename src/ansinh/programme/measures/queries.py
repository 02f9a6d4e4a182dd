"""Figures, trends, breakdowns and the people behind them. Reads live views only; figures are whole-unit aggregates.

A figure does not depend on who asks: it is computed for all facilities of the unit, or a report could not be
recomputed. What depends on the reader is what may be seen of it: small counts of people are hidden from readers
without `programme.people` at the facility, and names are given only with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound, Refused
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities import rules as tree
from ansinh.programme.measures import files, resources, rules, statements
from ansinh.programme.measures.definition import Definition, Stratifier
from ansinh.programme.measures.rules import Period

PAGE = 50


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """The figure of one facility. hidden: this reader may not see it, the numbers are 0."""

    facility_id: str
    name: str
    kind: str
    numerator: int
    denominator: int
    value: Decimal | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """A figure of a unit over a period, as of a journal position. value None: nobody to count, `reason` says why."""

    measure: Definition
    unit_id: str
    period: Period
    numerator: int
    denominator: int
    value: Decimal | None
    reason: str
    position: int
    by_unit: tuple[UnitFigure, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class StratumFigure:
    """One row of a breakdown."""

    stratum: str
    label: str
    numerator: int
    denominator: int
    value: Decimal | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """One line of the list behind a figure. person_id "" where the subject is not a person or may not be opened."""

    subject_id: str
    person_id: str
    name: str
    counted: bool
    missing: tuple[str, ...]


def title(definition: Definition) -> str:
    """The measure's name in the reader's language."""
    language = (get_language() or "vi")[:2]
    return definition.title.get(language) or definition.title["vi"]


def definitions(context: Context) -> list[Definition]:
    """Every measure of the node, by Vietnamese title."""
    names = sorted(path.parent.name for path in files.measure_files(Path(settings.DEFINITIONS) / "measures"))
    found = Repository(_system(context)).read_many("Measure", names)
    parsed = [_parsed(each["id"], each["version"], _source(each)) for each in found.values()]
    return sorted(parsed, key=lambda each: each.title["vi"])


def definition(context: Context, measure_id: str, as_of: int | None = None) -> Definition:
    """The measure now, or as it was defined at a journal position. Raises NotFound."""
    repository = Repository(_system(context))
    if as_of is None:
        resource = repository.find("Measure", measure_id)
    else:
        versions = [each for each in repository.history("Measure", measure_id) if each.position <= as_of]
        resource = max(versions, key=lambda each: each.position).body if versions else None
    if resource is None:
        raise NotFound(_("Không có chỉ tiêu này."))
    return _parsed(measure_id, resource["version"], _source(resource))


def result(context: Context, measure_id: str, unit_id: str, period: Period, as_of: int | None = None) -> MeasureResult:
    """The figure of a province, department or facility. Raises NotFound for an unknown measure or unit."""
    return results(context, [measure_id], unit_id, period, as_of)[measure_id]


def results(
    context: Context, measure_ids: Iterable[str], unit_id: str, period: Period, as_of: int | None = None
) -> dict[str, MeasureResult]:
    """Many figures of one unit and period at one position; the unit's facilities are looked up once."""
    position = journal.position() if as_of is None else as_of
    units = counted_units(context, unit_id, period.end)
    return {
        measure_id: _shown(context, _compute(context, measure_id, unit_id, period, units, position, as_of))
        for measure_id in dict.fromkeys(measure_ids)
    }


def trend(context: Context, measure_id: str, unit_id: str, years: Sequence[int]) -> list[MeasureResult]:
    """The figure at the end of each year, with what is known now; the running year up to today."""
    today = clock.today()
    return [
        result(context, measure_id, unit_id, rules.year(number).until(today))
        for number in years
        if number <= today.year
    ]


def breakdown(
    context: Context, measure_id: str, unit_id: str, period: Period, stratifier_id: str, as_of: int | None = None
) -> list[StratumFigure]:
    """The unit's figure by sex, age or group. Rows of overlapping strata do not add up to the figure."""
    measure = definition(context, measure_id, as_of)
    if stratifier_id not in measure.stratifiers:
        raise NotFound(_("Chỉ tiêu này không có cách phân tổ đó."))
    stratifier = stratifiers()[stratifier_id]
    position = journal.position() if as_of is None else as_of
    units = taking_part(measure, counted_units(context, unit_id, period.end))
    found = _ask(measure, units, period, position, statements.breakdown(stratifier), stratifier)
    rows = {str(row["stratum"]): (int(row["numerator"]), int(row["denominator"])) for row in found}
    hidden = set() if _names(context, units) or not measure.people else _suppressed(measure, rows)
    return [
        StratumFigure(code, label, 0, 0, None, True)
        if code in hidden
        else StratumFigure(code, label, *rows[code], rules.value(measure.unit, *rows[code]))
        for code, label in stratifier.strata.items()
        if code in rows
    ]


def people(
    context: Context,
    measure_id: str,
    facility_id: str,
    period: Period,
    part: str = "tat-ca",
    as_of: int | None = None,
    page: int = 1,
) -> tuple[list[Subject], bool]:
    """One page of the list behind a facility's figure, and whether another follows.

    part: `dat` counted, `chua-dat` in the population but not counted, `tat-ca` both. Raises Refused without
    `programme.people` on a measure about people, NotFound for a facility out of reach.
    """
    measure = definition(context, measure_id, as_of)
    if measure.people and not context.has("programme.people"):
        raise Refused(_("Vai trò của bạn không được xem danh sách người phía sau con số."))
    if not context.reaches(facility_id):
        raise NotFound(_("Không tìm thấy cơ sở."))
    units = taking_part(measure, counted_units(context, facility_id, period.end))
    position = journal.position() if as_of is None else as_of
    limits = {"size": PAGE + 1, "skip": (max(page, 1) - 1) * PAGE}
    rows = _ask(measure, units, period, position, statements.subjects(part), extra=limits)
    return _subjects(context, measure, rows[:PAGE]), len(rows) > PAGE


def unit_name(context: Context, unit_id: str) -> str:
    """The unit's name. Raises NotFound."""
    return facilities.register(_system(context)).unit(unit_id).name


def counted_units(context: Context, unit_id: str, day: date) -> list[tree.Unit]:
    """All units that a report about `unit_id` counts, as the tree was on `day`. Raises NotFound."""
    known = facilities.register(_system(context))
    return tree.counted(known.unit(unit_id), known.units, known.relations, day)


def taking_part(measure: Definition, units: Sequence[tree.Unit]) -> list[tree.Unit]:
    """Those of the units that the measure counts."""
    kinds = [(unit.id, unit.kind) for unit in units]
    wanted = {identifier for identifier, _kind in statements.taking_part(measure, kinds, facilities.care_kinds())}
    return [unit for unit in units if unit.id in wanted]


def stratifiers() -> dict[str, Stratifier]:
    """The shared ways to break figures down."""
    return files.stratifiers(Path(settings.DEFINITIONS) / "measures")


def _compute(
    context: Context,
    measure_id: str,
    unit_id: str,
    period: Period,
    units: Sequence[tree.Unit],
    position: int,
    as_of: int | None,
) -> MeasureResult:
    measure = definition(context, measure_id, as_of)
    part = taking_part(measure, units)
    rows = {
        row["facility_id"]: (int(row["numerator"]), int(row["denominator"]))
        for row in _ask(measure, part, period, position, statements.figures(measure))
    }
    numerator, denominator = rows.get("", (0, 0))
    value = rules.value(measure.unit, numerator, denominator)
    return MeasureResult(
        measure, unit_id, period, numerator, denominator, value,
        "" if value is not None else measure.nothing or _("Chưa có số liệu để tính."),
        position,
        tuple(_unit_figure(measure, unit, rows.get(unit.id, (0, 0))) for unit in part),
    )  # fmt: skip


def _unit_figure(measure: Definition, unit: tree.Unit, counts: tuple[int, int]) -> UnitFigure:
    return UnitFigure(unit.id, unit.name, unit.kind, *counts, rules.value(measure.unit, *counts))


def _ask(
    measure: Definition,
    units: Sequence[tree.Unit],
    period: Period,
    position: int,
    tail: str,
    stratifier: Stratifier | None = None,
    extra: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    table, params = statements.facility_table([(unit.id, unit.kind) for unit in units])
    values = {**params, **statements.parameters(measure, period, position), **(extra or {})}
    prefix = tables.as_of(statements.views_of(measure, stratifier), position)
    sql = statements.compose(prefix, table, measure, tail, stratifier)
    return tables.rows(system_context(), sql, values)


def _shown(context: Context, computed: MeasureResult) -> MeasureResult:
    """What this reader may see: a facility whose population is a handful of people is not shown to outsiders."""
    if not computed.measure.people:
        return computed
    by_unit = []
    for each in computed.by_unit:
        population = each.numerator if computed.measure.unit == "count" else each.denominator
        small = rules.is_small([population]) and not _names(context, [each])
        by_unit.append(replace(each, numerator=0, denominator=0, value=None, hidden=True) if small else each)
    return replace(computed, by_unit=tuple(by_unit))


def _names(context: Context, units: Sequence[Any]) -> bool:
    """True when the reader may see names at every one of the units."""
    if not context.has("programme.people"):
        return False
    return all(context.reaches(getattr(unit, "facility_id", None) or unit.id) for unit in units)


def _suppressed(measure: Definition, rows: dict[str, tuple[int, int]]) -> set[str]:
    return rules.suppressed(
        {
            code: (numerator,) if measure.unit == "count" else (numerator, denominator, denominator - numerator)
            for code, (numerator, denominator) in rows.items()
        }
    )


def _subjects(context: Context, measure: Definition, rows: list[dict[str, Any]]) -> list[Subject]:
    ids = {str(row["person_id"]) for row in rows if measure.people and row.get("person_id")}
    known = Repository(context).read_many("Patient", sorted(ids)) if ids else {}
    return [_subject(measure, row, known) for row in rows]


def _subject(measure: Definition, row: dict[str, Any], known: dict[str, dict[str, Any]]) -> Subject:
    person = known.get(str(row.get("person_id") or ""))
    name = (person.get("name") or [{}])[0].get("text", "") if person else ""
    return Subject(
        str(row["subject_id"]),
        person["id"] if person else "",
        name if measure.people else str(row.get("item") or ""),
        bool(row["numerator"]),
        tuple(measure.words(row.get("missing"))),
    )


def _system(context: Context) -> Context:
    """Definitions and aggregates are read by the node itself; the asking person's purpose goes along."""
    return system_context(purpose=context.purpose)


def _source(resource: dict[str, Any]) -> str:
    return next(each["valueString"] for each in resource["extension"] if each["url"] == resources.SOURCE)


@lru_cache(maxsize=256)
def _parsed(measure_id: str, version: str, source: str) -> Definition:
    """Parsing takes longer than reading; a source parses to the same definition always."""
    return resources.definition_of({"extension": [{"url": resources.SOURCE, "valueString": source}]})
