"""What resources point at, read within the reader's reach and no further."""

from collections.abc import Iterable
from typing import Any

from ansinh.fhir.model.references import iter_references, parse
from ansinh.fhir.store import Repository

Resource = dict[str, Any]
Key = tuple[str, str]

_ROUNDS = 2  # a role names its person and its organisation; what those name is their own matter


def key_of(resource: Resource) -> Key:
    """("Patient", "1")."""
    return resource["resourceType"], resource["id"]


def targets(resource: Resource) -> list[Key]:
    """The relative references of a resource, each once, in order."""
    found = (parse(element["reference"]) for _, element in iter_references(resource))
    return list(dict.fromkeys((one.type, one.id) for one in found if one is not None and one.kind == "relative"))


def referenced(repository: Repository, resources: Iterable[Resource], kinds: frozenset[str]) -> list[Resource]:
    """Resources of these kinds that `resources` point at, and what those point at; none of `resources` again.

    What the reader may not see is left out. One query for each kind and round.
    """
    frontier = list(resources)
    seen = {key_of(one) for one in frontier}
    found: list[Resource] = []
    for _ in range(_ROUNDS):
        wanted: dict[str, list[str]] = {}
        for kind, identity in (key for one in frontier for key in targets(one)):
            if kind in kinds and (kind, identity) not in seen and repository.context.allows("read", kind):
                seen.add((kind, identity))
                wanted.setdefault(kind, []).append(identity)
        frontier = [one for kind, ids in wanted.items() for one in repository.read_many(kind, ids).values()]
        found += frontier
        if not frontier:
            break
    return found
