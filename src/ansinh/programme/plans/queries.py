"""Reads: the plans of a reader, each goal with its figures and its path, each task with its state.

A plan is a public document: whoever has `programme.open` and belongs to its province, or to what followed that
province, reads all of it. Which figures of facilities are shown is decided by `programme.measures`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context, system_context
from ansinh.kernel.errors import NotFound
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities import rules as tree
from ansinh.network.facilities.queries import Register
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.measures import queries as measures
from ansinh.programme.measures.queries import Asked, MeasureResult
from ansinh.programme.measures.rules import year
from ansinh.programme.plans import forecast, resources, rules
from ansinh.programme.plans.definition import Goal, Plan, PlanTask, Target
from ansinh.programme.plans.forecast import Forecast, Lack
from ansinh.programme.plans.rules import Track
from ansinh.ui.language import in_language, language

_PLANS = "SELECT id FROM view_plan WHERE status <> 'retired' ORDER BY title"
_TASKS = """
    SELECT t.id, t.code, t.status, t.progress, t.owner_id, t.due, t.last_modified FROM view_plan_task t
    WHERE t.plan = :plan AND {reach:t}
"""


@dataclass(frozen=True, slots=True)
class TargetFigure:
    """A target, the figure held against it (of its year when that has passed, else of now) and where that stands."""

    target: Target
    value: Decimal | None
    reason: str
    track: Track
    is_past: bool


@dataclass(frozen=True, slots=True)
class GoalFigure:
    """A goal with its figures. unit_id: whose figure it is (one facility, or the province); ahead: the target that
    is being worked for now."""

    goal: Goal
    unit_id: str
    unit_name: str
    now: MeasureResult
    targets: tuple[TargetFigure, ...]

    @property
    def title(self) -> str:
        """The goal in the reader's language."""
        return self.goal.english if _in_english() and self.goal.english else self.goal.title

    @property
    def ahead(self) -> TargetFigure:
        """The next target that is due; the last one when all are past."""
        return next((item for item in self.targets if not item.is_past), self.targets[-1])


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task of the plan with what its owner last said. urgency: see `rules.urgency`. lead: as the plan names it;
    owner: who carries it now."""

    task: PlanTask
    id: str
    lead: str
    partners: tuple[str, ...]
    owner_id: str
    owner: str
    status: str
    progress: int
    due: date | None
    urgency: str
    changed: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How the tasks of a plan stand."""

    total: int
    done: int
    running: int
    overdue: int
    soon: int


@dataclass(frozen=True, slots=True)
class PlanOverview:
    """A plan for the home page and the list of plans."""

    plan: Plan
    goals: tuple[GoalFigure, ...]
    tasks: TaskCounts

    @property
    def title(self) -> str:
        """The plan's short title in the reader's language."""
        return title_of(self.plan)

    def count(self, *states: str) -> int:
        """How many goals stand in one of the states, by the target ahead."""
        return sum(1 for goal in self.goals if goal.ahead.track.state in states)


def plans(context: Context) -> list[Plan]:
    """The plans that the reader may see."""
    stored = _all_plans()
    if EVERYWHERE in context.reach or not stored:
        return stored
    known, today = facilities.register(system_context()), clock.today()
    own = facilities.province_of(known, context.unit, today) if context.unit else None
    return [plan for plan in stored if own and own.id in _provinces(known, plan, today)]


def plan(context: Context, name: str) -> Plan:
    """One plan. Raises NotFound, also for another province's."""
    found = next((item for item in plans(context) if item.id == name), None)
    if found is None:
        raise NotFound("Không tìm thấy kế hoạch.")
    return found


def goals(context: Context, plan: Plan, today: date | None = None) -> list[GoalFigure]:
    """Every goal of a plan with its figures: now, and for the year of each target that has passed."""
    return goals_of(context, [plan], today)[plan.id]


def goals_of(
    context: Context, plans: Sequence[Plan], today: date | None = None, register: Register | None = None
) -> dict[str, list[GoalFigure]]:
    """The goals of several plans by plan, figures of all of them asked together. register: one that was read before,
    in the reader's language."""
    day, known = today or clock.today(), register or facilities.register(system_context(), language())
    wanted = [(plan, goal) for plan in plans for goal in plan.goals]
    found = _figures(context, wanted, day)
    return {
        plan.id: [_goal_figure(plan, goal, known, found[plan.id, goal.id], day) for goal in plan.goals]
        for plan in plans
    }


