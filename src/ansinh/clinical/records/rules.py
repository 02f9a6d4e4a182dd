"""How long a record is kept, and which group of the record an entry belongs to. Pure; the numbers are data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ansinh.kernel.clock import VIETNAM

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """How long one kind of record is kept, and where it says so. icd10: beginnings of codes that make it apply."""

    id: str
    years: int
    title: str
    row: str
    icd10: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """Which class applies and until which day, the last of a year; None while the care goes on."""

    kept_as: RetentionClass
    until: date | None


def retention(classes: Sequence[RetentionClass], *, codes: Iterable[str], died: bool, ended: date | None) -> Retention:
    """The longest class that applies, counted from the year in which the care ended.

    codes: ICD-10 of the record. classes: `died` and the one without codes (ordinary) among them. A record that holds
    papers of several classes is kept as long as the longest (Luật Lưu trữ 2024, Điều 15 khoản 4).
    """
    written = [code.upper() for code in codes]
    fitting = [one for one in classes if _applies(one, written, died)]
    longest = max(fitting, key=lambda one: one.years)
    return Retention(longest, date(ended.year + longest.years, 12, 31) if ended else None)


def _applies(one: RetentionClass, codes: Sequence[str], died: bool) -> bool:
    if one.id == "died":
        return died
    return not one.icd10 or any(code.startswith(one.icd10) for code in codes)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the record. takes: whether an entry belongs to it."""

    id: str
    title: str
    takes: Callable[[Resource], bool]


@dataclass(frozen=True, slots=True)
class Grouped:
    """A group with what it holds, in the order of time."""

    id: str
    title: str
    resources: tuple[Resource, ...] = field(default=())


def grouped(groups: Sequence[Group], order: Sequence[str], resources: Iterable[Resource]) -> list[Grouped]:
    """Every group in the order of printing, the empty ones too; an entry stands in the first group that takes it."""
    titles = {group.id: group.title for group in groups}
    found: dict[str, list[Resource]] = {name: [] for name in order}
    for one in resources:
        name = next((group.id for group in groups if group.takes(one)), "")
        if name:
            found[name].append(one)
    return [Grouped(name, titles[name], tuple(sorted(ones, key=_in_time))) for name, ones in found.items()]


_MOMENTS = (
    "effectiveDateTime", "effectiveInstant", "performedDateTime", "recordedDate", "authored", "authoredOn",
    "occurrenceDateTime", "whenHandedOver", "startDate",
)  # fmt: skip
_PERIODS = ("period", "performedPeriod", "effectivePeriod", "timingPeriod")
_STAMPS = ("date", "issued", "recorded", "recordedOn", "dateAsserted", "whenPrepared", "statusDate")


def moment_of(resource: Resource) -> str:
    """When an entry happened, as far as it says: FHIR date or dateTime, "" where it says nothing."""
    begun = (resource.get(name, {}).get("start") for name in _PERIODS)
    said = (*(resource.get(name) for name in _MOMENTS), *begun, *(resource.get(name) for name in _STAMPS))
    return str(next((one for one in said if one), ""))


def _in_time(resource: Resource) -> tuple[str, str]:
    """What orders entries: a day before the hours of that day, hours of other zones among those of Vietnam."""
    at = moment_of(resource)
    if len(at) <= len("2026-01-31"):
        return at, ""
    local = datetime.fromisoformat(at).astimezone(VIETNAM)
    return local.date().isoformat(), local.time().isoformat()
