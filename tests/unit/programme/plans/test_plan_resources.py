"""A plan as FHIR and back."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ansinh.programme.plans import resources
from ansinh.programme.plans.checks import read

FOLDER = Path(__file__).parents[4] / "definitions" / "plans"
MEASURES = {path.name for path in (FOLDER.parent / "measures").iterdir()}
AT = datetime(2025, 6, 1, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan():
    return read(FOLDER / "ninh-binh-2021-2030.yaml", MEASURES)


@pytest.fixture(scope="module")
def definition(plan):
    return resources.plan_definition(plan, {"so-ldtbxh-ninh-binh": "org-1"})


@pytest.mark.parametrize("name", ["ninh-binh-2021-2030", "dak-nong-2021-2030"])
def test_plan_comes_back_from_its_plan_definition(name):
    plan = read(FOLDER / f"{name}.yaml", MEASURES)

    assert resources.plan_from(resources.plan_definition(plan, {})) == plan


def test_plan_definition_without_a_source_is_a_mistake():
    with pytest.raises(ValueError, match="not made from a file"):
        resources.plan_from({"resourceType": "PlanDefinition", "status": "draft"})


def test_goal_target_carries_quantity_due_and_comparator(definition):
    target = definition["goal"][2]["target"][0]

    assert target["detailQuantity"]["value"] == Decimal(80)
    assert target["detailQuantity"]["comparator"] == ">="
    assert target["due"]["value"] == 5
    assert {"url": resources.DUE, "valueDate": "2025-12-31"} in target["extension"]
    assert {"url": resources.SECTION, "valueString": "IV.1.2.a"} in target["extension"]


def test_goal_without_a_number_says_why(definition):
    target = definition["goal"][5]["target"][0]

    assert "detailQuantity" not in target
    assert any(part["url"] == resources.REASON for part in target["extension"])


def test_action_names_lead_and_partners(definition):
    action = definition["action"][0]
    roles = [(part["role"]["coding"][0]["code"], part["role"]["text"]) for part in action["participant"]]

    assert roles == [("lead", "Sở Lao động - Thương binh và Xã hội"), ("partner", "Sở Y tế")]
    assert action["participant"][0]["extension"][1]["valueReference"] == {"reference": "Organization/org-1"}


def test_yearly_action_lists_its_days(definition):
    report = next(action for action in definition["action"] if action["id"] == "bao-cao-nam")

    assert report["timingTiming"]["event"][0] == "2021-12-15"
    assert len(report["timingTiming"]["event"]) == 10


def test_plan_definition_tells_what_its_copy_does_not_say(definition, plan):
    missing = [part["valueString"] for part in definition["extension"] if part["url"] == resources.MISSING]

    assert len(missing) == 3
    assert "date" not in definition
    assert plan.number == ""


def fresh(plan, task_id: str = "nv-2-1-3", due: date | None = date(2025, 12, 15)) -> dict:
    task = plan.task(task_id)
    return resources.plan_task(plan, task, owner="o", requester="p", due=due, at=AT)


def test_task_belongs_to_its_plan_and_owner(plan):
    task = fresh(plan)

    assert resources.is_plan_task(task)
    assert task["groupIdentifier"]["value"] == "ninh-binh-2021-2030"
    assert task["owner"] == {"reference": "Organization/o"}
    assert task["restriction"]["period"]["end"] == "2025-12-15"
    assert resources.progress_of(task) == 0


def test_task_of_an_investment_carries_its_category(plan):
    task = fresh(plan, "nv-2-6-2")

    assert {"url": resources.CATEGORY, "valueCode": "investment"} in task["extension"]


def progressed(task: dict, **kwargs) -> dict:
    values = {"status": "in-progress", "progress": 40, "note": "Đã rà soát", "author": "Chuyên viên", "at": AT}
    return resources.progressed_task(task, **{**values, "ended": None, "due": None, **kwargs})


def test_progress_keeps_what_was_there_and_adds_a_note(plan):
    once = progressed(fresh(plan))
    twice = progressed(once, progress=60, note="")

    assert once["note"] == [
        {"authorString": "Chuyên viên", "time": "2025-06-01T10:00:00.000+07:00", "text": "Đã rà soát"}
    ]
    assert twice["note"] == once["note"]
    assert resources.progress_of(twice) == 60
    assert [part["url"] for part in twice["extension"]].count(resources.PROGRESS) == 1


def test_progress_that_ends_and_begins_again_clears_the_end(plan):
    ended = progressed(fresh(plan), status="completed", ended=date(2025, 6, 1))
    again = progressed(ended)

    assert ended["executionPeriod"]["end"] == "2025-06-01"
    assert "end" not in again["executionPeriod"]


def test_task_of_a_plan_loaded_again_keeps_its_progress_and_takes_the_new_words(plan):
    stored = progressed(fresh(plan), due=date(2026, 12, 15))
    changed = {**fresh(plan), "description": "Lời mới", "owner": {"reference": "Organization/heir"}}

    renewed = resources.renewed_task(stored, changed)

    assert renewed["description"] == "Lời mới"
    assert renewed["owner"] == {"reference": "Organization/heir"}
    assert renewed["status"] == "in-progress"
    assert resources.progress_of(renewed) == 40
    assert renewed["restriction"]["period"]["end"] == "2026-12-15"
    assert renewed["note"] == stored["note"]


def test_other_tasks_are_no_plan_tasks():
    assert not resources.is_plan_task({"resourceType": "Task", "code": {"coding": [{"code": "plan-task"}]}})
