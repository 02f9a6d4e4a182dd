"""What happens to a person over the years: checks, visits, rehabilitation sessions, screenings, as plain values.

Coverage grows year by year and differs between facilities, so that trends and comparisons have something to show.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ansinh.kernel.clock import VIETNAM
from sample_data import FIRST_YEAR, LAST_DAY
from sample_data.people import Person
from sample_data.profiles import Profile

# Share of residents who get their yearly check, by year: the programme's years of growth.
CHECKED = {2021: 0.34, 2022: 0.46, 2023: 0.58, 2024: 0.69, 2025: 0.81, 2026: 0.86}
DETAILED_FROM = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done. kind: code of CS("encounter-type"); vitals in mmHg, /min, °C, kg, cm."""

    kind: str
    at: datetime
    vitals: dict[str, float] = field(default_factory=dict)
    diagnoses: tuple[str, ...] = ()
    complaint: str = ""
    note: str = ""
    advice: str = ""
    techniques: tuple[str, ...] = ()
    tool: str = ""
    answers: tuple[int, ...] = ()


def draw(seed: int, person: Person) -> Iterator[Event]:
    """Every event of a person in order of time; none outside a stay, none after LAST_DAY."""
    rng = random.Random(f"{seed}/{person.id}/care")
    profile = person.profile
    frailty = rng.gauss(0, 1)
    for stay in person.stays:
        end = min(stay.end or LAST_DAY, LAST_DAY)
        for year in range(max(FIRST_YEAR, stay.start.year), end.year + 1):
            first, last = max(stay.start, date(year, 1, 4)), min(end, date(year, 12, 24))
            if first < last:
                yield from sorted(_year(rng, person, profile, frailty, first, last), key=lambda event: event.at)


def _year(
    rng: random.Random, person: Person, profile: Profile, frailty: float, first: date, last: date
) -> Iterator[Event]:
    detailed = last >= DETAILED_FROM
    if rng.random() < _checked(person, first.year):
        yield _check(rng, profile, frailty, _moment(rng, first, last), detailed)
        if detailed and rng.random() < 0.7:
            yield _check(rng, profile, frailty, _moment(rng, first, last), detailed)
    if detailed:
        for _ in range(rng.choices([0, 1, 2], [60, 30, 10])[0]):
            yield _visit(rng, profile, frailty, _moment(rng, first, last))
        for _ in range(min(profile.sessions, int(profile.sessions * rng.random() * 0.5))):
            yield _session(rng, _moment(rng, first, last))
        for tool in profile.screens:
            if rng.random() < 0.35:
                yield _screening(rng, tool, _moment(rng, first, last))


def _checked(person: Person, year: int) -> float:
    """Facilities differ by up to ±12 points, the same each year."""
    shift = random.Random(person.place.id).uniform(-0.12, 0.12)
    return min(max(CHECKED.get(year, 0.86) + shift, 0.05), 0.97)


def _check(rng: random.Random, profile: Profile, frailty: float, at: datetime, detailed: bool) -> Event:
    vitals = _vitals(rng, profile, frailty)
    kept = vitals if detailed else {key: vitals[key] for key in ("systolic", "diastolic", "weight")}
    diagnoses = (rng.choice(profile.conditions),) if rng.random() < 0.6 else ()
    return Event("periodic-check", at, kept, diagnoses, note="Khám sức khỏe định kỳ, các cơ quan ổn định.",
                 advice="Tiếp tục theo dõi, ăn uống đủ chất, vận động vừa sức.")  # fmt: skip


def _visit(rng: random.Random, profile: Profile, frailty: float, at: datetime) -> Event:
    complaint = rng.choice(["Đau khớp gối", "Mất ngủ", "Ho, sốt nhẹ", "Chóng mặt", "Đau lưng", "Ăn kém"])
    vitals = {key: value for key, value in _vitals(rng, profile, frailty).items() if key not in ("weight", "height")}
    return Event(
        "visit",
        at,
        vitals,
        (rng.choice(profile.conditions),),
        complaint=complaint,
        note=f"{complaint}, thăm khám chưa thấy dấu hiệu nặng.",
        advice="Nghỉ ngơi, tái khám khi cần.",
    )


def _session(rng: random.Random, at: datetime) -> Event:
    techniques = ("17.0037", "17.0039", "17.0041", "17.0052", "17.0053", "17.0085",
                  "17.0047", "17.0092", "17.0011", "17.0008")  # fmt: skip
    return Event("rehab-session", at, techniques=tuple(rng.sample(techniques, rng.choice([1, 2, 2]))))


ITEMS = {"phq-9": (9, 3), "gad-7": (7, 3), "audit-c": (3, 4), "barthel": (10, 3)}


def _screening(rng: random.Random, tool: str, at: datetime) -> Event:
    """Answers as option numbers from 0 upward; most people are well (and do most things themselves), some are not."""
    count, highest = ITEMS[tool]
    burden = rng.betavariate(1.2, 4.5)
    answers = [min(highest, int(rng.random() * 2 * burden * (highest + 1))) for _ in range(count)]
    if tool == "barthel":
        answers = [highest - answer for answer in answers]
    return Event("screening", at, tool=tool, answers=tuple(answers))


def _vitals(rng: random.Random, profile: Profile, frailty: float) -> dict[str, float]:
    old = sum(profile.ages) / 2 > 55
    young = profile.ages[1] <= 16
    systolic = round((132 if old else 100 if young else 120) + 9 * frailty + rng.gauss(0, 8))
    return {
        "systolic": systolic,
        "diastolic": max(45, min(systolic - 25, round(systolic * 0.62 + rng.gauss(0, 5)))),
        "pulse": round(78 + rng.gauss(0, 8)),
        "temperature": round(36.7 + rng.gauss(0, 0.25), 1),
        "weight": round((24 if young else 54) + 4 * frailty + rng.gauss(0, 3), 1),
        "height": round((118 if young else 158) + 2 * frailty),
    }


def _moment(rng: random.Random, first: date, last: date) -> datetime:
    day = first + timedelta(days=rng.randrange(max((last - first).days, 1)))
    return datetime.combine(day, time(7 + rng.randrange(9), rng.randrange(0, 60, 5)), VIETNAM)
