"""The only clock. Instants are UTC; "today" is the day in Vietnam (UTC+7, no daylight saving)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_HOME = timezone(timedelta(hours=7))
_WITH_OFFSET = len("2025-12-31T20:30:00Z")
_MOMENT = re.compile(r"(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?(?P<offset>Z|[+-]\d\d:\d\d)")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Vietnam."""
    return now().astimezone(VIETNAM).date()


def instant(moment: datetime | None = None) -> str:
    """FHIR `instant` with milliseconds and offset: 2025-12-15T08:30:00.000+07:00."""
    return (moment or now()).astimezone(VIETNAM).isoformat(timespec="milliseconds")


def at_home(written: str) -> str:
    """A FHIR date or dateTime as it reads in Vietnam, so that its first ten characters are the day it counts on.

    A date, and a time that was written here, stay as they are, a fraction of a second too.

    >>> at_home("2025-12-31T20:30:00Z"), at_home("2025-12-31"), at_home("2025-12-31T20:30:00+07:00")
    ('2026-01-01T03:30:00+07:00', '2025-12-31', '2025-12-31T20:30:00+07:00')
    """
    if len(written) < _WITH_OFFSET or written.endswith("+07:00"):
        return written
    found = _MOMENT.fullmatch(written)
    if found is None:
        return written
    try:
        moved = datetime.fromisoformat(found["moment"] + found["offset"]).astimezone(_HOME)
    except (ValueError, OverflowError):  # a leap second, the first and last day of the calendar
        return written
    return f"{moved.isoformat()[:19]}{found['fraction'] or ''}+07:00"


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Tests and sample data: time stands still at `moment` (aware)."""
    if moment.tzinfo is None:
        raise ValueError("a frozen clock needs an aware datetime")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
