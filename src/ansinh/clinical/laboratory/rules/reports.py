"""A report as plain values, and how a value stands to its range. Pure.

Ranges come with the laboratory's own report or from an imported list with its source; none stands in code.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ansinh.clinical.laboratory.rules.units import same_unit
from ansinh.clinical.registry.rules import age
from ansinh.kernel.errors import Problem
from ansinh.kernel.phrases import phrase

CRITICAL = ("LL", "HH", "AA")
# Codes of HL7 v3 ObservationInterpretation that a report may carry; `<` and `>`: off the scale of the instrument.
FLAGS = ("N", "L", "H", "LL", "HH", "A", "AA", "<", ">", "POS", "NEG", "S", "R", "I")


@dataclass(frozen=True, slots=True)
class Limits:
    """A range. low, high: usual values, both included; the critical ones begin beyond theirs. text: as it was said;
    strict: its one end is no usual value any more (`<5`)."""

    low: Decimal | None = None
    high: Decimal | None = None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None
    text: str = ""
    source: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of a report. system: of its code; comparator: `<`, `>`, `<=`, `>=` before a number; flag: one of FLAGS,
    as the laboratory says it; status: of FHIR Observation."""

    code: str
    name: str
    value: Decimal | str
    unit: str = ""
    system: str = ""
    comparator: str = ""
    flag: str = ""
    flag_words: str = ""
    limits: Limits | None = None
    note: str = ""
    status: str = "final"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom a report says that it is about: numbers as written, name, FHIR date of birth, FHIR gender."""

    numbers: tuple[str, ...] = ()
    name: str = ""
    birth: str = ""
    gender: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One report. number: the laboratory's own, which makes it one; moment: FHIR dateTime of the sample."""

    number: str
    whose: Whose
    panel: str
    moment: str
    results: tuple[Measured, ...] = ()
    panel_code: str = ""
    panel_system: str = ""
    issued: str = ""
    laboratory: str = ""
    status: str = "final"
    category: str = "LAB"
    conclusion: str = ""
    note: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A range for some people. Ages in years, from `age_from` up to but not including `age_to`; sex "" for all."""

    code: str
    limits: Limits
    sex: str = ""
    age_from: Decimal = Decimal(0)
    age_to: Decimal | None = None
    unit: str = ""


def band_for(bands: Iterable[Band], unit: str, gender: str, birth: str, day: date) -> Band | None:
    """The range that holds for this person on a day: same unit, sex and age; the narrowest first. None when the birth
    is not known and every range is for some ages only."""
    fitting = [
        band for band in bands if same_unit(band.unit, unit) and band.sex in ("", gender) and _holds(band, birth, day)
    ]
    return min(fitting, key=lambda band: (not band.sex, _span(band)), default=None)


def _holds(band: Band, birth: str, day: date) -> bool:
    if not band.age_from and band.age_to is None:
        return True
    if not birth:
        return False
    years = Decimal(age(birth, day).months) / 12
    return band.age_from <= years and (band.age_to is None or years < band.age_to)


def _span(band: Band) -> Decimal:
    return (Decimal(200) if band.age_to is None else band.age_to) - band.age_from


def with_flag(measured: Measured, band: Band | None) -> Measured:
    """The line with a range where it brought none, and a flag where its laboratory gave none.

    The laboratory's own range stands; critical limits of the list are looked at besides. What the laboratory flagged
    is never made milder.
    """
    own = measured.limits
    limits = own or (band.limits if band else None)
    if own and band:
        limits = replace(own, critical_low=band.limits.critical_low, critical_high=band.limits.critical_high)
    told = _told(measured.value, measured.comparator, limits) if isinstance(measured.value, Decimal) and limits else ""
    flag = told if told in CRITICAL or not measured.flag else measured.flag
    return replace(measured, limits=limits, flag=measured.flag if measured.flag in CRITICAL else flag)


def _told(value: Decimal, comparator: str, limits: Limits) -> str:
    """The flag that every value behind a sign has, on one side the milder: `>10` where 10 is the upper end is high,
    `<5` of 3 to 9 may be low or not and has none."""
    low, high = (flag_of(end, limits) for end in _reach(value, comparator))
    if low == high:
        return low
    sides = ("L", "LL"), ("H", "HH")
    return next((side[0] for side in sides if low in side and high in side), "")


def _reach(value: Decimal, comparator: str) -> tuple[Decimal, Decimal]:
    """The least and the greatest value that a sign before a number leaves. What is below a positive number is taken
    for nought or more: concentrations and counts are."""
    least = Decimal(0) if value > 0 else Decimal("-Infinity")
    return {
        "<": (least, value.next_minus()),
        "<=": (least, value),
        ">": (value.next_plus(), Decimal("Infinity")),
        ">=": (value, Decimal("Infinity")),
    }.get(comparator, (value, value))


def flag_of(value: Decimal, limits: Limits) -> str:
    """`LL`, `L`, `N`, `H`, `HH`; "" where there is no limit to judge by."""
    if limits.critical_low is not None and value < limits.critical_low:
        return "LL"
    if limits.critical_high is not None and value > limits.critical_high:
        return "HH"
    if limits.low is not None and (value < limits.low or (limits.strict and value == limits.low)):
        return "L"
    if limits.high is not None and (value > limits.high or (limits.strict and value == limits.high)):
        return "H"
    return "" if limits.low is None and limits.high is None else "N"


def is_critical(measured: Measured) -> bool:
    """True for what a clinician must know now."""
    return measured.flag in CRITICAL and measured.status not in ("cancelled", "entered-in-error")


def limit_problems(limits: Limits, place: str) -> Iterator[Problem]:
    """A range whose ends are not in order: critical low ≤ low < high ≤ critical high."""
    ends = [limits.critical_low, limits.low, limits.high, limits.critical_high]
    known = [end for end in ends if end is not None]
    if known != sorted(known) or (limits.low is not None and limits.low == limits.high):
        message = phrase("Khoảng tham chiếu không theo thứ tự: nguy hiểm thấp, thấp, cao, nguy hiểm cao.")
        yield Problem("value", message, place, key="range-order")
