"""A snapshot of a plan and year, computed at one journal position: figures, breakdowns, tasks, staff, definitions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ansinh.fhir.store import journal
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.text import format_date, format_number
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities.queries import Register
from ansinh.network.facilities.resources import organization_id
from ansinh.network.facilities.rules import Unit
from ansinh.programme.measures import queries as measures
from ansinh.programme.measures import rules as periods
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.figures import StratumFigure
from ansinh.programme.measures.queries import MeasureResult
from ansinh.programme.measures.resources import report_id
from ansinh.programme.measures.rules import Period
from ansinh.programme.plans.definition import Goal, Plan
from ansinh.programme.plans.rules import urgency
from ansinh.programme.reports import agencies, rules, sources
from ansinh.programme.reports import tables as tables_of_report
from ansinh.programme.reports.snapshot import (
    DefinitionRow,
    FigureRow,
    GoalRow,
    Snapshot,
    StaffRow,
    TaskRow,
)
from ansinh.programme.reports.template import Template

READER = replace(system_context(), role="report", permissions=frozenset(), reach=frozenset())
"""Whoever reads a report: sees no name, so small counts of people are left out of it from the start."""

_TASKS = "SELECT t.code, t.status, t.progress, t.owner_id, t.due FROM plan_task t WHERE {reach:t} AND t.plan = :plan"
_STAFF = """
    SELECT s.facility_id, s.group_code, s.code, s.display, s.value FROM staff_count s
    WHERE substr(s.period_end, 1, 4) = :year
"""
_STATES = {
    "completed": "Hoàn thành",
    "in-progress": "Đang thực hiện",
    "on-hold": "Tạm dừng",
    "cancelled": "Đã hủy",
    "requested": "Chưa bắt đầu",
    "late": "Quá hạn",
}
_GROUPS = ("total", "level", "profession")
BASELINE = "2020"
STAFF = "staff-now"


@dataclass(frozen=True, slots=True)
class Collected:
    """A snapshot, and the results behind its figures, to be kept as MeasureReports."""

    snapshot: Snapshot
    results: tuple[MeasureResult, ...]


def collect(
    plan: Plan,
    template: Template,
    year: int,
    *,
    period: Period | None = None,
    as_of: int | None = None,
    written_on: date | None = None,
) -> Collected:
    """Compute everything the report shows. period, as_of, written_on: the recorded ones when computing again, else
    the year so far, the present position, today."""
    position = journal.position() if as_of is None else as_of
    span = period or periods.year(year).until(clock.today())
    province = organization_id(plan.province)
    figures = Figures(span, position)
    figures.expect([*(goal.measure for goal in plan.goals), *template.figures, STAFF])
    goals = tuple(_goal(plan, goal, year, figures) for goal in plan.goals)
    services = tuple(figures.of(measure_id, province, template.breakdowns) for measure_id in template.figures)
    count = figures.count
    facts = {**_facts(plan, count.register, written_on or clock.today())}
    facts |= sources.digests(plan, template, measures.stratifiers())
    units, care = count.units(province, span.end), count.care
    columns, staff = _staff([unit for unit in units if unit.kind in care], figures, province, position)
    snapshot = Snapshot(
        plan_id=plan.id,
        plan_title=plan.short_title,
        year=year,
        unit_id=province,
        unit_name=facts["unit_name"],
        start=span.start,
        end=span.end,
        position=position,
        goals=goals,
        figures=services,
        tasks=tuple(_tasks(plan, count.register, span.end, position)),
        staff=staff,
        staff_columns=columns,
        definitions=tuple(_definitions(figures.seen.values())),
        facilities=tuple(unit.name for unit in units if unit.kind in care),
        facts=facts,
    )
    return Collected(snapshot, tuple(figures.seen.values()))


class Figures:
    """Figures of one period and position; each measure of a unit is computed once."""

    def __init__(self, period: Period, position: int) -> None:
        self.period, self.count = period, Counting(position)
        self.seen: dict[tuple[str, str], MeasureResult] = {}

    def expect(self, measure_ids: Sequence[str]) -> None:
        """Count these together before they are asked for one by one."""
        known = self.count.definitions(sorted(set(measure_ids)))
        self.count.tallies((measure, self.period) for measure in known.values())

    def result(self, measure_id: str, unit_id: str) -> MeasureResult:
        """The figure of a unit, as readers without names see it."""
        key = (measure_id, unit_id)
        if key not in self.seen:
            measure = self.count.definition(measure_id)
            self.seen[key] = measures.figure(READER, self.count, measure, unit_id, self.period)
        return self.seen[key]

    def of(self, measure_id: str, unit_id: str, breakdowns: Iterable[str] = ()) -> FigureRow:
        """The figure as a row of the report, broken down where the measure can be."""
        found = self.result(measure_id, unit_id)
        strata = {name: self._strata(found, unit_id, name) for name in breakdowns}
        return FigureRow(
            measure_id=measure_id,
            version=found.measure.version,
            report_id=report_id(found.measure, unit_id, self.period, found.position),
            title=found.measure.title["vi"],
            unit=found.measure.unit,
            noun=found.measure.noun,
            numerator=found.numerator,
            denominator=found.denominator,
            value=found.value,
            reason=found.reason,
            position=found.position,
            start=self.period.start,
            end=self.period.end,
            by_unit=found.by_unit,
            by_sex=strata.get("sex", ()),
            by_group=strata.get("group", ()),
        )

    def _strata(self, found: MeasureResult, unit_id: str, name: str) -> tuple[StratumFigure, ...]:
        if name not in found.measure.stratifiers:
            return ()
        return tuple(measures.strata(READER, self.count, found.measure, unit_id, self.period, name))


def _goal(plan: Plan, goal: Goal, year: int, figures: Figures) -> GoalRow:
    figure = figures.of(goal.measure, organization_id(goal.subject or plan.province))
    targets = {target.due.year: target.value for target in goal.targets}
    held = rules.target_for(targets, year)
    exact = periods.exact(figure.unit, figure.numerator, figure.denominator)
    judgement = rules.judge(exact, held[1] if held else None, goal.comparator)
    baseline = f"{format_number(goal.baseline)}%" if goal.baseline is not None else tables_of_report.NO_BASELINE
    return GoalRow(
        id=goal.id,
        title=goal.title,
        comparator=goal.comparator,
        baseline=baseline,
        targets={str(due): value for due, value in targets.items()},
        figure=figure,
        met=judgement.met,
        words=judgement.words,
    )


def _tasks(plan: Plan, register: Register, day: date, position: int) -> Iterable[TaskRow]:
    sql = f"{tables.as_of(['plan_task'], position)} {_TASKS}"
    states = {row["code"]: row for row in tables.rows(system_context(), sql, {"plan": plan.id})}
    for task in plan.tasks:
        row = states.get(task.id, {"status": "requested", "progress": 0, "owner_id": "", "due": None})
        due = date.fromisoformat(str(row["due"])[:10]) if row["due"] else None
        late = urgency(row["status"], due, day) == "overdue"
        state = "late" if late else row["status"]
        yield TaskRow(
            section=task.section,
            section_title="",
            title=task.title,
            lead=register.name(row["owner_id"]) or plan.name_of(task.lead),
            due=format_date(due) if due else "Thường xuyên",
            state=state,
            state_words=_state_words(state, row["progress"]),
            progress=row["progress"],
        )


def _state_words(state: str, progress: int | None) -> str:
    words = _STATES.get(state, state)
    return f"{words} ({progress}%)" if progress and state in ("in-progress", "late") else words


def _staff(
    units: list[Any], figures: Figures, province: str, position: int
) -> tuple[tuple[str, ...], tuple[StaffRow, ...]]:
    """Columns of the baseline in the plan's own words, and a row for each facility."""
    sql = f"{tables.as_of(['staff_count'], position)} {_STAFF}"
    rows = tables.rows(system_context(), sql, {"year": BASELINE})
    rows.sort(key=lambda row: _GROUPS.index(row["group_code"]) if row["group_code"] in _GROUPS else len(_GROUPS))
    facility_ids = {unit.id for unit in units}
    counts: dict[str, dict[str, int | None]] = {}
    columns: dict[str, None] = {}
    for row in rows:
        if row["facility_id"] not in facility_ids:
            continue
        title = "Tổng số" if row["group_code"] == "total" else row["display"] or row["code"]
        columns[title] = None
        counts.setdefault(row["facility_id"], {})[title] = row["value"]
    now = {each.facility_id: each.numerator or None for each in figures.result(STAFF, province).by_unit}
    return tuple(columns), tuple(StaffRow(unit.name, counts.get(unit.id, {}), now.get(unit.id)) for unit in units)


