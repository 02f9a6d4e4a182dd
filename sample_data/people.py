"""Who the facilities serve: drawn from what each kind of facility is there for."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from ansinh.kernel.ids import stable_id
from sample_data import LAST_DAY, names
from sample_data.profiles import Profile, profile_for


@dataclass(frozen=True, slots=True)
class Place:
    """A facility to draw people for. kind: code of CS("facility-kind"); communes: (code, name) nearby."""

    id: str
    kind: str
    province: str
    province_code: str
    communes: tuple[tuple[str, str], ...]
    old_code: str


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay; `end` empty while it lasts."""

    kind: str
    start: date
    end: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic person in plain values. birth: ISO with the precision known ("1948" or "1948-03-09")."""

    id: str
    name: str
    sex: str
    birth: str
    ethnicity: str
    place: Place
    commune: tuple[str, str]
    profile: Profile
    cccd: str = ""
    bhyt: str = ""
    bhyt_from: date | None = None
    phone: str = ""
    groups: tuple[tuple[str, date], ...] = ()
    disability: tuple[str, str, date] | None = None
    guardian: tuple[str, str] | None = None
    stays: tuple[Stay, ...] = field(default_factory=tuple)

    @property
    def born(self) -> date:
        """The birth date, the middle of the year where only the year is known."""
        return date.fromisoformat(self.birth) if len(self.birth) == 10 else date(int(self.birth[:4]), 7, 1)


def draw(seed: int, places: list[Place], count: int) -> Iterator[Person]:
    """`count` people spread over `places`; the n-th person of a seed is the same whatever `count` is."""
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        yield _person(rng, seed, number, rng.choice(places))


def _person(rng: random.Random, seed: int, number: int, place: Place) -> Person:
    profile = profile_for(rng, place.kind)
    sex = "male" if rng.random() < profile.male else "female"
    ethnicity = _ethnicity(rng, place)
    born = _birthday(rng, profile.ages)
    year_only = rng.random() < (0.35 if born.year < 1955 else 0.06)
    return Person(
        id=stable_id("synthetic", str(seed), str(number)),
        name=names.draw(rng, sex, ethnicity),
        sex=sex,
        birth=str(born.year) if year_only else born.isoformat(),
        ethnicity=ethnicity,
        place=place,
        commune=rng.choice(place.communes),
        profile=profile,
        cccd=_citizen_number(rng, place, sex, born) if rng.random() < profile.papers else "",
        bhyt=f"{rng.randrange(10**10):010d}" if rng.random() < 0.88 else "",
        bhyt_from=date(2021, 1, 1),
        phone=f"09{rng.randrange(10**8):08d}" if rng.random() < 0.5 else "",
        groups=tuple(
            (code, max(born, _day(rng, date(2012, 1, 1), date(2023, 1, 1)))) for code in profile.groups(rng, born)
        ),
        disability=_disability(rng, profile.disability, born),
        guardian=_guardian(rng, profile.guardian, born),
        stays=_stays(rng, profile),
    )


def _ethnicity(rng: random.Random, place: Place) -> str:
    if place.old_code == "067":
        return rng.choices(["Kinh", "Mnông", "Ê Đê", "Tày"], [65, 18, 10, 7])[0]
    return rng.choices(["Kinh", "Mường"], [97, 3])[0]


def _birthday(rng: random.Random, ages: tuple[int, int]) -> date:
    youngest, oldest = ages
    age = rng.triangular(youngest, oldest, (youngest + oldest) / 2)
    return LAST_DAY - timedelta(days=int(age * 365.25) + rng.randrange(365))


def _citizen_number(rng: random.Random, place: Place, sex: str, born: date) -> str:
    """12 digits: old province code, century and sex, year, six digits that begin with 000 (no one has them)."""
    century = (0 if born.year < 2000 else 2) + (0 if sex == "male" else 1)
    return f"{place.old_code}{century}{born.year % 100:02d}000{rng.randrange(1000):03d}"


def _disability(rng: random.Random, choice: tuple[float, str] | None, born: date) -> tuple[str, str, date] | None:
    if choice is None or rng.random() > choice[0]:
        return None
    level = rng.choices(["very-severe", "severe", "mild"], [35, 50, 15])[0]
    return choice[1], level, max(born, _day(rng, date(2013, 1, 1), date(2024, 1, 1)))


def _guardian(rng: random.Random, share: float, born: date) -> tuple[str, str] | None:
    if born.year < LAST_DAY.year - 16 and rng.random() > share:
        return None
    return names.draw(rng, rng.choice(["male", "female"]), "Kinh"), f"09{rng.randrange(10**8):08d}"


def _stays(rng: random.Random, profile: Profile) -> tuple[Stay, ...]:
    kind, reason = profile.stay, profile.discharge
    start = _day(rng, date(2018, 1, 1), date(2026, 6, 1))
    if kind == "convalescence":
        return _convalescences(rng)
    if rng.random() > profile.leaves:
        return (Stay(kind, start),)
    end = min(start + timedelta(days=rng.randrange(20, 700)), LAST_DAY - timedelta(days=rng.randrange(60)))
    first = Stay(kind, start, max(end, start), reason)
    if rng.random() < 0.3 and first.end and first.end < date(2026, 5, 1):
        return first, Stay(kind, _day(rng, first.end + timedelta(days=1), date(2026, 6, 1)))
    return (first,)


def _convalescences(rng: random.Random) -> tuple[Stay, ...]:
    """Five to ten days, yearly or every second year (NĐ 131/2021, Điều 84-87)."""
    starts = [_day(rng, date(year, 3, 1), date(year, 10, 20)) for year in range(2021 + rng.randrange(2), 2027, 2)]
    return tuple(
        Stay("convalescence", start, start + timedelta(days=rng.randrange(5, 11)), "convalescence-ended")
        for start in starts
    )


def _day(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange(max((last - first).days, 1)))
