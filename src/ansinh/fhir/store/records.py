"""What the store hands out: plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies
from ansinh.kernel.context import Context

Resource = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """The aware UTC instant of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


class Stored:
    """One version of a resource as the store holds it: its JSON, read when somebody looks into it."""

    __slots__ = ("_resource", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._resource: Resource | None = None

    @property
    def resource(self) -> Resource:
        """With id and meta."""
        if self._resource is None:
            self._resource = json.loads(self.data)
        return self._resource


@dataclass(frozen=True, slots=True)
class Saved:
    """What a write did. `changed` is False when nothing was written. kind, id and updated are those of the resource,
    which nobody has to read for them."""

    kind: str
    id: str
    stored: Stored
    updated: datetime
    version: int
    position: int
    created: bool
    changed: bool

    @property
    def resource(self) -> Resource:
        """As it is stored, with id and meta."""
        return self.stored.resource


@dataclass(frozen=True, slots=True)
class Raw:
    """A resource as the bytes of its JSON, for a door that does not look inside."""

    body: bytes
    version: int
    updated: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of a resource's history; `body` is None for a deletion. `method` is create, update or delete."""

    version: int
    position: int
    updated: datetime
    author: str
    method: str
    body: Resource | None


@dataclass(frozen=True, slots=True)
class Event:
    """One version of one resource, as history across resources tells it."""

    type: str
    id: str
    version: Version


@dataclass(frozen=True, slots=True)
class Change:
    """What a projection is told about one write; `before`/`after` are None where there was or is nothing, `by` is who
    writes (None where entries of the journal are read again). foretold: name of a projection → what it made of the
    resource before the write began."""

    type: str
    id: str
    rid: int
    org: int | None
    position: int
    earlier: bytes | None
    now: Stored | None
    by: Context | None = None
    foretold: Mapping[str, Any] | None = None

    @property
    def after(self) -> Resource | None:
        """The resource as it is stored now."""
        return None if self.now is None else self.now.resource

    @property
    def before(self) -> Resource | None:
        """The resource that was current until now, read from its stored form (`earlier`) each time it is asked for."""
        return None if self.earlier is None else json.loads(bodies.unpack(self.earlier))


@dataclass(slots=True)
class Row:
    """One row of `resource`: the current state. `follows` says that `org` is the patient's, not the record's own."""

    rid: int
    key: int
    type: int
    fhir_id: str
    version: int
    position: int
    updated_us: int
    deleted: int
    patient_key: int | None
    org: int | None
    follows: int
    body: bytes

    def names(self, resource_type: str, fhir_id: str) -> bool:
        """True when this is the resource of that name, and not one that shares its number."""
        return self.fhir_id == fhir_id and self.type == type_number(resource_type)

    def values(self) -> tuple[Any, ...]:
        """In the order of the table's columns."""
        return (
            self.rid,
            self.key,
            self.type,
            self.fhir_id,
            self.version,
            self.position,
            self.updated_us,
            self.deleted,
            self.patient_key,
            self.org,
            self.follows,
            self.body,
        )


COLUMNS = "rid, key, type, fhir_id, version, position, updated_us, deleted, patient_key, org, follows, body"