def _definitions(results: Iterable[MeasureResult]) -> Iterable[DefinitionRow]:
    for measure_id, found in {each.measure.id: each for each in results}.items():
        measure = found.measure
        yield DefinitionRow(
            measure_id=measure_id,
            version=measure.version,
            title=measure.title["vi"],
            numerator=measure.numerator,
            denominator=measure.denominator,
            sources=measure.sources,
            unverified=measure.unverified,
            start=found.period.start,
            end=found.period.end,
            position=found.position,
        )


def _facts(plan: Plan, known: Register, day: date) -> Mapping[str, str]:
    """Names for the head of the document, as the bodies stand on the day it is written: who writes a report about
    2024 in 2026 is the body that carries the duty in 2026."""
    province = _carrier(known, plan.province, day, "")
    reporting = agencies.last_step(plan.reporting)
    sender = _party(known, plan, reporting.sender, day)
    where = agencies.place(province.name)
    agency = agencies.short_agency(sender.name, where)
    section, sources = agencies.budget(plan.data.get("budget") or [])
    laws = [law for law in plan.document["legal_basis"] if str(law["number"]).endswith("QĐ-TTg")]
    receivers = [_party(known, plan, party, day).name for party in reporting.receivers]
    return {
        "written_on": day.isoformat(),
        "unit_name": province.name,
        "agency_id": sender.id,
        "agency": agency,
        "agency_parent": agencies.abbreviated(province.name),
        "agency_symbol": agencies.symbol(agency),
        "place": where,
        "addressed_to": "\n".join(sorted(receivers, key=lambda name: not name.startswith("Bộ"))),
        "bases": "\n".join(agencies.basis(law) for law in laws),
        "plan_subject": plan.title,
        "plan_reference": agencies.plan_reference(plan.document, plan.title),
        "plan_short": "Kế hoạch",
        "budget_section": section,
        "budget_sources": sources,
    }


def _party(known: Register, plan: Plan, party_id: str, day: date) -> Unit:
    party = plan.party(party_id)
    assert party is not None, party_id  # the loader refuses a plan that names an unknown party
    return _carrier(known, party.organization, day, party.successor_duty)


def _carrier(known: Register, code: str, day: date, duty: str) -> Unit:
    """The body itself, or who carries its duty on that day."""
    found = facilities.successors_in(known, organization_id(code), day, duty)
    return found[0] if found else known.unit(organization_id(code))
