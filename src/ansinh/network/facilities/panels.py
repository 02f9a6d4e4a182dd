"""What other rooms say about a facility on its page. They register a panel when Django starts (apps.ready), so the
register of units knows none of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansinh.kernel.context import Context
from ansinh.network.facilities.queries import Facility


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on a facility's page. rows: (label, value) pairs; note: a sentence below them."""

    title: str
    url: str
    rows: Sequence[tuple[str, str]]
    link: str = ""
    note: str = ""


Builder = Callable[[Context, Facility], Panel | None]

_builders: dict[str, Builder] = {}


def register(name: str, builder: Builder) -> None:
    """Show what `builder` gives on each facility's page; None for nothing. Registering a name again replaces it."""
    _builders[name] = builder


def panels(context: Context, facility: Facility) -> list[Panel]:
    """The panels of one facility, in the order of their names."""
    found = (builder(context, facility) for _, builder in sorted(_builders.items()))
    return [panel for panel in found if panel]
