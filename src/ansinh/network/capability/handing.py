"""Declared items that go on at the unit that followed theirs (`facilities.handover`)."""

from typing import Any

from django.utils.translation import ngettext

from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context
from ansinh.kernel.ids import stable_id
from ansinh.network.capability import queries, resources
from ansinh.network.capability.rules import Declaration
from ansinh.network.facilities.handover import Handover, Keeper

_TYPE = "HealthcareService"


def keeper() -> Keeper:
    """This room's part of a handover."""
    return Keeper(_words, _count_left, _count_handed, _do, _undo)


def _words(count: int) -> str:
    words: Any = ngettext("%(count)d dòng năng lực đã khai", "%(count)d dòng năng lực đã khai", count)
    return str(words % {"count": count})


def _left(context: Context, handover: Handover) -> list[Declaration]:
    """Declarations that hold beyond the unit's last day."""
    return [item for item in _all(context, handover.old) if item.valid_to is None or item.valid_to > handover.last_day]


def _handed(context: Context, handover: Handover) -> list[tuple[Declaration, dict[str, Any]]]:
    """Declarations that ended with the unit, each with its going on at the heir, where that stands as it was made."""
    ended = [item for item in _all(context, handover.old) if item.valid_to == handover.last_day]
    there = {item.id: item for item in _all(context, handover.heir)}
    stored = Repository(context).read_many(_TYPE, [_id(item.id, handover) for item in ended])
    pairs = [(item, _id(item.id, handover)) for item in ended]
    return [(item, stored[on]) for item, on in pairs if on in stored and _is_as_made(item, there.get(on))]


def _is_as_made(old: Declaration, on: Declaration | None) -> bool:
    """Nobody has changed or ended at the heir what was handed on."""
    return on is not None and on.valid_to is None and on.evidence == old.evidence


def _all(context: Context, facility: str) -> list[Declaration]:
    return [item for items in queries.declarations(context, facility).values() for item in items]


def _count_left(context: Context, handover: Handover) -> int:
    return len(_left(context, handover))


def _count_handed(context: Context, handover: Handover) -> int:
    return len(_handed(context, handover))


def _do(repository: Repository, handover: Handover) -> int:
    """What the heir declares itself is not declared twice; the old unit's line ends all the same."""
    left = _left(repository.context, handover)
    own = {item.code for item in _all(repository.context, handover.heir) if item.holds_on(handover.day)}
    for item in left:
        stored = repository.read(_TYPE, item.id)
        if item.code not in own:
            goes_on = resources.handed_on(stored, handover.heir, handover.day) | {"id": _id(item.id, handover)}
            repository.update(goes_on)  # the same again after it was taken back
        repository.update(resources.ended(stored, handover.last_day))
    return len(left)


def _undo(repository: Repository, handover: Handover) -> int:
    found = _handed(repository.context, handover)
    for item, on in found:
        repository.update(resources.going_on(repository.read(_TYPE, item.id)))
        repository.delete(_TYPE, on["id"])
    return len(found)


def _id(declaration: str, handover: Handover) -> str:
    return stable_id(_TYPE, declaration, handover.heir, handover.day.isoformat())
