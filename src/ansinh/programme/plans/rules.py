"""Is a goal on its way, when is a task due, in which state is it. Pure: days and decimals in, words out elsewhere.

The path to a target is a straight line: from the baseline on the first day of the plan to the first target on its
due day, and on from there to the next target. A plan that gives no baseline is counted from 0 %. A goal is on track
when today's figure is on the line or better.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

State = Literal["reached", "on-track", "behind", "missed", "no-target", "unknown"]
Comparator = Literal[">=", "<=", "=", "none"]

COMPARATORS: tuple[Comparator, ...] = (">=", "<=", "=", "none")
RECURRENCES = ("continuous", "yearly", "once")

# What a task of a plan may become (FHIR Task.status), and from where.
STATES = ("requested", "in-progress", "on-hold", "completed", "cancelled")
OPEN_STATES = ("requested", "in-progress", "on-hold")
SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class Track:
    """Where a goal stands. expected: the value on the line today; gap: figure less expected, below 0 when behind."""

    state: State
    expected: Decimal | None = None
    gap: Decimal | None = None


def expected_on(baseline: Decimal | None, target: Decimal, start: date, end: date, today: date) -> Decimal:
    """The value that the straight line from baseline to target has on a day, one decimal. Before start the baseline,
    after end the target. Raises ValueError when the line has no length."""
    if end <= start:
        raise ValueError("a path ends after it starts")
    begin = baseline if baseline is not None else Decimal(0)
    share = Decimal((min(max(today, start), end) - start).days) / Decimal((end - start).days)
    return (begin + (target - begin) * share).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def on_track(
    baseline: Decimal | None,
    now: Decimal | None,
    target: Decimal | None,
    start: date,
    end: date,
    today: date,
    comparator: Comparator = ">=",
) -> Track:
    """Where a goal stands today.

    `no-target` when the plan gives no number to reach; `unknown` without a figure; `reached` when the figure meets
    the target; after the due day `missed`; else `on-track` when the figure is on the line or better, `behind` when not.
    """
    if target is None or comparator == "none":
        return Track("no-target")
    expected = expected_on(baseline, target, start, end, today)
    if now is None:
        return Track("unknown", expected)
    gap = (now - expected).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if meets(now, target, comparator):
        return Track("reached", expected, gap)
    if today > end:
        return Track("missed", expected, gap)
    return Track("on-track" if _on_line(now - expected, comparator) else "behind", expected, gap)


def meets(value: Decimal, target: Decimal, comparator: Comparator) -> bool:
    """True when a figure satisfies a target. `=` means exactly: for "100 %" plans say at least 100."""
    if comparator == "<=":
        return value <= target
    return value == target if comparator == "=" else value >= target


def _on_line(gap: Decimal, comparator: Comparator) -> bool:
    return gap <= 0 if comparator == "<=" else gap >= 0


def next_due(
    recurrence: str, due: date | None, month_day: tuple[int, int] | None, last: date, day: date
) -> date | None:
    """The deadline that a task has from `day` on: its own, or this or next year's; None for continuous work and when
    no deadline is left before the plan's `last` day."""
    if recurrence == "once":
        return due
    if recurrence != "yearly" or month_day is None:
        return None
    month, number = month_day
    following = date(day.year, month, number)
    if following < day:
        following = date(day.year + 1, month, number)
    return following if following <= last else None


def yearly_dates(month_day: tuple[int, int], first: date, last: date) -> list[date]:
    """Every deadline of a yearly task within the plan."""
    dates = [date(year, *month_day) for year in range(first.year, last.year + 1)]
    return [day for day in dates if first <= day <= last]


def urgency(status: str, due: date | None, today: date) -> str:
    """`done`, `overdue`, `soon` (within 30 days), `open` or `stopped`."""
    if status == "completed":
        return "done"
    if status not in OPEN_STATES:
        return "stopped"
    if due is None:
        return "open"
    if due < today:
        return "overdue"
    return "soon" if (due - today).days <= SOON_DAYS else "open"


def settled(status: str, progress: int) -> int:
    """Progress that fits a state: nothing before the start, all at the end."""
    return {"requested": 0, "completed": 100}.get(status, progress)
