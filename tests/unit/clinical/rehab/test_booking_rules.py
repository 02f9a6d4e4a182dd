"""Sessions in the timetable: as FHIR, taken out once, never after a death; and what a meeting says and asks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from ansinh.clinical.registry import queries as registry
from ansinh.clinical.rehab import booking, goals, planning, reading, refusals
from ansinh.clinical.rehab.goals import GoalDraft
from ansinh.clinical.rehab.planning import Meeting
from ansinh.clinical.rehab.timetable import Booking
from ansinh.kernel.errors import Conflict, Invalid

START = datetime(2026, 11, 16, 20, tzinfo=UTC)  # 03:00 of the 17th in Vietnam
SESSION = Booking("b1", START, START + timedelta(minutes=45), "an", "lan", "gym", "m1")


def test_session_as_fhir_is_read_back_as_the_session():
    appointment = booking.appointment_resource(SESSION, "physical", "Tập đi")

    assert refusals.booking_of(appointment) == SESSION
    assert appointment["start"] == "2026-11-17T03:00:00+07:00"
    assert refusals.is_held(appointment)


@pytest.mark.parametrize("name", ["therapist", "room", "machine"])
def test_who_does_not_take_part_stands_nowhere(name):
    fewer = replace(SESSION, **{name: ""})
    appointment = booking.appointment_resource(fewer, "physical", "Tập đi")

    assert refusals.booking_of(appointment) == fewer
    assert len(appointment["participant"]) == 3


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ({}, True),
        ({"status": "arrived"}, True),
        ({"status": "fulfilled"}, True),
        ({"status": "cancelled"}, False),
        ({"status": "proposed"}, False),
        ({"status": "noshow"}, False),
        ({"status": "entered-in-error"}, False),
        ({"start": ""}, False),
        ({"end": ""}, False),
    ],
)
def test_only_what_takes_a_time_is_asked_for_clashes(change, held):
    assert refusals.is_held(booking.appointment_resource(SESSION, "physical", "") | change) is held


@pytest.mark.parametrize(
    ("status", "open_"),
    [
        ("booked", True), ("arrived", True), ("proposed", True), ("pending", True),
        ("fulfilled", False), ("cancelled", False), ("noshow", False), ("entered-in-error", False),
    ],
)  # fmt: skip
def test_session_is_taken_out_once_and_not_after_it_took_place(status, open_):
    appointment = booking.appointment_resource(SESSION, "physical", "") | {
        "status": status,
        "cancelationReason": {"text": "Lý do đã ghi"},
    }

    if open_:
        after = booking.cancelled(appointment, "  Sốt ")
        assert (after["status"], after["cancelationReason"]) == ("cancelled", {"text": "Sốt"})
        assert appointment["status"] == status
        return
    with pytest.raises(Conflict) as refused:
        booking.cancelled(appointment, "Sốt")
    assert refused.value.code == "booking-over"


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_session_is_not_taken_out_without_a_reason(reason):
    with pytest.raises(Invalid) as refused:
        booking.cancelled(booking.appointment_resource(SESSION, "physical", ""), reason)

    assert refused.value.field == "reason"


@pytest.fixture
def _dead(monkeypatch):
    card = SimpleNamespace(id="an", deceased="2026-11-01", stay=None, draft=SimpleNamespace(facility="f"))
    monkeypatch.setattr(registry, "person", lambda context, person: card)
    monkeypatch.setattr(booking.concepts, "lookup", lambda system, code: object())


@pytest.mark.usefixtures("_dead")
def test_nobody_is_booked_after_their_death_by_hand_or_by_the_plan():
    with pytest.raises(Invalid) as by_hand:
        booking.book(None, booking=SESSION, discipline="physical", words="")
    with pytest.raises(Invalid) as by_plan:
        booking.book_plan(None, person_id="an", monday=date(2026, 11, 16))

    assert (by_hand.value.code, by_plan.value.code) == ("plan-deceased", "plan-deceased")


@pytest.mark.parametrize("weeks", [-1, 0, 13])
def test_series_is_of_one_to_twelve_weeks(weeks):
    with pytest.raises(Invalid) as refused:
        booking.book(None, booking=SESSION, discipline="physical", words="", weeks=weeks)

    assert refused.value.field == "weeks"


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2026-11-16", "2026-11-16"),
        ("2026-11-22", "2026-11-16"),
        ("2026-11-23", "2026-11-23"),
        ("2027-01-01", "2026-12-28"),
        ("2028-03-01", "2028-02-28"),
        ("2028-02-29", "2028-02-28"),
    ],
)
def test_week_begins_on_its_monday(day, monday):
    assert reading.monday_of(date.fromisoformat(day)) == date.fromisoformat(monday)


def test_series_keeps_its_hour_and_weekday_over_the_turn_of_the_year_and_a_leap_day():
    late = replace(SESSION, start=datetime(2027, 12, 28, 2, tzinfo=UTC), end=datetime(2027, 12, 28, 3, tzinfo=UTC))

    series = [reading.shifted(late, number) for number in range(12)]

    assert {one.start.weekday() for one in series} == {1}
    assert series[9].start == datetime(2028, 2, 29, 2, tzinfo=UTC)
    assert {one.end - one.start for one in series} == {timedelta(hours=1)}


# --- meetings ------------------------------------------------------------------------------------------------------

MEETING = Meeting(START, "Tiếp tục tập đi.", ("BS Bình", "KTV Lan"), {}, date(2026, 12, 17))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, ""),
        ({"next_day": None}, ""),
        ({"next_day": date(2026, 11, 18)}, ""),
        ({"next_day": date(2026, 11, 17)}, "next_day"),  # the meeting is on the 17th in Vietnam
        ({"next_day": date(2026, 11, 1)}, "next_day"),
        ({"conclusion": "  "}, "conclusion"),
    ],
)
def test_meeting_has_a_conclusion_and_asks_for_a_later_day(change, field):
    meeting = replace(MEETING, **change)

    if not field:
        assert planning.checked(meeting) is meeting
        return
    with pytest.raises(Invalid) as refused:
        planning.checked(meeting)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Tiếp tục tập đi. Dự: BS Bình, KTV Lan. Họp lại ngày 17/12/2026."),
        ({"present": ()}, "Tiếp tục tập đi. Họp lại ngày 17/12/2026."),
        ({"next_day": None}, "Tiếp tục tập đi. Dự: BS Bình, KTV Lan."),
        ({"present": (), "next_day": None}, "Tiếp tục tập đi."),
    ],
)
def test_record_of_a_meeting_is_vietnamese_whatever_language_its_writer_works_in(change, said):
    with translation.override("en"):
        assert planning.summary(replace(MEETING, **change)) == said


# --- goals in the unit of their measure ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "unit", "ucum"),
    [
        ("ten-metre-walk", "m/giây", "m/s"),
        ("timed-up-and-go", "giây", "s"),
        ("six-minute-walk", "m", "m"),
        ("grip-left", "kg", "kg"),
        ("swallowing", "dấu hiệu", "{score}"),
        ("96761-2", "điểm", "{score}"),
        ("muscle-test", "điểm", "{score}"),
    ],
)
@pytest.mark.parametrize("now", [None, Decimal(3)])
def test_target_is_in_the_unit_of_its_measure_whether_it_was_measured_or_not(monkeypatch, code, unit, ucum, now):
    found = [reading.Outcome(code, unit, (reading.Point("2026-11-01", now),), None)] if now else []
    monkeypatch.setattr(reading, "outcomes", lambda context, person: found)
    monkeypatch.setattr(reading, "measure_words", lambda code, language="vi": code)
    draft = GoalDraft("Tự đi 10 m bằng một gậy", "physical", "2027-01-31", code, Decimal(5))

    measured = reading.measured(None, "an", code)
    goal = goals.goal_resource("g", "an", draft, "2026-11-16", measured, None)

    quantities = [goal["target"][0]["detailQuantity"], *(one["valueQuantity"] for one in goal.get("extension", ()))]
    assert {(one["unit"], one["code"]) for one in quantities} == {(unit, ucum)}
    assert len(quantities) == (1 if now is None else 2)


def test_measure_that_the_library_has_not_is_none():
    assert reading.measured(None, "an", "jumping") is None
