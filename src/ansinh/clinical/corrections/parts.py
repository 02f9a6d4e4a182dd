"""Which types of entry can be taken back on their own, who writes them, and what stands or falls with each."""

from collections.abc import Callable
from typing import Any

from ansinh.clinical.registry import contacts
from ansinh.kernel.context import Context

Resource = dict[str, Any]
Along = Callable[[Resource], list[tuple[str, str]]]
After = Callable[[Context, Resource], None]

_along: dict[str, Along] = {}
_after: dict[str, After] = {}


def register(
    resource_type: str,
    permission: str,
    along: Along = lambda _entry: [],
    after: After = lambda _context, _entry: None,
    kind: str = "",
) -> None:
    """Offer entries of this type to be taken back by who may write them.

    kind: which of them, as `retractions.kind_of` names it, where not all can. along: (type, id) of what goes with one.
    after: what else is undone, in the same transaction. Called when the node starts.
    """
    contacts.WRITERS[kind or resource_type] = permission
    _along[resource_type] = along
    _after[resource_type] = after


def known(resource_type: str) -> bool:
    """True for a type that was registered."""
    return resource_type in _along


def along(entry: Resource) -> list[tuple[str, str]]:
    """(type, id) of everything that goes with an entry."""
    return _along[entry["resourceType"]](entry)


def undo(context: Context, entry: Resource) -> None:
    """What else the app of an entry undoes with it."""
    _after[entry["resourceType"]](context, entry)
