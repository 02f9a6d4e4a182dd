"""At which hours doses are due, and when one may be recorded. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from ansinh.kernel.clock import VIETNAM, at_home
from ansinh.kernel.errors import Invalid

# Conventions of the project: a round begins before its hour, and a dose given within the round is told as of now.
EARLY = timedelta(minutes=60)
LATE = timedelta(minutes=120)
OLDEST = timedelta(days=7)  # what was given longer ago is no round any more
# Codes of FHIR's days-of-week, Monday first as `date.weekday` counts.
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = {"d": 1, "wk": 7}


@dataclass(frozen=True, slots=True)
class Course:
    """An order that runs. hours: `08:00`; start, end: FHIR dateTimes, "" for open; as_needed: without hours.

    weekdays: codes of the only days of the week on which it is taken; every: days from one day of taking to the next,
    0 where the order repeats in a way that no round can follow (by months, by hours).
    """

    id: str
    person: str
    medicine: str
    name: str
    dose: str
    hours: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    as_needed: bool = False
    weekdays: tuple[str, ...] = ()
    every: int = 1


def slots(course: Course, day: date) -> Iterator[str]:
    """The hours of a day at which a dose of this order is due, as FHIR dateTimes."""
    for hour in course.hours if is_taken(course, day) else ():
        moment = datetime.combine(day, time.fromisoformat(hour), VIETNAM)
        if runs(course, moment):
            yield moment.isoformat(timespec="seconds")


def is_taken(course: Course, day: date) -> bool:
    """Whether a day is one of the order's: the day of the week, the second day, the week after next."""
    if not course.weekdays:
        return _in_turn(course, day)
    monday = day - timedelta(days=day.weekday())
    return WEEKDAYS[day.weekday()] in course.weekdays and _in_turn(course, monday, len(WEEKDAYS))


def _in_turn(course: Course, day: date, week: int = 0) -> bool:
    """True when `every` days have passed since the start; from Monday to Monday with week = 7."""
    if course.every <= 1 or course.every == week:
        return course.every > 0
    begun = at_home(course.start)[:10]
    if len(begun) < len("2026-03-10"):
        return False  # nobody can say which day it is
    first = date.fromisoformat(begun)
    return (day - first + timedelta(days=first.weekday() if week else 0)).days % course.every == 0


def days_between(period: str, unit: str) -> int:
    """`Timing.repeat.period` and its unit as days; 1 where nothing is said, 0 for what is no number of whole days."""
    if not unit:
        return 1
    try:
        count = Decimal(period or 1) * _DAYS.get(unit, 0)
    except InvalidOperation:
        return 0
    return int(count) if count == count.to_integral_value() and count > 0 else 0


def runs(course: Course, moment: datetime) -> bool:
    """Whether an order has begun and is not over. A day, month or year without an hour is in it to its end."""
    day = moment.astimezone(VIETNAM).date().isoformat()
    begun = day[: len(course.start)] >= course.start if len(course.start) <= 10 else moment >= _read(course.start)
    return begun and not is_over(course.end, moment)


def is_over(end: str, moment: datetime) -> bool:
    """Whether an end (FHIR dateTime of any precision, "" for none) lies before a moment."""
    if len(end) > 10:
        return moment > _read(end)
    return moment.astimezone(VIETNAM).date().isoformat()[: len(end)] > end


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def hours_on(courses: Iterable[Course], day: date) -> list[str]:
    """Every hour of a day at which something is due, in order."""
    return sorted({slot[11:16] for course in courses for slot in slots(course, day)})


def nearest(hours: Sequence[str], now: datetime) -> str:
    """The hour whose round is on now or was last; the first one before all rounds; "" for none."""
    local = now.astimezone(VIETNAM)
    soon = local + EARLY
    last = soon.strftime("%H:%M") if soon.date() == local.date() else "23:59"
    begun = [hour for hour in hours if hour <= last]
    return begun[-1] if begun else next(iter(hours), "")


def moment_of_dose(slot: str, now: datetime) -> str:
    """When a dose counts as given: now within its round, its own hour when it is recorded later.

    Raises Invalid for a dose whose hour has not come, or is too long ago.
    """
    due = datetime.fromisoformat(slot)
    if due > now + EARLY:
        raise Invalid("Chưa đến giờ của liều này.", code="dose-future", field="slot")
    if due < now - OLDEST:
        raise Invalid("Liều này đã quá lâu. Ghi vào phiếu khám nếu cần.", code="dose-old", field="slot")
    at = now if now - due <= LATE else due
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")
