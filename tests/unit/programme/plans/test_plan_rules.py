"""Paths to targets, deadlines, states."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.programme.plans import rules

START, MIDDLE, END = date(2021, 1, 1), date(2025, 12, 31), date(2030, 12, 31)
percents = st.decimals(0, 100, places=1)
days = st.dates(date(2019, 1, 1), date(2032, 12, 31))


def d(value) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@pytest.mark.parametrize(
    ("baseline", "now", "target", "today", "state"),
    [
        (None, 40, 80, date(2023, 7, 2), "on-track"),  # half way in time, half way in figures
        (None, 39, 80, date(2023, 7, 2), "behind"),
        (20, 49, 80, date(2023, 7, 2), "behind"),  # the line from 20 is at 50
        (20, 51, 80, date(2023, 7, 2), "on-track"),
        (None, 80, 80, date(2023, 7, 2), "reached"),
        (None, 79.9, 80, MIDDLE, "behind"),  # the due day itself is still time
        (None, 79.9, 80, MIDDLE + timedelta(days=1), "missed"),
        (None, 80, 80, MIDDLE + timedelta(days=1), "reached"),
        (None, None, 80, date(2023, 7, 2), "unknown"),
        (None, 50, None, date(2023, 7, 2), "no-target"),
        (None, 0, 80, START, "on-track"),  # nothing is expected on the first day
        (None, "79.96", 80, MIDDLE + timedelta(days=1), "missed"),  # shown as 80.0, and not reached
        (None, "39.96", 80, date(2023, 7, 2), "behind"),
    ],
)
def test_on_track_judges_by_the_straight_line(baseline, now, target, today, state):
    assert rules.on_track(d(baseline), d(now), d(target), START, MIDDLE, today).state == state


def test_on_track_tells_what_was_expected_and_how_far_off():
    track = rules.on_track(None, Decimal(30), Decimal(80), START, MIDDLE, date(2023, 7, 2))

    assert track.expected == Decimal("40.0")
    assert track.gap == Decimal("-10.0")


def test_on_track_of_a_goal_that_goes_down_is_reversed():
    args = (Decimal(100), START, MIDDLE, date(2023, 7, 2))

    def state(now: int) -> str:
        baseline, start, end, today = args
        return rules.on_track(baseline, Decimal(now), Decimal(50), start, end, today, "<=").state

    assert (state(50), state(74), state(76)) == ("reached", "on-track", "behind")


def test_on_track_without_a_comparator_is_unknown():
    assert rules.on_track(None, Decimal(9), Decimal(1), START, END, MIDDLE, "none").state == "no-target"


def test_meets_equal_only_exactly():
    assert rules.meets(Decimal(100), Decimal(100), "=")
    assert not rules.meets(Decimal("99.9"), Decimal(100), "=")


def test_expected_of_a_path_without_length_is_a_mistake():
    with pytest.raises(ValueError, match="ends after"):
        rules.expected_on(None, Decimal(1), START, START, START)


@given(baseline=st.none() | percents, target=percents, day=days)
def test_expected_stays_between_baseline_and_target(baseline, target, day):
    value = rules.expected_on(baseline, target, START, MIDDLE, day)
    begin = baseline or Decimal(0)

    assert min(begin, target) <= value <= max(begin, target)


@given(target=percents, one=days, other=days)
def test_expected_never_falls_on_the_way_up(target, one, other):
    early, late = sorted((one, other))

    assert rules.expected_on(None, target, START, MIDDLE, early) <= rules.expected_on(None, target, START, MIDDLE, late)


@given(now=percents, better=percents, target=percents, day=days)
def test_a_better_figure_is_never_judged_worse(now, better, target, day):
    order = ("missed", "behind", "on-track", "reached")
    low, high = sorted((now, better))

    def judged(value: Decimal) -> int:
        return order.index(rules.on_track(None, value, target, START, MIDDLE, day).state)

    assert judged(low) <= judged(high)


@pytest.mark.parametrize(
    ("recurrence", "due", "month_day", "day", "expected"),
    [
        ("once", date(2025, 12, 31), None, date(2026, 1, 1), date(2025, 12, 31)),
        ("continuous", None, None, date(2026, 1, 1), None),
        ("yearly", None, (12, 15), date(2025, 12, 15), date(2025, 12, 15)),
        ("yearly", None, (12, 15), date(2025, 12, 16), date(2026, 12, 15)),
        ("yearly", None, (12, 15), date(2030, 12, 16), None),
    ],
)
def test_next_due_is_the_deadline_from_a_day_on(recurrence, due, month_day, day, expected):
    assert rules.next_due(recurrence, due, month_day, END, day) == expected


def test_yearly_dates_are_one_a_year_within_the_plan():
    dates = rules.yearly_dates((12, 15), START, END)

    assert len(dates) == 10
    assert dates[0] == date(2021, 12, 15)
    assert dates[-1] == date(2030, 12, 15)


@pytest.mark.parametrize(
    ("status", "due", "urgency"),
    [
        ("in-progress", date(2025, 11, 30), "overdue"),
        ("requested", date(2025, 12, 1), "soon"),
        ("requested", date(2025, 12, 31), "soon"),
        ("requested", date(2026, 1, 1), "open"),
        ("on-hold", None, "open"),
        ("completed", date(2025, 1, 1), "done"),
        ("cancelled", date(2025, 1, 1), "stopped"),
    ],
)
def test_urgency_on_the_first_of_december(status, due, urgency):
    assert rules.urgency(status, due, date(2025, 12, 1)) == urgency


@pytest.mark.parametrize(
    ("status", "given", "kept"), [("requested", 50, 0), ("completed", 50, 100), ("on-hold", 50, 50)]
)
def test_settled_progress_fits_the_state(status, given, kept):
    assert rules.settled(status, given) == kept
