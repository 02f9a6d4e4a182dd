"""Arithmetic of indicators: periods, percentages, small numbers. Pure, exact (Decimal), no clock."""

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from ansinh.kernel.errors import Invalid

SMALL = 5
"""Counts of people below this are not shown to readers who may not see names: a person could be recognised."""

_PERIOD = re.compile(r"(?P<year>(?:19|20)\d\d)(?:-(?P<part>H[12]|Q[1-4]|0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days from `start` to `end`, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period ends on or after its first day")

    def until(self, today: date) -> "Period":
        """The part that has already passed; a period not yet begun shrinks to its first day.

        A figure of the running year is counted up to today, or "in the last 12 months" would look into the future.
        """
        return Period(self.start, max(self.start, min(self.end, today)))

    @property
    def label(self) -> str:
        """The short form that `parse_period` reads, or ISO dates for other spans."""
        for text in (f"{self.start:%Y}", f"{self.start:%Y-%m}", *_parts(self.start.year)):
            if parse_period(text) == self:
                return text
        return f"{self.start.isoformat()}..{self.end.isoformat()}"


def _parts(year: int) -> list[str]:
    return [f"{year}-{part}" for part in ("H1", "H2", "Q1", "Q2", "Q3", "Q4")]


def year(number: int) -> Period:
    """The calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def parse_period(text: str) -> Period:
    """`2025`, `2025-H1`, `2025-Q3` or `2025-07`. Raises Invalid."""
    match = _PERIOD.fullmatch(text.strip().upper())
    if not match:
        raise Invalid(
            "Kỳ báo cáo phải viết như 2025, 2025-H1 (6 tháng), 2025-Q3 (quý) hoặc 2025-07 (tháng).", field="ky"
        )
    number, part = int(match["year"]), match["part"]
    if part is None:
        return year(number)
    if part[0] in "HQ":
        length = 6 if part[0] == "H" else 3
        first = (int(part[1]) - 1) * length + 1
    else:
        first, length = int(part), 1
    last = first + length - 1
    return Period(date(number, first, 1), date(number, last, calendar.monthrange(number, last)[1]))


def months_before(day: date, months: int) -> date:
    """The first day of the span of `months` that ends on `day`: 31/12/2025 and 12 give 01/01/2025."""
    index = day.year * 12 + day.month - 1 - months
    length = calendar.monthrange(index // 12, index % 12 + 1)[1]
    return date(index // 12, index % 12 + 1, min(day.day, length)) + timedelta(days=1)


def parameters(period: Period, position: int) -> dict[str, str | int]:
    """What every measure's SQL may name: `:from :to :to_6m :to_12m` (ISO dates) and `:as_of`."""
    return {
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "to_6m": months_before(period.end, 6).isoformat(),
        "to_12m": months_before(period.end, 12).isoformat(),
        "as_of": position,
    }


def percent(numerator: int, denominator: int) -> Decimal | None:
    """Share in percent, one decimal, halves up (12,25 → 12,3). None where there is nobody to count.

    >>> percent(1, 8), percent(2, 3), percent(0, 0)
    (Decimal('12.5'), Decimal('66.7'), None)
    """
    if denominator <= 0:
        return None
    return (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def value(unit: str, numerator: int, denominator: int) -> Decimal | None:
    """What is shown for a measure of this unit: `percent` a share, `count` the count itself."""
    return Decimal(numerator) if unit == "count" else percent(numerator, denominator)


def exact(unit: str, numerator: int, denominator: int) -> Decimal | None:
    """The same before it is rounded: what a goal is judged by, so that 79,96 % has not reached 80 %."""
    if unit == "count":
        return Decimal(numerator)
    return Decimal(numerator) * 100 / Decimal(denominator) if denominator > 0 else None


def is_small(counts: Iterable[int]) -> bool:
    """True when one of the counts of people would let somebody be recognised. A zero says nothing about anybody."""
    return any(0 < count < SMALL for count in counts)


def suppressed(rows: Mapping[str, Sequence[int]]) -> set[str]:
    """Rows of a table of people that are not shown: those with a small count, and when that is one row only, the
    next smallest too, or the hidden one would follow from the total."""
    hidden = {key for key, counts in rows.items() if is_small(counts)}
    others = sorted((max(counts), key) for key, counts in rows.items() if key not in hidden and max(counts) > 0)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return hidden


def on_day(values: Sequence[Mapping], day: date) -> Mapping | None:
    """The entry of a dated list (`from`, `to`, ISO or empty) that holds on `day`."""
    text = day.isoformat()
    for entry in values:
        if str(entry.get("from") or "") <= text <= str(entry.get("to") or "9999"):
            return entry
    return None
