"""What other apps do when a stay ends: a bed is given back, a plan is closed. Asked within the same transaction.

registry is the lowest app of the room and knows none of them; each registers its own when the node starts.
"""

from collections.abc import Callable
from typing import Any

from ansinh.fhir.store import Repository

Resource = dict[str, Any]
Follower = Callable[[Repository, Resource], None]  # the repository of who ends it, the stay as it is now written

_followers: list[Follower] = []


def register(follower: Follower) -> None:
    """Ask `follower` whenever a stay was ended on a page. Registering twice asks once."""
    if follower not in _followers:
        _followers.append(follower)


def follow(repository: Repository, stay: Resource) -> None:
    """Let everybody do their part; what one refuses, refuses the whole ending."""
    for follower in _followers:
        follower(repository, stay)
