"""Goals that are SMART or refused, as FHIR; and the plan, line by line."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.rehab import careplan, goals
from ansinh.clinical.rehab.careplan import Activity
from ansinh.clinical.rehab.goals import GoalDraft, Measured
from ansinh.kernel.errors import Invalid

TODAY = date(2026, 11, 16)
SPEED = Measured(
    {"system": "s", "code": "ten-metre-walk"}, {"display": "m/giây", "code": "m/s"}, "higher", Decimal("0.4")
)
NO_TOTAL = {"measure": "", "target": None}
GOAL = GoalDraft("Tự đi 10 m bằng một gậy", "physical", "2027-01-31", "ten-metre-walk", Decimal("0.8"))


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ({}, []),
        ({"words": "Đi tốt"}, ["goal-specific"]),
        ({"due": "sớm"}, ["goal-time"]),
        ({"due": "2026-11-16"}, ["goal-time"]),
        ({"due": "2026-11-17"}, []),
        ({"due": "2027-11-17"}, []),
        ({"due": "2027-11-18"}, ["goal-time"]),
        ({"target": Decimal("0.4")}, ["goal-target"]),
        ({"measure": "", "target": None}, ["goal-measurable"]),
        ({"measure": ""}, ["goal-measurable"]),
        ({"target": None}, ["goal-measurable"]),
        ({**NO_TOTAL}, ["goal-measurable"]),
        ({**NO_TOTAL, "icf": "d450"}, ["goal-measurable"]),
        ({**NO_TOTAL, "qualifier": 1}, ["goal-measurable"]),
        ({**NO_TOTAL, "icf": "d450", "qualifier": 0}, []),
        ({**NO_TOTAL, "icf": "d450", "qualifier": 4}, []),
        ({**NO_TOTAL, "icf": "d450", "qualifier": 5}, ["goal-qualifier"]),
        ({**NO_TOTAL, "icf": "d450", "qualifier": -1}, ["goal-qualifier"]),
        ({**NO_TOTAL, "icf": "đi bộ", "qualifier": 9}, ["goal-icf", "goal-qualifier"]),
        ({"icf": "d450", "qualifier": 1}, ["goal-one-measure"]),
        ({"icf": "d450"}, ["goal-one-measure"]),
        ({"target": None, "qualifier": 1}, ["goal-one-measure"]),
        ({"words": " " * 12}, ["goal-specific"]),
        ({"words": "Tự đi" + " " * 12}, ["goal-specific"]),
        ({"words": "", "due": "", "measure": ""}, ["goal-specific", "goal-time", "goal-measurable"]),
    ],
)
def test_goal_says_everything_that_is_missing_at_once(change, keys):
    draft = replace(GOAL, **change)

    if not keys:
        assert goals.checked(draft, TODAY, SPEED) is draft
        return
    with pytest.raises(Invalid) as refused:
        goals.checked(draft, TODAY, SPEED)
    assert [problem.key for problem in refused.value.problems] == keys


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("b1", True), ("d4", True), ("d450", True), ("d4500", True), ("b28013", True), ("e310", True), ("s730", True),
        ("d", False), ("d45", False), ("d450000", False), ("x450", False), ("D450", False), ("450", False),
        ("d450 ", False), ("d0", False), ("d45a", False), ("d٤٥٠", False),
    ],
)  # fmt: skip
def test_code_of_icf_has_a_component_and_the_digits_of_a_level(code, fits):
    draft = replace(GOAL, **NO_TOTAL, icf=code, qualifier=1)

    if fits:
        assert goals.checked(draft, TODAY, None) is draft
        return
    with pytest.raises(Invalid) as refused:
        goals.checked(draft, TODAY, None)
    assert [problem.expression for problem in refused.value.problems] == ["icf"]


@pytest.mark.parametrize(("target", "fits"), [("12", True), ("30", False), ("31", False)])
def test_target_of_a_time_lies_below_the_result(target, fits):
    seconds = replace(SPEED, better="lower", now=Decimal(30))

    if fits:
        goals.checked(replace(GOAL, target=Decimal(target)), TODAY, seconds)
    else:
        with pytest.raises(Invalid):
            goals.checked(replace(GOAL, target=Decimal(target)), TODAY, seconds)


def test_goal_without_a_result_yet_has_no_baseline():
    goal = goals.goal_resource("g", "p", GOAL, "2026-11-16", replace(SPEED, now=None), None)

    assert "extension" not in goal
    assert goals.checked(GOAL, TODAY, replace(SPEED, now=None)) is GOAL


def test_goal_as_fhir_says_measure_target_and_where_the_person_stood():
    goal = goals.goal_resource(
        "g", "p", replace(GOAL, own_words="Muốn ra chợ"), "2026-11-16", SPEED, {"reference": "x"}
    )

    assert goal["target"] == [
        {
            "measure": {"coding": [SPEED.coding]},
            "detailQuantity": {
                "value": Decimal("0.8"),
                "unit": "m/giây",
                "system": "http://unitsofmeasure.org",
                "code": "m/s",
            },
            "dueDate": "2027-01-31",
        }
    ]
    assert goal["extension"][0]["valueQuantity"]["value"] == Decimal("0.4")
    assert (goal["note"], goal["expressedBy"]) == ([{"text": "Muốn ra chợ"}], {"reference": "x"})
    assert goals.state_of(goal) == "in-progress"


def test_goal_by_icf_aims_at_a_qualifier():
    draft = replace(GOAL, measure="", target=None, icf="d450", qualifier=1)

    target = goals.goal_resource("g", "p", draft, "2026-11-16", None, None)["target"][0]

    assert (target["measure"]["coding"][0]["code"], target["detailInteger"]) == ("d450", 1)


@pytest.mark.parametrize("state", goals.STATES)
def test_goal_is_closed_by_reaching_or_missing_it(state):
    goal = goals.goal_resource("g", "p", GOAL, "2026-11-16", SPEED, None)

    after = goals.judged(goal, state, "2026-12-01")

    assert goals.state_of(after) == state
    assert after["lifecycleStatus"] == ("completed" if state in goals.ENDED else "active")
    assert goal["lifecycleStatus"] == "active"


def test_unknown_state_is_refused():
    with pytest.raises(Invalid):
        goals.judged({}, "flying", "2026-12-01")


WALK = Activity("a1", "physical", "technique", "17.0041", "Tập đi với thanh song song", 3, 45, ("g1",), "Có người đỡ")
PLAN = careplan.plan_resource("p", "s", "2026-11-16", None)


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ({}, []),
        ({"words": ""}, ["activity-what"]),
        ({"times": 0}, ["activity-times"]),
        ({"times": 15}, ["activity-times"]),
        ({"minutes": 0, "times": 0}, ["activity-times", "activity-minutes"]),
        ({"minutes": 241}, ["activity-minutes"]),
    ],
)
def test_line_of_a_plan_says_everything_that_cannot_be(change, keys):
    line = replace(WALK, **change)

    if not keys:
        assert careplan.checked(line) is line
        return
    with pytest.raises(Invalid) as refused:
        careplan.checked(line)
    assert [problem.key for problem in refused.value.problems] == keys


_LINES = st.lists(
    st.builds(
        Activity,
        st.uuids().map(str),
        st.sampled_from(("physical", "speech")),
        st.sampled_from(("technique", "exercise")),
        st.sampled_from(("17.0041", "bridge")),
        st.just("Tập"),
        st.integers(1, 14),
        st.integers(1, 240),
        st.sets(st.sampled_from(("g1", "g2"))).map(lambda found: tuple(sorted(found))),
        st.sampled_from(("", "Nhẹ tay")),
    ),
    max_size=6,
    unique_by=lambda line: line.id,
)


@given(_LINES)
def test_lines_written_are_the_lines_read(lines):
    plan = PLAN
    for line in lines:
        plan = careplan.with_activity(plan, line)

    assert careplan.activities(plan) == lines
    assert careplan.activities(PLAN) == []
    named = {goal for line in lines for goal in line.goals}
    assert {one["reference"] for one in plan.get("goal", [])} == {f"Goal/{goal}" for goal in named}


def test_words_without_a_code_are_kept_as_words():
    other = Activity("a2", "social-work", "other", "", "Gặp gia đình", 1, 60)

    assert careplan.activities(careplan.with_activity(PLAN, other)) == [other]


def test_stopped_line_goes_on_no_more_and_is_stopped_once():
    plan = careplan.stopped(careplan.with_activity(PLAN, WALK), "a1", "Đau")

    assert careplan.going_on(careplan.activities(plan)) == []
    for missing in ("a1", "a9"):
        with pytest.raises(Invalid):
            careplan.stopped(plan, missing, "Đau")


def test_plan_that_ends_completes_what_was_going_on():
    plan = careplan.ended(careplan.with_activity(PLAN, WALK), "2026-12-31")

    assert (plan["status"], plan["period"]["end"]) == ("completed", "2026-12-31")
    assert [line.status for line in careplan.activities(plan)] == ["completed"]


def test_stay_has_one_plan():
    assert careplan.plan_id("p", "s") == PLAN["id"] != careplan.plan_id("p", "")
