"""What an ended unit still holds, and handing it to who followed it, in one step that can be taken back.

Rooms register what they keep at a unit (`apps.ready`): staff in posts, declared techniques. Handing on is dated: what
was at the old unit ends with its last day and goes on at the heir from the day after, so that figures of earlier days
stay. People are counted only: who cares for them at the heir sees them already (`access.units`) and decides.

    ended unit ─► who followed it? ─► count for each room ─► hand_over ─► at the heir from that day ─► take_back
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.network.facilities import queries, rules
from ansinh.network.facilities.rules import Unit


@dataclass(frozen=True, slots=True)
class Handover:
    """From whom to whom. day: the first one at the heir."""

    old: str
    heir: str
    day: date

    @property
    def last_day(self) -> date:
        """The last one at the old unit."""
        return self.day - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Keeper:
    """One room's part. words: «12 người đang giữ vị trí» for a number. left, handed: how many are still at the old
    unit, and how many were handed on and stand as they were handed; do, undo: how many that changed."""

    words: Callable[[int], str]
    left: Callable[[Context, Handover], int]
    handed: Callable[[Context, Handover], int]
    do: Callable[[Repository, Handover], int]
    undo: Callable[[Repository, Handover], int]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a page says of an ended unit. left, handed: sentences, one for each room that has something."""

    heir: Unit
    handover: Handover
    left: Sequence[str]
    handed: Sequence[str]
    people: int


_keepers: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Count and hand on what this room keeps. Registering a name again replaces it."""
    _keepers[name] = keeper


def standing(context: Context, unit_id: str) -> Standing | None:
    """What an ended unit with one heir still holds; None for any other unit. Raises NotFound."""
    known = queries.register(context)
    unit = known.unit(unit_id)
    step = _step(unit, known.relations)
    if step is None:
        return None
    handover = Handover(unit.id, step.parent, step.start)
    left = {name: each.left(context, handover) for name, each in _keepers.items()}
    handed = {name: each.handed(context, handover) for name, each in _keepers.items()}
    return Standing(
        known.unit(step.parent),
        handover,
        [_keepers[name].words(count) for name, count in left.items() if count],
        [_keepers[name].words(count) for name, count in handed.items() if count],
        queries.people_in(unit.id),
    )


def hand_over(context: Context, unit_id: str) -> int:
    """Hand on everything that the ended unit still holds; how many that were. Raises Invalid, NotFound."""
    found = _asked(context, unit_id)
    repository = Repository(context)
    with repository.transaction():
        return sum(each.do(repository, found.handover) for each in _keepers.values())


def take_back(context: Context, unit_id: str) -> int:
    """Undo it: what stands as it was handed on goes back; what was changed since stays. Raises Invalid, NotFound."""
    found = _asked(context, unit_id)
    repository = Repository(context)
    with repository.transaction():
        return sum(each.undo(repository, found.handover) for each in _keepers.values())


def _asked(context: Context, unit_id: str) -> Standing:
    found = standing(context, unit_id)
    if found is None:
        raise Invalid(_("Đơn vị này chưa kết thúc hoặc không có một đơn vị kế thừa."), code="handover-none")
    return found


def _step(unit: Unit, relations: Sequence[rules.Relation]) -> rules.Relation | None:
    """How the unit went into one other; None while it goes on, was only closed, or was divided."""
    followed = [item for item in relations if item.child == unit.id and item.kind in ("merged-into", "renamed-to")]
    return followed[0] if unit.valid_to and len(followed) == 1 else None
