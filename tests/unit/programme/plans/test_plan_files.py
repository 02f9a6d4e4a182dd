"""What a plan file must be, and what is refused, with its place and in words."""

import copy
from datetime import date
from pathlib import Path

import pytest
import yaml

from ansinh.kernel.errors import Invalid
from ansinh.programme.plans.checks import parse, problems, read

FOLDER = Path(__file__).parents[4] / "definitions" / "plans"
MEASURES = {path.name for path in (FOLDER.parent / "measures").iterdir()}
FILES = ["ninh-binh-2021-2030", "dak-nong-2021-2030"]


@pytest.fixture(scope="module")
def shipped() -> dict:
    return yaml.safe_load((FOLDER / "ninh-binh-2021-2030.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_shipped_plan_is_whole(name):
    plan = read(FOLDER / f"{name}.yaml", MEASURES)

    assert plan.id == name
    assert (plan.start, plan.end) == (date(2021, 1, 1), date(2030, 12, 31))


def test_plan_of_dak_nong_has_its_number_and_date():
    plan = read(FOLDER / "dak-nong-2021-2030.yaml", MEASURES)

    assert plan.number == "03/KH-UBND"
    assert plan.document["date"] == date(2022, 1, 5)


def test_plan_of_ninh_binh_says_that_its_copy_has_no_number(shipped):
    document = shipped["document"]

    assert document["number"] is None
    assert "không ghi số" in document["number_reason"]


@pytest.mark.parametrize("name", FILES)
def test_shipped_plan_reports_each_year_before_the_fifteenth_of_december(name):
    plan = read(FOLDER / f"{name}.yaml", MEASURES)
    yearly = [row for row in plan.reporting if row.recurrence == "yearly"]

    assert {row.month_day for row in yearly} == {(12, 15)}
    assert all(row.source for row in yearly)
    assert any({"ubnd-tinh", "bo-ldtbxh"} <= set(row.receivers) for row in yearly)


@pytest.mark.parametrize("name", FILES)
def test_shipped_plan_gives_every_task_an_owner_a_deadline_and_a_mission(name):
    for task in read(FOLDER / f"{name}.yaml", MEASURES).tasks:
        assert task.lead
        assert task.missions
        assert task.deadline_reason
        assert task.recurrence == "continuous" or task.due or task.month_day


def change(path: str, value):
    """A change of the document: `goals[0].measure` = value; `...` removes."""

    def apply(data: dict) -> None:
        *way, last = path.replace("]", "").replace("[", ".").split(".")
        for key in way:
            data = data[int(key)] if isinstance(data, list) else data[key]
        if value is ...:
            del data[last]
        elif isinstance(data, list):
            data[int(last)] = value
        else:
            data[last] = value

    return apply


@pytest.mark.parametrize(
    ("path", "value", "place", "key"),
    [
        ("goals[0].measure", "made-up", "goals[0].measure", "unknown-measure"),
        ("goals[0].comparator", "≥", "goals[0].comparator", "comparator"),
        ("goals[0].comparator", "none", "goals[0].targets[0].value", "comparator"),
        ("goals[5].comparator", ">=", "goals[5].targets[0].value", "comparator"),
        ("goals[0].targets[0].value", None, "goals[0].targets[0].value", "missing-target"),
        ("goals[5].targets[0].reason", "", "goals[5].targets[0].value", "missing-target"),
        ("goals[1].targets[0].due", date(2024, 12, 31), "goals[1].targets", "missing-target"),
        ("goals[1].targets[0].due", date(2031, 1, 1), "goals[1].targets[0].due", "target-due"),
        ("goals[1].targets[0].due", date(2030, 12, 31), "goals[1].targets", "duplicate-target"),
        ("goals[0].targets[0].value", 101, "goals[0].targets[0].value", "target-value"),
        ("goals[0].targets[0].value", "100", "goals[0].targets[0].value", "target-value"),
        ("goals[0].targets[0].value", True, "goals[0].targets[0].value", "target-value"),
        ("goals[0].targets[0].text", "", "goals[0].targets[0].text", "missing"),
        ("goals[0].baseline", {}, "goals[0].baseline", "baseline"),
        ("goals[0].targets", [], "goals[0].targets", "missing"),
        ("goals[1].id", "ky-thuat-phcn", "goals[1].id", "duplicate-id"),
        ("tasks[1].id", "nv-2-1-1", "tasks[1].id", "duplicate-id"),
        ("tasks[1].id", "ky-thuat-phcn", "tasks[1].id", "duplicate-id"),
        ("tasks[1].id", "Nhiệm vụ", "tasks[1].id", "id"),
        ("parties[1].id", "so-ldtbxh", "parties[1].id", "duplicate-id"),
        ("tasks[0].lead", "nobody", "tasks[0].lead", "unknown-party"),
        ("tasks[0].goals", ["nothing"], "tasks[0].goals", "unknown-goal"),
        ("tasks[0].missions", ["M31"], "tasks[0].missions", "unknown-mission"),
        ("tasks[0].recurrence", "weekly", "tasks[0].recurrence", "recurrence"),
        ("tasks[2].due_month_day", "02-29", "tasks[2].due_month_day", "task-due"),
        ("tasks[2].due_month_day", "15/12", "tasks[2].due_month_day", "task-due"),
        ("tasks[5].due", ..., "tasks[5].due", "task-due"),
        ("tasks[0].section", "IX.1", "tasks[0].section", "section-unknown"),
        ("reporting[0].to", ["nobody"], "reporting[0]", "unknown-party"),
        ("reporting[0].due_month_day", ..., "reporting[0].due_month_day", "task-due"),
        ("sections[0].covers", ["nothing"], "sections[0].covers", "unknown-cover"),
        ("sections[0].covers", [], "sections[0]", "section-empty"),
        ("sections[1].section", "I", "sections[1].section", "duplicate-section"),
        ("sections[0].section", "muc 1", "sections[0].section", "section"),
        ("document.number_reason", "", "document.number", "document"),
        ("document.recipients", [], "document.recipients", "missing"),
        ("period.to", date(2020, 1, 1), "period", "period"),
        ("goals", {}, "goals", "not-list"),
        ("colour", "red", "colour", "shape"),
    ],
)
def test_plan_with_a_mistake_is_refused_with_its_place(shipped, path, value, place, key):
    data = copy.deepcopy(shipped)
    change(path, value)(data)

    found = {(problem.expression, problem.key) for problem in problems(data, MEASURES)}

    assert (place, key) in found


def test_refusal_names_the_file_the_place_and_what_is_wrong(shipped):
    data = copy.deepcopy(shipped)
    data["goals"][2]["measure"] = "chi-tieu-la"

    with pytest.raises(Invalid) as caught:
        parse(data, "ninh-binh.yaml", MEASURES)

    assert "ninh-binh.yaml: goals[2].measure: không có chỉ tiêu «chi-tieu-la»" in caught.value.message


def test_refusal_names_every_mistake_at_once(shipped):
    data = copy.deepcopy(shipped)
    data["goals"][0]["measure"] = data["goals"][1]["measure"] = "chi-tieu-la"
    data["tasks"][0]["lead"] = "ai"

    with pytest.raises(Invalid) as caught:
        parse(data, "x.yaml", MEASURES)

    assert len(caught.value.problems) == 3


def test_unknown_units_are_refused_where_units_are_known(shipped):
    known = {row["organization"] for row in shipped["parties"]} | {shipped["province"]}

    found = {problem.expression for problem in problems(shipped, MEASURES, known)}

    assert "scope.facilities[1]" in found
    assert "parties[0].organization" not in found


@pytest.mark.parametrize("text", ["goals: [", "- 1\n- 2\n"])
def test_file_that_is_not_a_plan_is_refused(tmp_path, text):
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        read(path, MEASURES)

    assert "x.yaml" in caught.value.message
