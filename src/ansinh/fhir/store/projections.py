"""Tables derived from resources that are kept in the same transaction as each write.

A projection that fails makes the write fail: derived tables never lag behind and never disagree.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol, cast, runtime_checkable

from ansinh.fhir.store.records import Change, Resource


class Projection(Protocol):
    """`name` identifies it: registering the same name again replaces it."""

    name: str

    def apply(self, changes: Sequence[Change]) -> None:
        """Bring the derived tables up to date; called within the write's transaction, in order of position."""


@runtime_checkable
class Moving(Protocol):
    """A projection whose rows carry the owner of the record."""

    def move(self, patient_key: int, org: int | None) -> None:
        """The records that follow this patient now belong to another organisation."""


@runtime_checkable
class Foretelling(Protocol):
    """A projection that can say before the write what it will make of a resource: work that nobody waits for."""

    def look(self) -> Any:
        """What foretelling goes by, as the database has it now: kept here, and for `learn` in another process."""

    def learn(self, known: Any) -> None:
        """Go by what `look` gave in the process that writes."""

    def foretell(self, resource: Resource) -> Any:
        """What `apply` will find in `foretold` of the change. `meta` is not yet as it will be stored. Raises a
        `UserError` for a resource that `apply` would fail at."""


_registered: dict[str, Projection] = {}


def register(projection: Projection) -> None:
    """From now on `projection` hears of every write of this process."""
    _registered[projection.name] = projection


def unregister(name: str) -> None:
    """Forget a projection (tests)."""
    _registered.pop(name, None)


def registered() -> list[Projection]:
    """In the order they were registered."""
    return list(_registered.values())


def look() -> dict[str, Any]:
    """What each projection that foretells goes by, by name; asks the database."""
    return {name: one.look() for name, one in _foretelling()}


def learn(known: Mapping[str, Any]) -> None:
    """Go by what `look` gave elsewhere; asks nothing."""
    for name, one in _foretelling():
        if name in known:
            one.learn(known[name])


def foretell(resource: Resource) -> dict[str, Any]:
    """What the projections that can tell already make of a resource, by name."""
    return {name: one.foretell(resource) for name, one in _foretelling()}


def _foretelling() -> list[tuple[str, Foretelling]]:
    return [(name, cast(Foretelling, one)) for name, one in _registered.items() if _foretells(type(one))]


@cache
def _foretells(kind: type) -> bool:
    """Asked of a class once: a protocol takes longer to ask than a view to be told."""
    return issubclass(kind, Foretelling)
