"""System.Date, DateTime and Time: components with the precision they were written in."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from typing import Literal

Kind = Literal["Date", "DateTime", "Time"]

_CLOCK = r"(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?"
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(T(?:" + _CLOCK + r"(Z|[+-]\d{2}:\d{2})?)?)?", re.ASCII)
_TIME = re.compile("T?" + _CLOCK, re.ASCII)
_EARLIEST_ZONE, _LATEST_ZONE = 14 * 60, -12 * 60
_DAY_SECONDS = 86_400

# A component: (name, seconds where it has a fixed length).
_STEP_SECONDS = {"week": 604_800, "day": 86_400, "hour": 3600, "minute": 60, "second": 1}


@dataclass(frozen=True, slots=True)
class Temporal:
    """parts: year, month, day, hour, minute, second as far as written (Time starts at hour); the second is a Decimal
    with its fraction. zone: minutes east of UTC, None where none was written.
    """

    kind: Kind
    parts: tuple[int | Decimal, ...]
    zone: int | None = None

    @staticmethod
    def read(text: str, kind: str | None = None) -> "Temporal | None":
        """Read `2014-01`, `2014-01-05T10:30`, `T10:30`, `10:30`; None when it is none of them or does not exist."""
        return _read(text, kind)

    def __str__(self) -> str:
        if self.kind == "Time":
            return _clock(self.parts)
        day = "-".join(f"{part:0{width}d}" for part, width in zip(self.parts[:3], (4, 2, 2), strict=False))
        if self.kind == "Date":
            return day
        if len(self.parts) <= 3:
            return day
        return f"{day}T{_clock(self.parts[3:])}{self.zone_text()}"

    def zone_text(self) -> str:
        """`Z`, `+07:00` or ""."""
        if self.zone is None:
            return ""
        sign = "-" if self.zone < 0 else "+"
        return f"{sign}{abs(self.zone) // 60:02d}:{abs(self.zone) % 60:02d}" if self.zone else "Z"

    @property
    def offset(self) -> int:
        """Index of the first part in the scale year … second."""
        return 3 if self.kind == "Time" else 0

    def seconds(self, zone: int = 0) -> Decimal:
        """Seconds since year 1 of the first instant this can mean; `zone` holds where none was written."""
        if self.kind == "Time":
            return _clock_seconds(self.parts)
        year, month, day = (*(int(part) for part in self.parts[:3]), 1, 1)[:3]
        days = date(year, month, day).toordinal()
        minutes = self.zone if self.zone is not None else zone
        return days * _DAY_SECONDS + _clock_seconds(self.parts[3:]) - minutes * 60

    def precision(self) -> int:
        """Number of digits: 4 year, 6 month, 8 day, 10 hour, 12 minute, 14 second, 17 millisecond; Time from 2."""
        digits = sum((4, 2, 2, 2, 2, 2)[self.offset : self.offset + len(self.parts)])
        return digits + _fraction_digits(self.parts)

    def plus(self, amount: Decimal, unit: str) -> "Temporal | None":
        """Later (or earlier) by an amount of calendar units; None when it leaves the years 1–9999.

        What is finer than this value's precision is first turned into whole units of that precision; fractions of
        months and years do not count.
        """
        try:
            if unit in ("year", "month"):
                return self._plus_months(int(amount) * (12 if unit == "year" else 1), unit)
            return self._plus_seconds(amount, unit)
        except (ValueError, OverflowError):
            return None

    def _plus_months(self, months: int, unit: str) -> "Temporal | None":
        if self.kind == "Time":
            return None
        year, month = int(self.parts[0]), int(self.parts[1]) if len(self.parts) > 1 else 1
        if len(self.parts) == 1 and unit == "month":
            months = int(months / 12) * 12
        total = year * 12 + month - 1 + months
        year, month = total // 12, total % 12 + 1
        if not 1 <= year <= 9999:
            return None
        parts: list[int | Decimal] = [year, month, *self.parts[2:]]
        if len(self.parts) > 2:
            parts[2] = min(int(self.parts[2]), calendar.monthrange(year, month)[1])
        return Temporal(self.kind, tuple(parts[: len(self.parts)]), self.zone)

    def _plus_seconds(self, amount: Decimal, unit: str) -> "Temporal | None":
        if unit == "millisecond":
            seconds: Decimal = amount / 1000
        else:
            seconds = (amount if unit == "second" else Decimal(int(amount))) * _STEP_SECONDS[unit]
        if self.kind == "Time":
            return self._plus_clock(seconds)
        if len(self.parts) < 3:
            by_year = len(self.parts) == 1
            steps = int(seconds / _DAY_SECONDS / (365 if by_year else 30))
            return self._plus_months(steps * (12 if by_year else 1), "year")
        if len(self.parts) == 3:
            return self._at(date.fromordinal(self._ordinal() + int(seconds / _DAY_SECONDS)), ())
        total = _clock_seconds(self.parts[3:]) + _whole(seconds, len(self.parts) - 3)
        days, rest = divmod(total, _DAY_SECONDS)
        if rest < 0:
            days, rest = days - 1, rest + _DAY_SECONDS
        return self._at(date.fromordinal(self._ordinal() + int(days)), _clock_parts(rest, self.parts[3:]))

    def _plus_clock(self, seconds: Decimal) -> "Temporal":
        total = (_clock_seconds(self.parts) + _whole(seconds, len(self.parts))) % _DAY_SECONDS
        return Temporal("Time", _clock_parts((total + _DAY_SECONDS) % _DAY_SECONDS, self.parts))

    def _ordinal(self) -> int:
        year, month, day = (int(part) for part in self.parts[:3])
        return date(year, month, day).toordinal()

    def _at(self, day: date, clock: tuple[int | Decimal, ...]) -> "Temporal":
        return Temporal(self.kind, (day.year, day.month, day.day, *clock), self.zone)

    def boundary(self, upper: bool, digits: int | None = None) -> "Temporal | None":
        """The first (or last) moment this can mean, cut to `digits` (see `precision`); None for no such precision.

        Without a zone the first moment is at +14:00 and the last at -12:00. An hour without minutes is hh:00, since
        FHIR has no precision of hours.
        """
        scale = (2, 4, 6, 9) if self.kind == "Time" else (4, 6, 8, 10, 12, 14, 17)
        digits = digits if digits is not None else (8 if self.kind == "Date" else scale[-1])
        if digits not in scale:
            return None
        parts = list(self.parts)
        if self.offset + len(parts) == 4:
            parts.append(0)
        while self.offset + len(parts) < 5:
            parts.append(_extreme(parts, self.offset + len(parts), upper))
        second = Decimal(parts[5 - self.offset]) if self.offset + len(parts) > 5 else Decimal(59 if upper else 0)
        parts[5 - self.offset :] = [_fill_fraction(second, upper, self.offset + len(self.parts) > 5)]
        return self._cut(parts, digits, upper)

    def _cut(self, parts: list[int | Decimal], digits: int, upper: bool) -> "Temporal":
        if self.kind == "Time":
            return Temporal("Time", _digits(parts, digits, 3))
        zone = self.zone if self.zone is not None else (_LATEST_ZONE if upper else _EARLIEST_ZONE)
        kind: Kind = "DateTime" if digits > 8 else self.kind
        return Temporal(kind, _digits(parts, digits, 0), zone if digits > 8 else None)


@lru_cache(maxsize=4096)
def _read(text: str, kind: str | None) -> Temporal | None:
    if kind == "Time" or text.startswith("T") or text[2:3] == ":":
        match = _TIME.fullmatch(text)
        return _valid("Time", match.groups(), None) if match else None
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    zone = _zone(match[8])
    is_date = match[4] is None and kind != "DateTime"
    return _valid("Date" if is_date else "DateTime", (*match.groups()[:3], *match.groups()[4:7]), zone)


def _valid(kind: Kind, found: tuple[str | None, ...], zone: int | None) -> Temporal | None:
    written = [text for text in found if text is not None]
    parts = tuple(Decimal(text) if _is_second(kind, index) else int(text) for index, text in enumerate(written))
    if kind == "Time":
        return Temporal(kind, parts) if _is_clock(parts) else None
    year, month, day = (*(int(part) for part in parts[:3]), 1, 1)[:3]
    if not 1 <= year <= 9999 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    if zone is not None and abs(zone) > _EARLIEST_ZONE:
        return None
    return Temporal(kind, parts, zone) if _is_clock(parts[3:]) else None


def _is_second(kind: Kind, index: int) -> bool:
    return index == (2 if kind == "Time" else 5)


def _is_clock(parts: tuple[int | Decimal, ...]) -> bool:
    return all(part < limit for part, limit in zip(parts, (24, 60, 61), strict=False))


def _zone(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def _clock(parts: tuple[int | Decimal, ...]) -> str:
    texts = [f"{int(part):02d}" for part in parts[:2]]
    if len(parts) > 2:
        whole, _, fraction = format(Decimal(parts[2]), "f").partition(".")
        texts.append(whole.zfill(2) + (f".{fraction}" if fraction else ""))
    return ":".join(texts)


def _clock_seconds(parts: tuple[int | Decimal, ...]) -> Decimal:
    return sum((Decimal(part) * scale for part, scale in zip(parts, (3600, 60, 1), strict=False)), Decimal(0))


def _clock_parts(seconds: Decimal, like: tuple[int | Decimal, ...]) -> tuple[int | Decimal, ...]:
    """Clock parts of as many components as `like`, its digits of fraction at least."""
    hour, rest = divmod(seconds, 3600)
    minute, second = divmod(rest, 60)
    digits = _fraction_digits((0, 0, 0, *like))
    if digits and -int(second.as_tuple().exponent) < digits:
        second = second.quantize(Decimal(1).scaleb(-digits))
    return (int(hour), int(minute), second)[: len(like)]


def _whole(seconds: Decimal, components: int) -> Decimal:
    """Seconds cut to whole hours or minutes where the value is no finer."""
    unit = {1: 3600, 2: 60}.get(components)
    return seconds if unit is None else int(seconds / unit) * Decimal(unit)


def _fraction_digits(parts: tuple[int | Decimal, ...]) -> int:
    last = parts[-1] if parts else 0
    return max(0, -int(last.as_tuple().exponent)) if isinstance(last, Decimal) else 0


def _extreme(parts: list[int | Decimal], index: int, upper: bool) -> int:
    """Lowest or highest value of the next component (1 month … 4 minute)."""
    if not upper:
        return 1 if index < 3 else 0
    if index == 2:
        return calendar.monthrange(int(parts[0]), int(parts[1]))[1]
    return {1: 12, 3: 23, 4: 59}[index]


def _fill_fraction(second: Decimal, upper: bool, written: bool) -> Decimal:
    digits = -int(second.as_tuple().exponent)
    if digits >= 3:
        return second.quantize(Decimal("0.001"), ROUND_DOWN)
    open_end = Decimal(1).scaleb(-max(0, digits)) - Decimal("0.001") if upper else Decimal(0)
    return (second + open_end).quantize(Decimal("0.001")) if upper or written else Decimal("0.000")


def _digits(parts: list[int | Decimal], digits: int, offset: int) -> tuple[int | Decimal, ...]:
    scale = (4, 6, 8, 10, 12, 14, 17) if offset == 0 else (2, 4, 6, 9)
    count = scale.index(digits) + 1
    if count == len(scale):
        return tuple(parts)
    kept = list(parts[:count])
    if count == len(scale) - 1:
        kept[-1] = Decimal(kept[-1]).to_integral_value(ROUND_DOWN)
    return tuple(kept)
