"""Figures, trends, breakdowns and the people behind them. Reads live views only; figures are whole-unit aggregates.

A figure does not depend on who asks: it is computed for all facilities of the unit, or a report could not be
recomputed. What depends on the reader is what may be seen of it: small counts of people are hidden from readers
without `programme.people` at the facility, and names are given only with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound, Refused
from ansinh.kernel.text import collation_key
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities.rules import Unit
from ansinh.programme.measures import counting, rules, subjects
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.definition import Definition, Stratifier
from ansinh.programme.measures.figures import StratumFigure, UnitFigure
from ansinh.programme.measures.rules import Period
from ansinh.programme.measures.subjects import Subject

PAGE = 50


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

    @property
    def exact(self) -> Decimal | None:
        """The value before it is rounded, to judge by."""
        return rules.exact(self.measure.unit, self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure that is asked for."""

    measure_id: str
    unit_id: str
    period: Period


@dataclass(frozen=True, slots=True)
class Overview:
    """A figure, the same at the end of each year, and its breakdowns by name."""

    result: MeasureResult
    years: tuple[MeasureResult, ...]
    strata: Mapping[str, list[StratumFigure]]


def title(definition: Definition) -> str:
    """The measure's name in the reader's language."""
    language = (get_language() or "vi")[:2]
    return definition.title.get(language) or definition.title["vi"]


def definitions(context: Context) -> list[Definition]:
    """Every measure of the node, by Vietnamese title."""
    found = Counting().definitions(counting.all_ids()).values()
    return sorted(found, key=lambda each: collation_key(each.title["vi"]))


def definition(context: Context, measure_id: str, as_of: int | None = None) -> Definition:
    """The measure now, or as it was defined at a journal position. Raises NotFound."""
    return Counting(as_of).definition(measure_id)


def result(context: Context, measure_id: str, unit_id: str, period: Period, as_of: int | None = None) -> MeasureResult:
    """The figure of a province, department or facility. Raises NotFound for an unknown measure or unit."""
    return results(context, [measure_id], unit_id, period, as_of)[measure_id]


def results(
    context: Context, measure_ids: Iterable[str], unit_id: str, period: Period, as_of: int | None = None
) -> dict[str, MeasureResult]:
    """Many figures of one unit and period at one position."""
    asked = [Asked(each, unit_id, period) for each in measure_ids]
    return {each.measure_id: found for each, found in figures(context, asked, as_of).items()}


def figures(context: Context, asked: Iterable[Asked], as_of: int | None = None) -> dict[Asked, MeasureResult]:
    """Many figures at one position: tree, definitions and what changed are read once for all of them."""
    count, wanted = Counting(as_of), list(dict.fromkeys(asked))
    known = count.definitions(list(dict.fromkeys(each.measure_id for each in wanted)))
    count.tallies((known[each.measure_id], each.period) for each in wanted)
    return {each: figure(context, count, known[each.measure_id], each.unit_id, each.period) for each in wanted}


def trend(context: Context, measure_id: str, unit_id: str, years: Sequence[int]) -> list[MeasureResult]:
    """The figure at the end of each year, with what is known now; the running year up to today."""
    asked = [Asked(measure_id, unit_id, period) for period in _begun(years)]
    return list(figures(context, asked).values())


def breakdown(
    context: Context, measure_id: str, unit_id: str, period: Period, stratifier_id: str, as_of: int | None = None
) -> list[StratumFigure]:
    """The unit's figure by sex, age or group. Rows of overlapping strata do not add up to the figure."""
    count = Counting(as_of)
    return strata(context, count, count.definition(measure_id), unit_id, period, stratifier_id)


def overview(context: Context, measure_id: str, unit_id: str, period: Period, years: Sequence[int]) -> Overview:
    """A figure with its years and all its breakdowns, all of one position."""
    count = Counting()
    measure, spans = count.definition(measure_id), _begun(years)
    count.tallies((measure, each) for each in (period, *spans))
    return Overview(
        figure(context, count, measure, unit_id, period),
        tuple(figure(context, count, measure, unit_id, each) for each in spans),
        {name: strata(context, count, measure, unit_id, period, name) for name in measure.stratifiers},
    )


