from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.errors import Conflict
from ansinh.programme.reports import rules

STEPS = ("create", "write", "submit", "return", "approve", "amend", "refresh", "replace")


@pytest.mark.parametrize(
    ("state", "step", "following"),
    [
        ("draft", "write", "draft"),
        ("draft", "refresh", "draft"),
        ("draft", "submit", "submitted"),
        ("submitted", "return", "draft"),
        ("submitted", "approve", "approved"),
        ("approved", "amend", "approved"),
        ("approved", "replace", "replaced"),
    ],
)
def test_after_allowed_step_leads_on(state, step, following):
    assert rules.allows(state, step)
    assert rules.after(state, step) == following


@pytest.mark.parametrize("state", ["submitted", "approved", "replaced"])
@pytest.mark.parametrize("step", ["write", "refresh", "submit"])
def test_after_nothing_is_edited_once_submitted(state, step):
    assert not rules.allows(state, step)
    with pytest.raises(Conflict) as caught:
        rules.after(state, step)
    assert rules.STATE_WORDS[state] in caught.value.message


@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_after_any_path_to_approved_went_through_submit_and_approve(steps):
    state, taken = "draft", []
    for step in steps:
        if rules.allows(state, step):
            state = rules.after(state, step)
            taken.append(step)

    if state in ("approved", "replaced"):
        assert "submit" in taken
        assert taken.index("submit") < taken.index("approve")


@pytest.mark.parametrize(
    ("value", "target", "comparator", "met"),
    [
        ("80", "80", ">=", True),
        ("79.9", "80", ">=", False),
        ("5", "10", "<=", True),
        ("100", "100", "=", True),
        (None, "80", ">=", None),
        ("80", None, ">=", None),
        ("80", None, "none", None),
    ],
)
def test_judge_compares_only_what_is_known(value, target, comparator, met):
    number = None if value is None else Decimal(value)
    wanted = None if target is None else Decimal(target)

    assert rules.judge(number, wanted, comparator).met is met


@pytest.mark.parametrize(("year", "due"), [(2021, 2025), (2025, 2025), (2026, 2030), (2030, 2030), (2031, 2030)])
def test_target_for_takes_the_next_due_year(year, due):
    targets = {2025: Decimal(80), 2030: Decimal(100)}

    assert rules.target_for(targets, year) == (due, targets[due])


def test_target_for_a_goal_without_targets_is_none():
    assert rules.target_for({}, 2025) is None
