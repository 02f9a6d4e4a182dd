"""What may be written about a visit or a check. Pure: plain values in, plain values or `Invalid` out.

Limits of vitals are plausibility limits of the project, given as data; nothing here says what is normal or ill.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from ansinh.kernel.clock import at_home
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import format_number

_CLOCKS_DIFFER = timedelta(minutes=5)  # clocks of two machines are never quite equal


@dataclass(frozen=True, slots=True)
class Vital:
    """One thing that is measured, and between which values an entry is believed."""

    name: str
    label: str
    loinc: str
    unit: str
    ucum: str
    min: Decimal
    max: Decimal
    places: int = 0
    category: str = "vital-signs"


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """How often people are checked, by which law, and which parts of the body are looked at (code → label)."""

    months: int
    source: str
    says: str
    parts: Mapping[str, str]


def vital_problems(values: Mapping[str, Decimal], vitals: Mapping[str, Vital]) -> list[Problem]:
    """Everything impossible in a set of measurements: outside the limits, unknown, systolic not above diastolic."""
    problems = [problem for name, value in values.items() if (problem := _range_problem(name, value, vitals.get(name)))]
    systolic, diastolic = values.get("systolic"), values.get("diastolic")
    if systolic is not None and diastolic is not None and systolic <= diastolic:
        message = phrase("Huyết áp tâm thu phải lớn hơn huyết áp tâm trương.")
        problems.append(Problem("value", message, "diastolic", key="pressure-order"))
    if (systolic is None) != (diastolic is None):
        missing = "diastolic" if diastolic is None else "systolic"
        problems.append(Problem("required", "Huyết áp cần đủ hai số.", missing, key="pressure-half"))
    return problems


def _range_problem(name: str, value: Decimal, vital: Vital | None) -> Problem | None:
    if vital is None:
        return Problem("code-invalid", "Không có chỉ số này trong danh mục.", name, key="vital-unknown")
    if vital.min <= value <= vital.max:
        return None
    low, high = format_number(vital.min), format_number(vital.max)
    message = phrase(
        "%(label)s phải từ %(low)s đến %(high)s %(unit)s. Hãy đo hoặc gõ lại.",
        label=vital.label,
        low=low,
        high=high,
        unit=vital.unit,
    )
    return Problem("value", message, name, key="vital-range")


def bmi(weight: Decimal | None, height: Decimal | None) -> Decimal | None:
    """Body-mass index, kg/m², one decimal; None unless both weight (kg) and height (cm) are known."""
    if not weight or not height:
        return None
    metres = height / 100
    return (weight / (metres * metres)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def moment_of_care(moment: datetime, birth: str, now: datetime, field: str = "moment", *, death: str = "") -> datetime:
    """When it happened: not in the future, not before the person was born, not after the day on which they died.

    birth, death: FHIR dates as far as they are known, "" otherwise. What was done before a death may be written later.
    """
    if moment > now + _CLOCKS_DIFFER:
        raise Invalid("Ngày giờ này chưa đến.", code="care-future", field=field)
    day = at_home(moment.isoformat())[:10]
    if birth and day[: len(birth)] < birth:
        raise Invalid("Ngày này ở trước ngày sinh.", code="care-before-birth", field=field)
    known = at_home(death)[:10] if death[:1].isdigit() else ""
    if known and day[: len(known)] > known:
        raise Invalid("Ngày này ở sau ngày mất.", code="care-after-death", field=field)
    return moment


@lru_cache(maxsize=4096)
def next_check(done: date, months: int) -> date:
    """The day the next check is due: the same day of the month, or its last day (31/8 + 6 months → 28/2)."""
    index = done.year * 12 + done.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(done.day, last))


def something_written(*values: object) -> None:
    """A visit needs at least one thing seen, measured or said."""
    if not any(values):
        raise Invalid(
            "Phiếu còn trống. Hãy ghi ít nhất một chỉ số, lý do khám, chẩn đoán hoặc nhận xét.",
            code="visit-empty",
        )
