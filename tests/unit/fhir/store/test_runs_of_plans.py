"""Plans that go together: one that looks at others begins a run, so that what came before is there to be seen."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.store.repository import _runs


def plans(flags):
    return [SimpleNamespace(judged=flag == "j") for flag in flags]


@pytest.mark.parametrize(
    ("flags", "cut"),
    [
        ("", [""]),
        (".", ["."]),
        ("j", ["j"]),
        ("....", ["...."]),
        ("j...", ["j..."]),
        (".j..", [".", "j.."]),
        ("...j", ["...", "j"]),
        ("jj.j", ["j", "j.", "j"]),
    ],
)
def test_runs_are_cut_before_each_plan_that_is_judged(flags, cut):
    found = ["".join("j" if one.judged else "." for one in run) for _, run in _runs(plans(flags))]

    assert found == cut


@given(st.text("j.", min_size=1, max_size=30))
def test_runs_lose_nothing_and_say_where_they_begin(flags):
    given_plans = plans(flags)
    found = list(_runs(given_plans))

    assert [one for _, run in found for one in run] == given_plans
    assert all(given_plans[first] is run[0] for first, run in found)
    assert not any(one.judged for _, run in found for one in run[1:])
