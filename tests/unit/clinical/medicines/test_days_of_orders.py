"""On which days and hours an order is taken: weekly, every other day, round midnight, at its first and last day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.medicines import resources
from ansinh.clinical.medicines.actions import giving
from ansinh.clinical.medicines.actions.giving import Given
from ansinh.clinical.medicines.resources import Ordered, Regimen
from ansinh.clinical.medicines.rules import times
from ansinh.clinical.medicines.rules.times import Course
from ansinh.kernel import clock
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.errors import Invalid

TUESDAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 8, 30, tzinfo=VIETNAM)


def course(*hours, start="", end="", weekdays=(), every=1):
    return Course("o", "p", "A", "Thuốc A", "1 viên", hours or ("08:00",), start, end, False, weekdays, every)


def days(of, first=TUESDAY, count=15) -> list[int]:
    """Days of March on which the order has a dose."""
    every = (first + timedelta(days=number) for number in range(count))
    return [day.day for day in every if list(times.slots(of, day))]


@pytest.mark.parametrize(
    ("weekdays", "every", "start", "found"),
    [
        ((), 1, "", list(range(10, 25))),
        (("tue",), 1, "", [10, 17, 24]), (("tue",), 7, "2026-03-10", [10, 17, 24]), (("tue",), 7, "", [10, 17, 24]),
        (("mon", "fri"), 7, "2026-03-12", [13, 16, 20, 23]), (("sun",), 7, "2026-03-10", [15, 22]),
        (("tue",), 14, "2026-03-04", [17]), (("tue", "thu"), 14, "2026-03-09", [10, 12, 24]),
        ((), 2, "2026-03-10", [10, 12, 14, 16, 18, 20, 22, 24]), ((), 2, "2026-03-09", [11, 13, 15, 17, 19, 21, 23]),
        ((), 7, "2026-03-12", [12, 19]), ((), 3, "2026-03-09T17:30:00Z", [10, 13, 16, 19, 22]),
        # Nobody can say which days these are: they are not shown as of every day.
        ((), 7, "", []), ((), 2, "2026-03", []), ((), 0, "2026-03-10", []), (("tue",), 0, "", []),
    ],
)  # fmt: skip
def test_order_is_due_on_its_own_days_only(weekdays, every, start, found):
    assert days(course(weekdays=weekdays, every=every, start=start)) == found


@pytest.mark.parametrize(
    ("period", "unit", "days_between"),
    [
        ("", "", 1), ("1", "d", 1), ("2", "d", 2), ("1", "wk", 7), ("2", "wk", 14), ("2.0", "wk", 14), ("0.5", "wk", 0),
        ("", "wk", 7), ("1", "mo", 0), ("8", "h", 0), ("0", "d", 0), ("-1", "d", 0), ("hai", "d", 0),
    ],
)  # fmt: skip
def test_period_of_a_timing_is_a_number_of_days_or_none(period, unit, days_between):
    assert times.days_between(period, unit) == days_between


@given(st.integers(1, 40), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_doses_of_an_order_stand_as_far_apart_as_it_says(every, start):
    of = course(every=every, start=start.isoformat())
    taken = [number for number in range(-3, 85) if list(times.slots(of, start + timedelta(days=number)))]

    assert taken == [number for number in range(85) if number % every == 0]


def test_steps_of_a_tapering_course_follow_each_other_without_gap_or_overlap():
    steps = [course(start="2026-03-10", end="2026-03-12"), course(start="2026-03-13", end="2026-03-15")]

    assert [days(step) for step in steps] == [[10, 11, 12], [13, 14, 15]]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-03-10T00:00:00+07:00", "", ["00:00", "23:59"]), ("2026-03-10T00:01:00+07:00", "", ["23:59"]),
        ("2026-03-09T17:00:00Z", "", ["00:00", "23:59"]), ("2026-03-09T17:00:01Z", "", ["23:59"]),
        ("", "2026-03-10T00:00:00+07:00", ["00:00"]), ("", "2026-03-09T16:59:59Z", []),
        ("", "2026-03-10", ["00:00", "23:59"]),
        ("", "2026-03", ["00:00", "23:59"]), ("", "2026", ["00:00", "23:59"]), ("", "2026-02", []),
        ("2026-03", "", ["00:00", "23:59"]), ("2026-04", "", []), ("2026", "2026", ["00:00", "23:59"]),
    ],
)  # fmt: skip
def test_midnight_belongs_to_the_day_that_begins_and_an_end_without_an_hour_to_its_last_minute(start, end, found):
    due = times.slots(course("00:00", "23:59", start=start, end=end), TUESDAY)

    assert [slot[11:16] for slot in due] == found


def test_hours_of_a_day_are_those_of_orders_that_run_on_it():
    courses = [course("20:00", "08:00"), course("06:00", end="2026-03-09"), course("12:00", weekdays=("wed",))]

    assert times.hours_on(courses, TUESDAY) == ["08:00", "20:00"]
    assert times.hours_on(courses, TUESDAY + timedelta(days=1)) == ["08:00", "12:00", "20:00"]


@pytest.mark.parametrize(
    ("end", "moment", "over"),
    [
        ("", NOW, False), ("2026-03-10", NOW, False), ("2026-03-09", NOW, True),
        ("2026-03-10", datetime(2026, 3, 10, 17, 30, tzinfo=UTC), True), ("2026-03-10T08:30:00+07:00", NOW, False),
        ("2026-03-10T01:29:59Z", NOW, True), ("2026-03", NOW, False), ("2025", NOW, True),
    ],
)  # fmt: skip
def test_order_is_over_after_its_end_in_vietnam(end, moment, over):
    assert times.is_over(end, moment) is over


# --- which dose may be recorded of an order ---------------------------------------------------------------------


def order(status="active", repeat=None, **more):
    regimen = Regimen(Decimal(1), "viên", **{"hours": ("08:00",), "start": "2026-03-01", "end": "2026-03-31"} | more)
    body = resources.request_resource(Ordered("o", "p", "f", "2026-03-01", {}), "A", "Thuốc A", regimen, None)
    body["dosageInstruction"][0].get("timing", {}).get("repeat", {}).update(repeat or {})
    return body | {"status": status}


def recorded(request, slot="2026-03-10T08:00:00+07:00"):
    with clock.frozen(NOW):
        return giving._moment(request, Given("o", slot, "given"))


def refused(request, slot="2026-03-10T08:00:00+07:00") -> str:
    with pytest.raises(Invalid) as told:
        recorded(request, slot)
    return told.value.code


def test_dose_of_the_hour_is_recorded_with_its_hour_and_now():
    assert recorded(order()) == ("2026-03-10T08:00:00+07:00", "2026-03-10T08:30:00+07:00")


@pytest.mark.parametrize(
    ("status", "code"),
    [("on-hold", "order-on-hold"), ("stopped", "order-stopped"), ("completed", "order-stopped"),
     ("cancelled", "order-stopped"), ("entered-in-error", "order-stopped"), ("draft", "order-stopped")],
)  # fmt: skip
def test_dose_of_an_order_that_is_held_or_ended_is_refused(status, code):
    assert refused(order(status)) == code
    assert refused(order(status, hours=(), as_needed=True), "") == code


def test_weekly_order_has_no_dose_on_other_days():
    weekly = {"period": 1, "periodUnit": "wk", "dayOfWeek": ["mon"]}

    assert refused(order(repeat=weekly)) == "dose-slot"
    assert recorded(order(repeat=weekly), "2026-03-09T08:00:00+07:00")
    assert recorded(order(repeat=weekly | {"dayOfWeek": ["tue"]}))


@pytest.mark.parametrize(
    "slot", ["2026-03-10T09:00:00+07:00", "2026-03-10T08:00:00Z", "2026-03-10", "hôm nay", "2026-02-28T08:00:00+07:00"]
)
def test_hour_that_the_order_does_not_have_is_refused(slot):
    assert refused(order(), slot) == "dose-slot"


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [("2026-03-01", "", ""), ("2026-03-10", "2026-03-10", ""), ("", "", ""), ("2026-03-11", "", "order-over"),
     ("2026-03-01", "2026-03-09", "order-over")],
)  # fmt: skip
def test_medicine_as_needed_is_given_within_the_days_of_its_order(start, end, code):
    needed = order(hours=(), as_needed=True, start=start, end=end)

    if code:
        assert refused(needed, "") == code
    else:
        assert recorded(needed, "") == ("2026-03-10T08:30:00+07:00",) * 2


def test_medicine_with_hours_is_not_given_without_one():
    assert refused(order(), "") == "dose-slot"


@pytest.mark.parametrize(
    ("regimen", "words"),
    [
        (Regimen(Decimal(1), "viên", ("08:00",)), "1 viên lúc 08:00"),
        (Regimen(Decimal("0.25"), "viên", as_needed=True), "0,25 viên khi cần"),
        (Regimen(Decimal(10), "ml", ("06:00", "22:00"), as_needed=True), "10 ml khi cần lúc 06:00, 22:00"),
        (Regimen(Decimal("1.500"), "viên", ("08:00",), route_words="Ngậm", note="sau ăn"),
         "1,5 viên lúc 08:00, ngậm, sau ăn"),
    ],
)  # fmt: skip
def test_words_of_an_order_say_every_hour_and_amounts_as_people_write_them(regimen, words):
    assert regimen.words() == words


def test_order_of_the_store_and_row_of_the_view_make_the_same_course():
    body = order(repeat={"period": 2, "periodUnit": "wk", "dayOfWeek": ["mon"]})
    row = {"id": "o", "patient_id": "", "medicine": "", "name": "", "dose_words": "", "hours": "08:00:00",
           "start_date": "2026-03-01", "end_date": "2026-03-31", "as_needed": None, "weekdays": "mon", "period": "2",
           "period_unit": "wk"}  # fmt: skip

    assert resources.course_of_request(body) == resources.course_of(row)
