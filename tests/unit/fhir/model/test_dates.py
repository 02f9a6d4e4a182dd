from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.model import dates

DAY = 86_400_000_000


def micro(*parts: int) -> int:
    return (datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "low", "width"),
    [
        ("1970-01-01T00:00:00Z", 0, 1_000_000),
        ("1970-01-01T07:00:00+07:00", 0, 1_000_000),
        ("1970-01-01T07:00:00", 0, 1_000_000),
        ("1970-01-01T00:00:00.250Z", 250_000, 1_000),
        ("1970-01-01T00:00:00.123456789Z", 123_456, 1),
        ("1970-01-01T00:01Z", 60_000_000, 60_000_000),
        ("2025-07-01", micro(2025, 6, 30, 17), DAY),
        ("2024-02", micro(2024, 1, 31, 17), 29 * DAY),
        ("1948", micro(1947, 12, 31, 17), 366 * DAY),
        ("2016-12-31T23:59:60Z", micro(2016, 12, 31, 23, 59, 59), 1_000_000),
    ],
)
def test_bounds_of_each_precision_cover_what_the_text_can_mean(text, low, width):
    assert dates.bounds(text) == (low, low + width - 1)


@pytest.mark.parametrize(
    "text",
    ["", "48", "2025-13", "2025-02-29", "2025-1-1", "01/07/2025", "2025-07-01T25:00:00Z", "2025-07-01T10:00:61Z",
     "2025-07-01T10:00:00+15:00", "2025-07-01 ", "٢٠٢٥", "0000", "2025-07-01T10Z"],
)  # fmt: skip
def test_bounds_of_no_date_raises_value_error(text):
    with pytest.raises(ValueError):
        dates.bounds(text)


def test_is_valid_date_takes_partial_dates_and_refuses_times():
    assert all(map(dates.is_valid_date, ("1948", "1948-03", "1948-03-31")))
    assert not any(map(dates.is_valid_date, ("1948-02-30", "1948-03-31T00:00:00Z", "", None, 1948)))


def test_is_valid_datetime_needs_seconds_and_zone_with_a_time():
    assert all(map(dates.is_valid_datetime, ("1948", "2025-07-01T08:30:00+07:00", "2025-07-01T08:30:00.5Z")))
    assert not any(map(dates.is_valid_datetime, ("2025-07-01T08:30", "2025-07-01T08:30:00", "2025-07-01T24:00:00Z")))


def test_is_valid_instant_needs_everything():
    assert dates.is_valid_instant("2025-07-01T08:30:00+07:00")
    assert not any(map(dates.is_valid_instant, ("2025", "2025-07-01", "2025-07-01T08:30:00")))


def test_is_valid_time_has_no_zone():
    assert all(map(dates.is_valid_time, ("08:30:00", "23:59:60", "08:30:00.125")))
    assert not any(map(dates.is_valid_time, ("8:30:00", "08:30", "24:00:00", "08:30:00Z")))


@settings(deadline=None)
@given(st.dates(min_value=date(1, 1, 2), max_value=date(9998, 12, 31)))
def test_bounds_of_consecutive_days_meet_without_gap(day):
    assert dates.bounds(day.isoformat())[1] + 1 == dates.bounds((day + timedelta(days=1)).isoformat())[0]


@settings(deadline=None)
@given(st.dates())
def test_bounds_of_a_month_contain_its_days(day):
    low, high = dates.bounds(day.isoformat()[:7])
    day_low, day_high = dates.bounds(day.isoformat())

    assert low <= day_low
    assert day_high <= high


@settings(deadline=None)
@given(st.text())
def test_validators_never_raise(text):
    for check in (dates.is_valid_date, dates.is_valid_datetime, dates.is_valid_instant, dates.is_valid_time):
        assert check(text) in (True, False)
