"""Tables derived from resources that are kept in the same transaction as each write.

A projection that fails makes the write fail: derived tables never lag behind and never disagree.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ansinh.fhir.store.records import Change


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
