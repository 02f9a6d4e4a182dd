"""Clashes and free times: spec tables, and properties over random weeks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.rehab import timetable
from ansinh.clinical.rehab.timetable import Booking, Hours, Wanted
from ansinh.kernel.clock import VIETNAM

MONDAY = date(2026, 11, 16)
HOURS = Hours(time(7, 30), time(17), time(11, 30), time(13, 30), (0, 1, 2, 3, 4), 15, 2)


def booking(begin: str, end: str, person="an", *, day=0, id="b", **more) -> Booking:
    moments = [
        datetime.combine(MONDAY + timedelta(days=day), time.fromisoformat(text), VIETNAM) for text in (begin, end)
    ]
    return Booking(id, *moments, person, **more)


TAKEN = booking("09:00", "09:30", "an", id="t", therapist="lan", room="gym", machine="m1")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (booking("09:00", "09:30", "bình"), []),
        (booking("09:15", "09:45", "an"), ["person"]),
        (booking("09:30", "10:00", "an", therapist="lan", machine="m1"), []),
        (booking("08:30", "09:00", "an", therapist="lan"), []),
        (booking("08:30", "09:01", "bình", therapist="lan"), ["therapist"]),
        (booking("08:00", "12:00", "bình", machine="m1"), ["machine"]),
        (booking("09:10", "09:20", "an", therapist="lan", machine="m1"), ["person", "therapist", "machine"]),
        (booking("09:00", "09:30", "an", day=1, therapist="lan"), []),
        (booking("09:00", "09:30", "bình", room="gym"), []),  # two places
    ],
)
def test_nobody_is_in_two_places_at_once(wanted, found):
    assert timetable.clashes(wanted, [TAKEN], HOURS.room_places) == found


def test_booking_does_not_clash_with_itself():
    assert timetable.clashes(TAKEN, [TAKEN], 1) == []


def test_room_is_full_when_its_places_are_taken_at_the_same_moment():
    others = [
        booking("09:00", "09:30", "bình", id="1", room="gym"),
        booking("09:30", "10:00", "cúc", id="2", room="gym"),
    ]
    whole = booking("09:00", "10:00", "an", room="gym")

    assert timetable.clashes(whole, others, 2) == []  # never more than one of them at once
    assert timetable.clashes(whole, others, 1) == ["room"]
    assert timetable.clashes(whole, [*others, booking("09:20", "09:40", "dũng", id="3", room="gym")], 2) == ["room"]


@pytest.mark.parametrize(
    ("begin", "end", "day", "fits"),
    [
        ("07:30", "08:00", 0, True),
        ("07:15", "08:00", 0, False),
        ("11:00", "11:30", 0, True),
        ("11:15", "11:45", 0, False),
        ("11:30", "13:30", 0, False),
        ("13:30", "14:00", 0, True),
        ("16:30", "17:00", 0, True),
        ("16:45", "17:15", 0, False),
        ("09:00", "09:30", 5, False),
        ("09:30", "09:00", 0, False),
        ("09:00", "09:00", 0, False),
    ],
)
def test_session_lies_within_working_hours_and_not_over_noon(begin, end, day, fits):
    assert timetable.fits_hours(booking(begin, end, day=day), HOURS) is fits


def test_hours_are_those_of_vietnam_whatever_zone_was_written():
    utc = Booking("b", datetime(2026, 11, 16, 2, tzinfo=UTC), datetime(2026, 11, 16, 2, 30, tzinfo=UTC), "an")

    assert timetable.fits_hours(utc, HOURS)
    assert timetable.clashes(utc, [TAKEN], 2) == ["person"]


LIKE = booking("00:00", "00:00", "an", therapist="lan")


def test_sessions_of_a_line_are_spread_over_the_days():
    placed, left = timetable.propose(MONDAY, [Wanted("walk", 3, 45, LIKE)], [], HOURS)

    assert left == []
    assert [(one.start.weekday(), one.start.strftime("%H:%M")) for one in placed] == [
        (0, "07:30"), (1, "07:30"), (2, "07:30"),
    ]  # fmt: skip


def test_what_is_taken_is_worked_around():
    busy = [booking("07:30", "11:30", "bình", day=day, therapist="lan", id=str(day)) for day in range(5)]

    placed, _left = timetable.propose(MONDAY, [Wanted("walk", 1, 30, LIKE)], busy, HOURS)

    assert placed[0].start.strftime("%H:%M") == "13:30"


def test_what_does_not_fit_is_told_with_how_often():
    busy = [booking("07:30", "17:00", "bình", day=day, therapist="lan", id=str(day)) for day in range(4)]

    placed, left = timetable.propose(MONDAY, [Wanted("walk", 3, 200, LIKE)], busy, HOURS)

    assert len(placed) == 2  # Friday morning and afternoon
    assert [(one.activity, one.times) for one in left] == [("walk", 1)]


_NAMES = st.sampled_from(("", "a", "b"))
_WHO = st.sampled_from(("a", "b", "c"))
_ROW = st.tuples(st.integers(0, 4), st.integers(0, 36), st.integers(1, 12), _WHO, _NAMES, _NAMES, _NAMES)
_BUSY = st.lists(_ROW, max_size=14)
_WANTED = st.lists(st.tuples(st.integers(1, 6), st.sampled_from((15, 30, 45, 90)), _NAMES, _NAMES), max_size=5)


def _made(number, row):
    day, start, length, person, therapist, room, machine = row
    begin = datetime.combine(MONDAY + timedelta(days=day), time(7, 30), VIETNAM) + timedelta(minutes=15 * start)
    return Booking(f"busy{number}", begin, begin + timedelta(minutes=15 * length), person, therapist, room, machine)


@given(_BUSY, _WANTED)
def test_nothing_proposed_ever_clashes_and_everything_wanted_is_placed_or_told(rows, lines):
    busy = [_made(number, row) for number, row in enumerate(rows)]
    wanted = [
        Wanted(f"w{number}", times, minutes, replace(LIKE, therapist=therapist, room=room))
        for number, (times, minutes, therapist, room) in enumerate(lines)
    ]

    placed, left = timetable.propose(MONDAY, wanted, busy, HOURS)

    for number, one in enumerate(placed):
        assert timetable.fits_hours(one, HOURS)
        assert timetable.clashes(one, [*busy, *placed[:number]], HOURS.room_places) == []
    assert len({one.id for one in placed}) == len(placed)
    assert len(placed) + sum(one.times for one in left) == sum(times for times, *_rest in lines)


@given(_BUSY)
def test_clashing_in_person_or_staff_is_mutual(rows):
    busy = [_made(number, row) for number, row in enumerate(rows)]

    for one in busy:
        for other in busy:
            mine = set(timetable.clashes(one, [other], 99)) - {"room"}
            assert mine == set(timetable.clashes(other, [one], 99)) - {"room"}
