"""At which hours doses are due, and when one may be recorded. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.errors import Invalid

# Conventions of the project: a round begins before its hour, and a dose given within the round is told as of now.
EARLY = timedelta(minutes=60)
LATE = timedelta(minutes=120)
OLDEST = timedelta(days=7)  # what was given longer ago is no round any more


@dataclass(frozen=True, slots=True)
class Course:
    """An order that runs. hours: `08:00`; start, end: FHIR dateTimes, "" for open; as_needed: without hours."""

    id: str
    person: str
    medicine: str
    name: str
    dose: str
    hours: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    as_needed: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A dose that is due. slot: FHIR dateTime of its hour in Vietnam."""

    course: Course
    slot: str


def slots(course: Course, day: date) -> Iterator[str]:
    """The hours of a day at which a dose of this order is due, as FHIR dateTimes."""
    for hour in course.hours:
        moment = datetime.combine(day, time.fromisoformat(hour), VIETNAM)
        if _begun(course.start, moment) and not (course.end and _before(course.end, moment)):
            yield moment.isoformat(timespec="seconds")


def _begun(start: str, moment: datetime) -> bool:
    return not start or (
        moment.date().isoformat() >= start if len(start) <= 10 else moment >= datetime.fromisoformat(start)
    )


def _before(end: str, moment: datetime) -> bool:
    return moment.date().isoformat() > end if len(end) <= 10 else moment > datetime.fromisoformat(end)


def hours_of(courses: Iterable[Course]) -> list[str]:
    """Every hour at which something is due, in order."""
    return sorted({hour[:5] for course in courses for hour in course.hours})


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