def goal(context: Context, plan: Plan, goal_id: str) -> GoalFigure:
    """One goal of a plan. Raises NotFound."""
    wanted = plan.goal(goal_id)
    if wanted is None:
        raise NotFound("Không tìm thấy mục tiêu.")
    day = clock.today()
    found = _figures(context, [(plan, wanted)], day)[plan.id, wanted.id]
    return _goal_figure(plan, wanted, facilities.register(system_context(), language()), found, day)


def trend(context: Context, plan: Plan, goal: Goal) -> list[MeasureResult]:
    """The goal's figure at the end of each year of the plan so far, the running year up to today."""
    years = range(plan.start.year, min(plan.end.year, clock.today().year) + 1)
    return measures.trend(context, goal.measure, subject_of(plan, goal), years)


def forecasts(figure: GoalFigure, trend: Sequence[MeasureResult]) -> list[Forecast]:
    """Where each target with a number that is still ahead is heading, from the figures at the end of each year."""
    points, percent, comparator = _points(trend), figure.goal.unit == "%", figure.goal.comparator
    found = (
        forecast.forecast(points, item.target.due, item.target.value, comparator, percent=percent)
        for item in figure.targets
        if not item.is_past and item.target.value is not None
    )
    return [each for each in found if each is not None]


def heading(figure: GoalFigure, trend: Sequence[MeasureResult], last: int) -> list[tuple[int, Decimal | None]]:
    """The line through the figures, from the year of the newest one to the `last`."""
    points = _points(trend)
    line = forecast.line(points)
    if line is None:
        return []
    percent = figure.goal.unit == "%"
    first = points[-1][0].year
    return [(year, line.on(date(year, 12, 31), percent=percent)) for year in range(first, last + 1)]


def lacking(figure: GoalFigure) -> list[Lack]:
    """Facilities below the target ahead, most first: of goals that ask for at least a share at several facilities."""
    target = figure.ahead.target.value
    if target is None or figure.goal.unit != "%" or figure.goal.comparator != ">=" or len(figure.now.by_unit) < 2:
        return []
    return forecast.lacking(figure.now.by_unit, target)


def _points(trend: Sequence[MeasureResult]) -> list[tuple[date, Decimal]]:
    return [(each.period.end, each.exact) for each in trend if each.exact is not None]


def path(plan: Plan, goal: Goal) -> list[tuple[int, Decimal | None]]:
    """The straight lines to the targets, at the end of each year of the plan."""
    found: list[tuple[int, Decimal | None]] = []
    for number in range(plan.start.year, plan.end.year + 1):
        day = date(number, 12, 31)
        target = next((item for item in goal.targets if item.due >= day), None)
        if target is None or target.value is None:
            found.append((number, None))
            continue
        baseline, start = path_start(plan, goal, target)
        found.append((number, rules.expected_on(baseline, target.value, start, target.due, day)))
    return found


def path_start(plan: Plan, goal: Goal, target: Target) -> tuple[Decimal | None, date]:
    """Where the line to a target begins: at the target before it, else at the baseline on the plan's first day."""
    before = [item for item in goal.targets if item.due < target.due and item.value is not None]
    if before:
        return before[-1].value, before[-1].due
    return goal.baseline, plan.start


def subject_of(plan: Plan, goal: Goal) -> str:
    """Id of the unit whose figure the goal is: its one facility, or the province."""
    return organization_id(goal.subject or plan.province)


def tasks(context: Context, plan: Plan, register: Register | None = None) -> list[TaskState]:
    """Every task of a plan in the plan's order, with its state: one query and the register, where none is given."""
    node = system_context()
    known, today = register or facilities.register(node, language()), clock.today()
    rows = {row["code"]: row for row in tables.rows(node, _TASKS, {"plan": plan.id})}
    return [_task_state(context, plan, task, rows[task.id], known, today) for task in plan.tasks if task.id in rows]


def task(context: Context, plan: Plan, task_id: str) -> tuple[TaskState, dict[str, Any]]:
    """One task and its Task resource (notes, version). Raises NotFound."""
    found = next((item for item in tasks(context, plan) if item.task.id == task_id), None)
    if found is None:
        raise NotFound("Không tìm thấy nhiệm vụ.")
    return found, Repository(system_context()).read("Task", found.id)


