"""When a request is due, and which requests there are. Pure.

Two working days: NĐ 356/2025/NĐ-CP. Days off: Saturday, Sunday and the fixed holidays of Bộ luật Lao động 45/2019/QH14,
Điều 112. Tết and Giỗ Tổ follow the moon and are not counted off, so that what is said here is never later than the law.
"""

from datetime import date, timedelta

WORKING_DAYS = 2
_HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}

KINDS = ("copy", "who-looked", "correction", "restriction", "no-restriction", "erasure")
RESTRICTING = {"restriction": True, "no-restriction": False}
REFUSABLE_ONLY = frozenset({"erasure"})
"""Records are kept for as long as the law of medical records says; within that time nothing is erased."""


def due(asked: date, days: int = WORKING_DAYS) -> date:
    """The last day on which a request of this day is answered in time."""
    day = asked
    while days:
        day += timedelta(days=1)
        if is_working_day(day):
            days -= 1
    return day


def is_working_day(day: date) -> bool:
    """True from Monday to Friday, but for the fixed holidays."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS
