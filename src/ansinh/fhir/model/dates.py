"""FHIR dates with the precision they were written in.

A partial date is an interval: 1948 is every instant of that year. What has no zone is meant in Vietnam, +07:00.
"""

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
_VIETNAM = timezone(timedelta(hours=7))

_DATE = r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d+))?)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:\d{2})"
_BOUNDS = re.compile(rf"{_DATE}(?:T{_CLOCK}{_ZONE}?)?)?)?")
_DATE_ONLY = re.compile(rf"{_DATE})?)?")
_DATETIME = re.compile(rf"{_DATE}(?:T\d{{2}}:\d{{2}}:\d{{2}}(?:\.\d+)?{_ZONE})?)?)?")
_INSTANT = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}T\d{{2}}:\d{{2}}:\d{{2}}(?:\.\d+)?{_ZONE}")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?", re.ASCII)


@lru_cache(maxsize=8192)
def bounds(text: str) -> tuple[int, int]:
    """First and last microsecond (both inclusive, since 1970 UTC) that a date, dateTime or instant can mean.

    Raises ValueError when the text is no FHIR date or names a day that the calendar does not have.

    >>> bounds("1970-01-01T00:00:00Z")
    (0, 999999)
    """
    match = _BOUNDS.fullmatch(text)
    if match is None or not text.isascii():
        raise ValueError("not a FHIR date")
    start, width = _interval(match)
    low = (start - _EPOCH) // _MICROSECOND
    return low, low + width - 1


def _interval(match: re.Match[str]) -> tuple[datetime, int]:
    """The first instant and the width in microseconds."""
    part = match.groupdict()
    year, month, day = int(part["year"]), int(part["month"] or 1), int(part["day"] or 1)
    if part["hour"] is None:
        start = datetime(year, month, day, tzinfo=_VIETNAM)
        if part["month"] is None:
            return start, (366 if calendar.isleap(year) else 365) * _DAY
        if part["day"] is None:
            return start, calendar.monthrange(year, month)[1] * _DAY
        return start, _DAY
    micro, width = _fraction(part["second"], part["fraction"])
    second = min(int(part["second"] or 0), 59)  # FHIR allows the leap second 60; the epoch has no room for it
    if int(part["second"] or 0) > 60:
        raise ValueError("second out of range")
    zone = _zone(part["zone"]) if part["zone"] else _VIETNAM
    return datetime(year, month, day, int(part["hour"]), int(part["minute"]), second, micro, zone), width


def _fraction(second: str | None, fraction: str | None) -> tuple[int, int]:
    """Microseconds, and the width that the written precision leaves open."""
    if second is None:
        return 0, 60_000_000
    if fraction is None:
        return 0, 1_000_000
    digits = fraction[:6]
    return int(digits.ljust(6, "0")), 10 ** (6 - len(digits))


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError("zone out of range")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _valid(pattern: re.Pattern[str], text: object) -> bool:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        return False
    try:
        bounds(text)
    except (ValueError, OverflowError):
        return False
    return True


def is_valid_date(text: object) -> bool:
    """yyyy, yyyy-mm or yyyy-mm-dd that the calendar has."""
    return _valid(_DATE_ONLY, text)


def is_valid_datetime(text: object) -> bool:
    """A date as above, or a full time with seconds and zone."""
    return _valid(_DATETIME, text)


def is_valid_instant(text: object) -> bool:
    """A full date and time with seconds and zone."""
    return _valid(_INSTANT, text)


def is_valid_time(text: object) -> bool:
    """hh:mm:ss, optionally with a fraction; no zone."""
    return isinstance(text, str) and bool(_TIME.fullmatch(text))
