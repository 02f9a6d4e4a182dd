"""definitions/plans → PlanDefinition, and a Task for each task of the plan."""

from collections.abc import Collection
from pathlib import Path

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities.queries import Register
from ansinh.programme.measures.loading import known_measures
from ansinh.programme.plans import resources
from ansinh.programme.plans.checks import read
from ansinh.programme.plans.definition import Plan, PlanTask
from ansinh.programme.plans.queries import owner_of
from ansinh.programme.plans.rules import next_due


def load_plans(repository: Repository, folder: Path, known: Collection[str] | None = None) -> int:
    """Load every file of the folder, all or nothing; returns the number of plans.

    known: measure ids that goals may use; without it those of `measures/` beside the folder. Loading again keeps
    the state, progress and notes of tasks. Raises Invalid naming file, place and everything that is wrong.
    """
    measures = known_measures(folder.parent / "measures") if known is None else known
    register = facilities.register(repository.context)
    codes = {unit.code: unit.id for unit in register.units}
    plans = [read(path, measures, codes.keys()) for path in sorted(folder.glob("*.yaml"))]
    _refuse_same_id(plans)
    with repository.transaction():
        for plan in plans:
            repository.save(resources.plan_definition(plan, codes))
            for task in plan.tasks:
                _save_task(repository, register, plan, task, codes[plan.province])
    return len(plans)


def _save_task(repository: Repository, register: Register, plan: Plan, task: PlanTask, province: str) -> None:
    today = clock.today()
    fresh = resources.plan_task(
        plan,
        task,
        owner=owner_of(register, plan, task.lead),
        requester=province,
        due=next_due(task.recurrence, task.due, task.month_day, plan.end, today),
        at=clock.now(),
    )
    stored = repository.find("Task", fresh["id"])
    repository.save(resources.renewed_task(stored, fresh) if stored else fresh)


def _refuse_same_id(plans: list[Plan]) -> None:
    ids = [plan.id for plan in plans]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise Invalid(f"Hai tệp kế hoạch cùng mã: {', '.join(twice)}.", code="plan-duplicate")
