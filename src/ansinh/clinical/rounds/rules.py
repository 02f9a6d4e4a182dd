"""What belongs to a round, and which shift an hour belongs to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from ansinh.kernel.errors import Problem

VITALS_ROUND = "vitals-round"
# What a round measures, in the order of the grid; weight and glucose last: they are not taken on every round.
COLUMNS = ("systolic", "diastolic", "pulse", "temperature", "spo2", "respiration", "weight", "glucose")


@dataclass(frozen=True, slots=True)
class RowEntry:
    """What was measured of one person. stay, facility: where it belongs; inpatient: class of the contact."""

    person: str
    stay: str
    birth: str
    measures: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoundResult:
    """Whose rows were written now, whose were there already, and what is wrong with the others."""

    saved: Sequence[str] = ()
    before: Sequence[str] = ()
    problems: Mapping[str, Sequence[Problem]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """A part of the day. begin: hour at which it begins; the last one ends at the first one's hour of the next day."""

    code: str
    title: str
    title_en: str
    begin: int

    def words(self, language: str) -> str:
        """What it is called."""
        return self.title_en if language == "en" else self.title


def shift_at(moment: datetime, shifts: Sequence[Shift]) -> tuple[date, Shift]:
    """(day on which the shift began, the shift) of a moment in Vietnam's time."""
    begun = [shift for shift in shifts if shift.begin <= moment.hour]
    if begun:
        return moment.date(), max(begun, key=lambda shift: shift.begin)
    return moment.date() - timedelta(days=1), max(shifts, key=lambda shift: shift.begin)


def begins(day: date, shift: Shift) -> datetime:
    """When a shift begins, without a zone: Vietnam's clock."""
    return datetime(day.year, day.month, day.day, shift.begin)
