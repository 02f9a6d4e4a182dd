"""What a search finds: resources as the bytes that are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One resource as the bytes of its JSON, for a door that does not look inside."""

    type: str
    id: str
    body: bytes

    @classmethod
    def of(cls, resource: Resource) -> "Found":
        """From a resource in memory."""
        return cls(resource["resourceType"], resource["id"], json.dumps(resource))


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `next` is the value for `_cursor` with the same parameters, None at the end; `total` only when asked;
    `ignored` names the parameters that lenient handling passed over."""

    found: Sequence[Found]
    total: int | None = None
    next: str | None = None
    added: Sequence[Found] = ()
    ignored: tuple[str, ...] = ()

    @property
    def resources(self) -> list[Resource]:
        """The matches, decoded each time this is asked."""
        return [json.loads(one.body) for one in self.found]

    @property
    def included(self) -> list[Resource]:
        """What includes added, decoded."""
        return [json.loads(one.body) for one in self.added]


def json_of(body: Any) -> bytes:
    """The JSON of a stored body."""
    return bodies.unpack(database.blob(body))
