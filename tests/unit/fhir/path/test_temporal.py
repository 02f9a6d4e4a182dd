from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.path.comparing import compare_temporal
from ansinh.fhir.path.temporal import Temporal


def read(text: str) -> Temporal:
    found = Temporal.read(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1948", "Date"), ("1948-03", "Date"), ("2024-02-29", "Date"), ("2024T", "DateTime"),
     ("2024-01-05T10:30:00.123+07:00", "DateTime"), ("10:30", "Time"), ("T10", "Time")],
)  # fmt: skip
def test_read_knows_the_kind(text, kind):
    assert read(text).kind == kind


@pytest.mark.parametrize("text", ["", "2023-02-29", "2024-00", "24:00", "10:60", "2024-01-01T10+15:00", "x", "0000"])
def test_read_of_no_date_gives_none(text):
    assert Temporal.read(text) is None


@pytest.mark.parametrize("text", ["1948", "1948-03", "2024-02-29", "2024-01-05T10:30:00.120+07:00", "2024-01-05T10Z"])
def test_text_form_is_what_was_read(text):
    assert str(read(text)) == text


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2024-03-31", -1, "month", "2024-02-29"),
        ("2024-12-31", 1, "day", "2025-01-01"),
        ("2024-01-01", 25, "hour", "2024-01-02"),
        ("2024", 24, "month", "2026"),
        ("2024-01", 40, "day", "2024-02"),
        ("2024-01-01T23:30:00+07:00", 45, "minute", "2024-01-02T00:15:00+07:00"),
        ("2024-01-01T00:00:00Z", -1, "second", "2023-12-31T23:59:59Z"),
        ("2024-01-01T10:30Z", 90, "second", "2024-01-01T10:31Z"),
        ("23:30", 45, "minute", "00:15"),
        ("10:00:00.5", 250, "millisecond", "10:00:00.75"),
    ],
)
def test_plus_keeps_precision_and_calendar(start, amount, unit, end):
    assert str(read(start).plus(Decimal(amount), unit)) == end


def test_plus_beyond_the_calendar_gives_none():
    assert read("9999-12-31").plus(Decimal(1), "day") is None
    assert read("0001-01-01").plus(Decimal(-1), "year") is None


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("2024", "2024-01", None),
        ("2024", "2025-01", -1),
        ("2024-01-01T10:00:00+07:00", "2024-01-01T03:00:00Z", 0),
        ("2024-01-01T10:00:00", "2024-01-01T10:00:00Z", None),
        ("2024-01-05T10:00:00", "2024-01-01T10:00:00Z", 1),
        ("2024-01-01T10:00:00.0Z", "2024-01-01T10:00:00Z", 0),
        ("2024-01-01T10:00Z", "2024-01-01T10:00:00Z", None),
        ("10:30", "10:31", -1),
        ("10:30", "2024", False),
    ],
)
def test_compare_leaves_open_what_precision_or_zone_leaves_open(one, other, order):
    assert compare_temporal(read(one), read(other)) is order or compare_temporal(read(one), read(other)) == order


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1948", "1948-01-01", "1948-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-02-03T10:30Z", "2024-02-03T10:30:00.000Z", "2024-02-03T10:30:59.999Z"),
        ("2024-02-03T10:30:15.5Z", "2024-02-03T10:30:15.500Z", "2024-02-03T10:30:15.599Z"),
        ("10:30", "10:30:00.000", "10:30:59.999"),
    ],
)
def test_boundary_gives_the_first_and_the_last_moment(text, low, high):
    assert (str(read(text).boundary(False)), str(read(text).boundary(True))) == (low, high)


@settings(deadline=None)
@given(st.dates(), st.integers(-3000, 3000))
def test_plus_days_and_back_is_where_it_began(day, amount):
    start = read(day.isoformat())
    moved = start.plus(Decimal(amount), "day")

    assert moved is None or moved.plus(Decimal(-amount), "day") == start


@settings(deadline=None)
@given(st.datetimes(), st.integers(-(10**6), 10**6))
def test_plus_seconds_is_calendar_time(moment, amount):
    start = read(moment.replace(microsecond=0).isoformat() + "Z")
    moved = start.plus(Decimal(amount), "second")

    assert moved is None or moved.seconds() - start.seconds() == amount


@settings(deadline=None)
@given(st.datetimes().map(lambda moment: moment.isoformat()[:19]), st.sampled_from([4, 7, 10, 16, 19]))
def test_boundaries_enclose_the_value(text, length):
    text = text[:length] + ("Z" if length > 10 else "")
    value = read(text)

    assert value.boundary(False).seconds() <= value.seconds() <= value.boundary(True).seconds()


@settings(deadline=None)
@given(st.text())
def test_read_never_raises(text):
    assert Temporal.read(text) is None or isinstance(Temporal.read(text), Temporal)
