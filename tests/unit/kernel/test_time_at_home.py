"""A FHIR date or dateTime as it reads in Vietnam: whatever offset it was written with, it counts on the day here."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.clock import at_home
from ansinh.kernel.text import format_date

READS = [
    ("", ""),
    ("2025", "2025"),
    ("2025-12", "2025-12"),
    ("2025-12-31", "2025-12-31"),
    ("2025-12-31T16:59:59Z", "2025-12-31T23:59:59+07:00"),
    ("2025-12-31T17:00:00Z", "2026-01-01T00:00:00+07:00"),
    ("2025-12-31T17:00:00+00:00", "2026-01-01T00:00:00+07:00"),
    ("2025-12-31T17:00:00-05:00", "2026-01-01T05:00:00+07:00"),
    ("2026-01-01T00:30:00+08:00", "2025-12-31T23:30:00+07:00"),
    ("2025-12-31T23:59:59+07:00", "2025-12-31T23:59:59+07:00"),
    ("2025-12-31T17:00:00.123456789Z", "2026-01-01T00:00:00.123456789+07:00"),
    ("2024-02-29T18:00:00Z", "2024-03-01T01:00:00+07:00"),
    ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),  # a leap second stays as it was written
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ("không phải ngày, chỉ là một câu dài", "không phải ngày, chỉ là một câu dài"),
]


@pytest.mark.parametrize(("written", "read"), READS, ids=[row[0] or "nothing" for row in READS])
def test_time_reads_as_in_vietnam(written, read):
    assert at_home(written) == read


@pytest.mark.parametrize(
    ("written", "shown"), [("2025-12-31T17:00:00Z", "01/01/2026"), ("2025-12-31", "31/12/2025"), ("2025-12", "12/2025")]
)
def test_day_is_shown_as_it_is_here(written, shown):
    assert format_date(written) == shown


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=offsets)


@given(moments)
def test_time_at_home_is_the_same_instant(moment):
    written = moment.replace(microsecond=0).isoformat()

    read = at_home(written)

    assert read.endswith("+07:00")
    assert datetime.fromisoformat(read) == datetime.fromisoformat(written)
    assert at_home(read) == read


@given(moments, moments)
def test_times_at_home_stand_in_the_order_of_their_instants(one, other):
    first, second = (moment.astimezone(UTC).replace(microsecond=0) for moment in (one, other))

    assert (at_home(first.isoformat()) < at_home(second.isoformat())) == (first < second)
