"""When people may be moved, go away and come back, and when a room is too full. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ansinh.kernel.errors import Invalid

_CLOCKS_DIFFER = timedelta(minutes=5)
# Code of stay-kind → people who come and go in a day or live at home have no bed.
WITHOUT_BED = ("outpatient", "community", "day-care")


@dataclass(frozen=True, slots=True)
class SpaceNorm:
    """Floor of a bedroom for each person, m²: of somebody cared for day and night, and of others; and who says so."""

    usual: Decimal
    day_and_night: Decimal
    source: str


def moment_of_change(at: datetime, last: datetime, now: datetime, field: str = "moment") -> datetime:
    """When somebody was moved, left or came back: not in the future, not before the last change."""
    if at > now + _CLOCKS_DIFFER:
        raise Invalid("Ngày giờ này chưa đến.", code="move-future", field=field)
    if at < last:
        raise Invalid(
            "Ngày giờ này ở trước lần xếp giường hoặc đi vắng gần nhất. Kiểm tra lại ngày giờ.",
            code="move-order",
            field=field,
        )
    return at


def leave_due(begin: date, due: date | None) -> date | None:
    """The day somebody is expected back: not before the day they left."""
    if due is not None and due < begin:
        raise Invalid("Ngày hẹn về ở trước ngày đi.", code="leave-due", field="due")
    return due


def is_over(occupants: int, beds: int) -> bool:
    """More people than beds. A room without beds (children on mats) has no number to pass."""
    return beds > 0 and occupants > beds


def is_cramped(occupants: int, area: Decimal | None, norm: SpaceNorm) -> bool:
    """Less floor for each person than the norm for ordinary rooms; unknown areas are not judged."""
    return bool(area) and occupants > 0 and Decimal(area or 0) / occupants < norm.usual


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Key that puts «Phòng 2» before «Phòng 10»."""
    parts = re.findall(r"\d+|\D+", name.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
