"""Forecasts by hand-made figures: the line, when a target is reached, what is needed, who lacks most."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.programme.plans import forecast

END = date(2030, 12, 31)


def points(*values, first=2021):
    return [(date(first + index, 12, 31), Decimal(str(value))) for index, value in enumerate(values)]


def ahead(values, target, due=END, comparator=">=", *, percent=True):
    return forecast.forecast(points(*values), due, Decimal(str(target)), comparator, percent=percent)


def test_no_figure_gives_no_forecast():
    assert ahead([], 80) is None


@pytest.mark.parametrize("values", [[40], [40, 50]])
def test_too_few_figures_give_no_line_but_say_what_stays_and_what_is_needed(values):
    found = ahead(values, 80, due=date(2025, 12, 31))

    assert found.linear is None
    assert found.reached == 0
    assert found.unchanged == values[-1]
    assert found.per_quarter > 0


@pytest.mark.parametrize(
    ("values", "due", "linear", "reached"),
    [
        ([40, 50, 60], date(2025, 12, 31), "80", 2025),
        ([40, 50, 60], date(2024, 12, 31), "70", 2025),
        ([40, 50, 60], END, "100", 2025),  # no share passes 100
        ([60, 50, 40], date(2025, 12, 31), "20", 0),
        ([60, 50, 40], END, "0", 0),  # nor falls below 0
        ([50, 50, 50], END, "50", 0),
        ([10, 11, 12], END, "19", 0),  # not within ten years
    ],
)
def test_line_goes_on_as_the_figures_did(values, due, linear, reached):
    found = ahead(values, 80, due)

    assert float(found.linear) == pytest.approx(float(linear), abs=0.1)
    assert found.reached == reached


def test_target_that_is_met_needs_nothing_and_was_reached_now():
    found = ahead([40, 50, 85], 80, due=date(2025, 12, 31))

    assert (found.reached, found.per_quarter) == (2023, None)


def test_due_day_that_is_past_needs_nothing_more():
    found = ahead([40, 50, 60], 80, due=date(2023, 12, 31))

    assert (found.linear, found.per_quarter) == (None, None)


@pytest.mark.parametrize(
    ("now", "due", "needed"),
    [
        (60, date(2024, 12, 31), "5.0"),  # 20 in four quarters
        (60, date(2025, 12, 31), "2.5"),
        (79, date(2024, 12, 31), "0.3"),  # 0,25 is said as more, never as less
        (60, date(2024, 1, 31), "20.0"),  # at least one quarter
    ],
)
def test_need_a_quarter_is_the_gap_over_the_quarters_left(now, due, needed):
    assert ahead([40, 50, now], 80, due).per_quarter == Decimal(needed)


def test_goal_to_stay_below_needs_less_each_quarter():
    found = ahead([50, 40, 30], 10, date(2024, 12, 31), "<=")

    assert found.per_quarter == Decimal("-5.0")
    assert found.reached == 2025


def test_count_may_pass_one_hundred():
    assert float(ahead([100, 200, 300], 1000, percent=False).linear) == pytest.approx(1000, abs=1)


VALUES = st.lists(st.decimals(0, 100, places=1), min_size=3, max_size=10)


@given(VALUES)
def test_share_stays_a_share(values):
    found = ahead(values, 80)

    assert 0 <= found.linear <= 100 if found.linear is not None else found.due <= points(*values)[-1][0]


@given(VALUES)
def test_line_goes_through_the_middle_of_the_figures(values):
    given_ = points(*values)
    found = forecast.line(given_)
    errors = [found.level + found.slope * (day - found.start).days - float(value) for day, value in given_]

    assert sum(errors) == pytest.approx(0, abs=1e-6)


@given(st.decimals(0, 50, places=1), st.decimals(-5, 5, places=1), st.integers(3, 8))
def test_figures_on_a_line_by_days_are_met_exactly(level, slope, count):
    days = [date(2021 + index, 12, 31) for index in range(count)]
    given_ = [(day, level + slope * Decimal((day - days[0]).days) / 365) for day in days]
    found = forecast.line(given_)

    assert found.level == pytest.approx(float(level), abs=1e-6)
    assert found.slope * 365 == pytest.approx(float(slope), abs=1e-6)


@dataclass(frozen=True)
class Part:
    facility_id: str
    numerator: int
    denominator: int
    hidden: bool = False


def test_those_who_lack_most_come_first():
    parts = [Part("a", 70, 100), Part("b", 8, 10), Part("c", 1, 40), Part("d", 0, 0), Part("e", 1, 30, hidden=True)]

    assert forecast.lacking(parts, Decimal(80)) == [forecast.Lack("c", 31), forecast.Lack("a", 10)]


def test_lack_is_a_whole_number_upwards():
    assert forecast.lacking([Part("a", 2, 3)], Decimal(70)) == [forecast.Lack("a", 1)]


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 100))
def test_with_what_it_lacks_a_facility_reaches_the_target_and_with_one_less_it_does_not(done, extra, target):
    part = Part("a", done, done + extra)

    (lack,) = forecast.lacking([part], Decimal(target)) or [forecast.Lack("a", 0)]

    assert (done + lack.subjects) * 100 >= target * part.denominator
    if lack.subjects:
        assert (done + lack.subjects - 1) * 100 < target * part.denominator
