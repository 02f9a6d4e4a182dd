"""Where a goal is heading: two plain forecasts, when the target would be reached, and which facilities lack most. Pure.

The linear forecast is the least-squares line through the figures at the end of each year (and now); a year is the
shortest span used, so seasons play no part. The other forecast says what happens when nothing changes: the last
figure stays. Both are arithmetic, not a promise; pages say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Protocol

from ansinh.programme.plans import rules
from ansinh.programme.plans.rules import Comparator

LEAST_POINTS = 3
"""Figures that a line needs: through two there is always one, whatever they are."""
HORIZON = 10
"""Years after the last figure that a line is followed."""
QUARTER = 91.3125
"""Days of a quarter year, on average of four years."""

type Point = tuple[date, Decimal]


@dataclass(frozen=True, slots=True)
class Line:
    """value = level + slope × (days since `start`). slope: units a day."""

    start: date
    level: float
    slope: float

    def on(self, day: date, *, percent: bool) -> Decimal:
        """The value that the line has on a day, one decimal, never below 0 nor, for shares, above 100."""
        value = self.level + self.slope * (day - self.start).days
        bounded = min(max(value, 0.0), 100.0) if percent else max(value, 0.0)
        return Decimal(str(bounded)).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Forecast:
    """For one target. linear: on the due day by the line, None with too few figures; unchanged: the last figure;
    reached: year at whose end the line first meets the target (0: it does not within ten years); per_quarter: what is
    needed each quarter from now to the due day, None when the target is met or past."""

    due: date
    target: Decimal
    linear: Decimal | None
    unchanged: Decimal
    reached: int
    per_quarter: Decimal | None


def line(points: Sequence[Point]) -> Line | None:
    """The least-squares line through figures; None for fewer than three, or all of one day."""
    if len(points) < LEAST_POINTS:
        return None
    start = points[0][0]
    days = [(day - start).days for day, _ in points]
    values = [float(value) for _, value in points]
    mean_day, mean = sum(days) / len(days), sum(values) / len(values)
    spread = sum((day - mean_day) ** 2 for day in days)
    if not spread:
        return None
    slope = sum((day - mean_day) * (value - mean) for day, value in zip(days, values, strict=True)) / spread
    return Line(start, mean - slope * mean_day, slope)


def forecast(
    points: Sequence[Point], due: date, target: Decimal, comparator: Comparator, *, percent: bool
) -> Forecast | None:
    """The forecast for a target, from figures in the order of their days. None without any figure."""
    if not points:
        return None
    day, now = points[-1]
    found = line(points)
    met = rules.meets(now, target, comparator)
    return Forecast(
        due=due,
        target=target,
        linear=found.on(due, percent=percent) if found and due > day else None,
        unchanged=now.quantize(Decimal("0.1"), ROUND_HALF_UP),
        reached=day.year if met else _reached(found, day, target, comparator, percent=percent),
        per_quarter=None if met or due <= day else _per_quarter(target - now, (due - day).days),
    )


def _reached(found: Line | None, day: date, target: Decimal, comparator: Comparator, *, percent: bool) -> int:
    if found is None:
        return 0
    for year in range(day.year, day.year + HORIZON + 1):
        if rules.meets(found.on(date(year, 12, 31), percent=percent), target, comparator):
            return year
    return 0


def _per_quarter(gap: Decimal, days: int) -> Decimal:
    quarters = max(1, round(days / QUARTER))
    return (gap / quarters).quantize(Decimal("0.1"), ROUND_CEILING if gap > 0 else ROUND_HALF_UP)


class Counted(Protocol):
    """A facility's part of a share."""

    @property
    def facility_id(self) -> str: ...
    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...
    @property
    def hidden(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Lack:
    """What a facility lacks to reach the target by itself: `subjects` (people, facilities, techniques) more."""

    facility_id: str
    subjects: int


def lacking(facilities: Iterable[Counted], target: Decimal) -> list[Lack]:
    """Facilities below a target of "at least so many percent", those that lack most first; hidden ones are left out."""
    found = [
        Lack(each.facility_id, lack)
        for each in facilities
        if not each.hidden and each.denominator and (lack := _lack(each, target)) > 0
    ]
    return sorted(found, key=lambda each: (-each.subjects, each.facility_id))


def _lack(each: Counted, target: Decimal) -> int:
    needed = (target * each.denominator / 100).to_integral_value(ROUND_CEILING)
    return int(needed) - each.numerator