def owner_of(register: Register, plan: Plan, party_id: str) -> str:
    """Id of the body that carries a party's tasks today: itself, or who followed it in the duty the plan names."""
    party = plan.party(party_id)
    assert party is not None, party_id  # the loader refuses a plan that names an unknown party
    unit = organization_id(party.organization)
    heirs = facilities.successors_in(register, unit, clock.today(), party.successor_duty)
    return heirs[0].id if heirs else unit


def counts(states: Sequence[TaskState]) -> TaskCounts:
    """How the tasks stand."""
    urgencies = [state.urgency for state in states]
    return TaskCounts(
        total=len(states),
        done=urgencies.count("done"),
        running=sum(1 for state in states if state.status == "in-progress"),
        overdue=urgencies.count("overdue"),
        soon=urgencies.count("soon"),
    )


def plan_overview(context: Context) -> list[PlanOverview]:
    """Each plan the reader may see, its goals and how its tasks stand. For the home page."""
    shown = plans(context)
    register = facilities.register(system_context(), language())
    found = goals_of(context, shown, register=register)
    return [PlanOverview(item, tuple(found[item.id]), counts(tasks(context, item, register))) for item in shown]


def title_of(plan: Plan) -> str:
    """The plan's short title in the reader's language."""
    return plan.short_english if _in_english() and plan.short_english else plan.short_title


def _in_english() -> bool:
    return (get_language() or "vi").startswith("en")


def _all_plans() -> list[Plan]:
    node = system_context()
    ids = [row["id"] for row in tables.rows(node, _PLANS)]
    stored = Repository(node).read_many("PlanDefinition", ids)
    return [resources.plan_from(stored[plan_id]) for plan_id in ids if plan_id in stored]


def _provinces(known: Register, plan: Plan, day: date) -> tuple[str, ...]:
    return tree.successors(organization_id(plan.province), known.relations, day)


def _figures(
    context: Context, wanted: Sequence[tuple[Plan, Goal]], day: date
) -> dict[tuple[str, str], dict[int, MeasureResult]]:
    """Figures of goals by plan and goal, then by year: now, and the year of each target that has passed."""
    asked: dict[tuple[str, str], dict[int, Asked]] = {}
    for plan, goal in wanted:
        years = {target.due.year for target in goal.targets if target.due < day} | {day.year}
        unit = subject_of(plan, goal)
        asked[plan.id, goal.id] = {each: Asked(goal.measure, unit, year(each).until(day)) for each in years}
    found = measures.figures(context, [each for years in asked.values() for each in years.values()])
    return {key: {number: found[each] for number, each in years.items()} for key, years in asked.items()}


def _goal_figure(
    plan: Plan, goal: Goal, register: Register, found: Mapping[int, MeasureResult], day: date
) -> GoalFigure:
    now, unit = found[day.year], subject_of(plan, goal)
    shown = []
    for target in goal.targets:
        is_past = target.due < day
        result = found[target.due.year] if is_past else now
        baseline, start = path_start(plan, goal, target)
        # A target that has passed is judged once and for all by the figure of its year.
        judged = target.due + timedelta(days=1) if is_past else day
        track = rules.on_track(
            baseline,
            result.exact,
            target.value,
            start,
            target.due,
            judged,
            goal.comparator,
        )
        shown.append(TargetFigure(target, result.value, result.reason, track, is_past))
    return GoalFigure(goal, unit, register.name(unit), now, tuple(shown))


def _task_state(
    context: Context, plan: Plan, task: PlanTask, row: Mapping[str, Any], register: Register, today: date
) -> TaskState:
    due = date.fromisoformat(row["due"][:10]) if row["due"] else None
    owner = owner_of(register, plan, task.lead)  # the Task names who carried it when the plan was loaded
    return TaskState(
        task=task,
        id=row["id"],
        lead=in_language(plan.name_of(task.lead)),
        partners=tuple(in_language(plan.name_of(partner)) for partner in task.partners),
        owner_id=owner,
        owner=register.name(owner),
        status=row["status"],
        progress=row["progress"] or 0,
        due=due,
        urgency=rules.urgency(row["status"], due, today),
        changed=row["last_modified"] or "",
        is_mine=context.has("task.programme") and context.reaches(owner) and context.reaches(row["owner_id"]),
    )
