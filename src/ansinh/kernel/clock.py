"""The only clock. Instants are UTC; "today" is the day in Vietnam (UTC+7, no daylight saving)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

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
