"""When a failed delivery is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.subscriptions.retrying import LONGEST, MOST_FAILURES, SECOND, gives_up, pause


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (8, 640), (10, 2560), (11, 3600), (12, 3600)]
)
def test_pause_doubles_up_to_an_hour(failures, seconds):
    assert pause(failures, chance=0.5) == seconds * SECOND


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pause_is_bounded_and_spread_by_a_quarter(failures, chance):
    middle = pause(failures, chance=0.5)

    assert 0.75 * middle <= pause(failures, chance) <= 1.25 * middle <= 1.25 * LONGEST


def test_pauses_of_two_receivers_differ():
    assert len({pause(5) for _ in range(20)}) > 1


def test_giving_up_comes_after_hours_not_minutes():
    waited = sum(pause(failures, chance=0.5) for failures in range(1, MOST_FAILURES))

    assert 2 * 3600 * SECOND < waited < 5 * 3600 * SECOND
    assert [gives_up(MOST_FAILURES - 1), gives_up(MOST_FAILURES)] == [False, True]
