"""The weekly timetable without clashes: who is where with whom, and where a planned session still fits. Pure.

Nobody is in two places at once: a person, a therapist, a machine take part in one booking at a time; a room takes as
many as it has places. `propose` looks for the first free times; it is greedy, and says what did not fit (ADR 0028).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.phrases import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Booking:
    """One session in the timetable. start, end: aware; the others are ids, "" for none."""

    id: str
    start: datetime
    end: datetime
    person: str
    therapist: str = ""
    room: str = ""
    machine: str = ""

    def overlaps(self, other: "Booking") -> bool:
        """Whether both are at the same time; one that begins when the other ends does not."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Hours:
    """When a facility works. step: minutes between possible beginnings; days: Monday is 0."""

    opens: time
    closes: time
    rest_from: time
    rest_to: time
    days: Sequence[int]
    step: int
    room_places: int


CLASHES = {
    "person": phrase("Người này đã có buổi khác vào giờ đó."),
    "therapist": phrase("Kỹ thuật viên đã có người khác vào giờ đó."),
    "machine": phrase("Máy đã có người khác dùng vào giờ đó."),
    "room": phrase("Phòng đã đủ chỗ vào giờ đó."),
}


def clashes(booking: Booking, others: Iterable[Booking], room_places: int) -> list[str]:
    """What is taken: `person`, `therapist`, `machine`, `room`; [] when the booking fits."""
    at_once = [one for one in others if one.id != booking.id and one.overlaps(booking)]
    found = [
        name
        for name in ("person", "therapist", "machine")
        if getattr(booking, name) and any(getattr(one, name) == getattr(booking, name) for one in at_once)
    ]
    if booking.room and _most_at_once(booking, [one for one in at_once if one.room == booking.room]) >= room_places:
        found.append("room")
    return found


def _most_at_once(booking: Booking, others: Sequence[Booking]) -> int:
    """The largest number of the others that are in the room together during the booking."""
    moments = [max(one.start, booking.start) for one in others]
    return max((sum(one.start <= moment < one.end for one in others) for moment in moments), default=0)


def clash_words(found: Sequence[str]) -> list[Phrase]:
    """The clashes as sentences."""
    return [CLASHES[name] for name in found]


def fits_hours(booking: Booking, hours: Hours) -> bool:
    """Within working hours of a working day, and not over the rest at noon."""
    start, end = booking.start.astimezone(VIETNAM), booking.end.astimezone(VIETNAM)
    if start.date() != end.date() or start.weekday() not in hours.days or start >= end:
        return False
    morning = hours.opens <= start.time() and end.time() <= hours.rest_from
    afternoon = hours.rest_to <= start.time() and end.time() <= hours.closes
    return morning or afternoon


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of the plan that wants `times` bookings of `minutes` in a week, on different days where it can."""

    activity: str
    times: int
    minutes: int
    like: Booking


def propose(
    week: date, wanted: Sequence[Wanted], busy: Sequence[Booking], hours: Hours
) -> tuple[list[Booking], list[Wanted]]:
    """(bookings that fit, what did not fit with how often it is missing). week: its Monday.

    Lines are taken as they stand; each booking takes the first free time of the day that has the fewest sessions of
    the same line, then of the person.
    """
    taken, placed, left = list(busy), [], []
    for want in wanted:
        missing = want.times
        days = dict.fromkeys(_days(week, hours), 0)
        while missing and (found := _next_place(want, days, taken, hours)):
            taken.append(found)
            placed.append(found)
            days[found.start.astimezone(VIETNAM).date()] += 1
            missing -= 1
        if missing:
            left.append(replace(want, times=missing))
    return placed, left


def _days(week: date, hours: Hours) -> list[date]:
    return [week + timedelta(days=number) for number in sorted(hours.days)]


def _next_place(want: Wanted, days: dict[date, int], taken: Sequence[Booking], hours: Hours) -> Booking | None:
    person = [one.start.astimezone(VIETNAM).date() for one in taken if one.person == want.like.person]
    for day in sorted(days, key=lambda one: (days[one], person.count(one), one)):
        for start in _starts(day, want.minutes, hours):
            end = start + timedelta(minutes=want.minutes)
            booking = replace(want.like, id=f"{want.activity}~{len(taken)}", start=start, end=end)
            if fits_hours(booking, hours) and not clashes(booking, taken, hours.room_places):
                return booking
    return None


def _starts(day: date, minutes: int, hours: Hours) -> Iterator[datetime]:
    start = datetime.combine(day, hours.opens, VIETNAM)
    last = datetime.combine(day, hours.closes, VIETNAM) - timedelta(minutes=minutes)
    while start <= last:
        yield start
        start += timedelta(minutes=hours.step)
