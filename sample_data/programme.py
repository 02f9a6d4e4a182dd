"""What facilities declare and how far the plans' tasks are, so that the programme's pages have something to show."""

import random
from datetime import date, datetime

from ansinh.fhir.store import Repository
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.ids import repeatable
from ansinh.network.capability import actions as capability
from ansinh.network.capability import queries as catalogues
from ansinh.network.capability.rules import Catalogue
from ansinh.programme.plans import queries as plans
from ansinh.programme.plans import resources as plan_resources
from sample_data.places import places

# Declared share of a catalogue from each day on, by catalogue; facilities differ by up to ±12 points.
DAYS = (date(2021, 7, 1), date(2023, 1, 3), date(2025, 1, 2), date(2026, 4, 1))
SHARES = {
    "rehab": (0.62, 0.78, 0.95, 1.0),
    "commune": (0.35, 0.5, 0.66, 0.76),
    "primary-care": (0.7, 0.86, 0.99, 1.1),
    "licence": (1.0, 1.0, 1.0, 1.0),
}
NOTED = datetime(2026, 11, 2, 9, 0, tzinfo=VIETNAM)
PLANS = ("ninh-binh-2021-2030", "dak-nong-2021-2030")


def load() -> int:
    """Declare and report progress where nothing was declared yet; returns how many items changed."""
    return sum(_declare(place.id, place.kind) for place in places()) + sum(_progress(plan) for plan in PLANS)


def _declare(facility: str, kind: str) -> int:
    context = system_context()
    if catalogues.declarations(context, facility):
        return 0
    with repeatable("capability", facility):
        return sum(
            _declare_list(context, facility, kind, catalogue) for catalogue in catalogues.catalogues(context, kind)
        )


def _declare_list(context: Context, facility: str, kind: str, catalogue: Catalogue) -> int:
    """Day by day more of it."""
    changed = 0
    rng = random.Random(f"{facility}/{catalogue.id}")
    shift = rng.uniform(-0.12, 0.12) - (0.35 if catalogue.id == "rehab" and kind != "hospital" else 0)
    order = sorted(catalogue.items, key=lambda item: rng.random())
    for start, share in zip(DAYS, SHARES.get(catalogue.id, (0.6, 0.7, 0.8, 0.9)), strict=True):
        listed = {item.code for item in catalogue.on(start)}
        wanted = [item.code for item in order if item.code in listed]
        chosen = wanted[: round(len(wanted) * min(1.0, max(0.0, share + shift)))]
        changed += capability.declare(context, facility=facility, catalogue=catalogue.id, chosen=chosen, start=start)
    return changed


def _progress(name: str) -> int:
    """A third done, most under way; whoever changed a task since keeps it."""
    repository, plan = Repository(system_context()), plans.plan(system_context(), name)
    changed = 0
    for task in plan.tasks:
        rng = random.Random(f"{name}/{task.id}")
        stored = repository.read("Task", plan_resources.task_id(plan.id, task.id))
        if stored["meta"]["versionId"] != "1" or rng.random() < 0.2:
            continue
        done = task.recurrence is None and rng.random() < 0.4
        status, progress = ("completed", 100) if done else ("in-progress", rng.randrange(20, 95, 5))
        repository.update(
            plan_resources.progressed_task(
                stored,
                status=status,
                progress=progress,
                note="Đã báo cáo kết quả." if done else "Đang thực hiện theo tiến độ.",
                author="Nguyễn Thu Hà",
                at=NOTED,
                ended=NOTED.date() if done else None,
                due=None,
            )
        )
        changed += 1
    return changed