def _begun(years: Sequence[int]) -> list[Period]:
    today = clock.today()
    return [rules.year(number).until(today) for number in years if number <= today.year]


def figure(context: Context, count: Counting, measure: Definition, unit_id: str, period: Period) -> MeasureResult:
    """One figure as this reader may see it. Raises NotFound for an unknown unit."""
    return _shown(context, compute(count, measure, unit_id, period))


def strata(
    context: Context, count: Counting, measure: Definition, unit_id: str, period: Period, stratifier_id: str
) -> list[StratumFigure]:
    """The rows of one breakdown as this reader may see them. Raises NotFound."""
    if stratifier_id not in measure.stratifiers:
        raise NotFound(_("Chỉ tiêu này không có cách phân tổ đó."))
    units = count.part(measure, unit_id, period.end)
    rows = count.tally(measure, period).strata(stratifier_id, {unit.id for unit in units})
    hidden = set() if not measure.people or _names(context, units) else _suppressed(measure, rows)
    return [
        StratumFigure(label, 0, 0, None, True, code)
        if code in hidden
        else StratumFigure(label, *rows[code], rules.value(measure.unit, *rows[code]), stratum=code)
        for code, label in stratifiers()[stratifier_id].strata.items()
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
    count = Counting(as_of)
    measure = count.definition(measure_id)
    if measure.people and not context.has("programme.people"):
        raise Refused(_("Vai trò của anh/chị không xem được danh sách người phía sau con số."))
    if not context.reaches(facility_id):
        raise NotFound(_("Không tìm thấy cơ sở."))
    units = count.part(measure, facility_id, period.end)
    rows = count.subjects(measure, units, period, part, skip=(max(page, 1) - 1) * PAGE, size=PAGE + 1)
    return subjects.named(context, measure, rows[:PAGE]), len(rows) > PAGE


def unit_name(context: Context, unit_id: str) -> str:
    """The unit's name. Raises NotFound."""
    return facilities.register(system_context()).unit(unit_id).name


def stratifiers() -> dict[str, Stratifier]:
    """The shared ways to break figures down."""
    return counting.stratifiers()


def compute(count: Counting, measure: Definition, unit_id: str, period: Period) -> MeasureResult:
    """The figure for all facilities of the unit, nothing hidden: not for the eyes of a reader."""
    part, found = count.part(measure, unit_id, period.end), count.tally(measure, period)
    numerator, denominator = found.figure({unit.id for unit in part})
    value, by_facility = rules.value(measure.unit, numerator, denominator), found.by_facility()
    return MeasureResult(
        measure=measure,
        unit_id=unit_id,
        period=period,
        numerator=numerator,
        denominator=denominator,
        value=value,
        reason="" if value is not None else measure.nothing or gettext_noop("Chưa có số liệu để tính."),
        position=count.position,
        by_unit=tuple(
            _unit_figure(measure, unit, by_facility.get(unit.id, (0, 0)))
            for unit in part
            if unit.id in by_facility or unit.id == unit_id or unit.exists_on(period.end)
        ),
    )


def _unit_figure(measure: Definition, unit: Unit, counts: tuple[int, int]) -> UnitFigure:
    value = rules.value(measure.unit, *counts)
    return UnitFigure(unit.id, unit.name, *counts, value, kind=unit.kind, english=unit.english)


def _shown(context: Context, computed: MeasureResult) -> MeasureResult:
    """What this reader may see: a facility whose population is a handful of people is not shown to outsiders, and
    when that is one facility only, neither is the next smallest: the one would follow from the figure of all."""
    if not computed.measure.people:
        return computed
    outside = [each for each in computed.by_unit if not _names(context, [each])]
    counting = computed.measure.unit == "count"
    hidden = rules.suppressed(
        {each.facility_id: [each.numerator if counting else each.denominator] for each in outside}
    )
    by_unit = (each.without_numbers() if each.facility_id in hidden else each for each in computed.by_unit)
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
