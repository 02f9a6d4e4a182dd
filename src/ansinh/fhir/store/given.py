"""What a resource tells of itself: read before anything is locked, on the thread of the request or in another process.

    resource ─► Given: whose it is, its JSON, index rows, what projections make of it ─► Plan ─► rows of the tables

The JSON is kept in two parts, because the store writes `meta` itself: everything else is text from then on.
"""

from collections.abc import Mapping
from typing import Any

from ansinh.fhir import index
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.rows import Rows
from ansinh.fhir.model import json
from ansinh.fhir.store import labelling, ownership, projections
from ansinh.fhir.store.ownership import Owner
from ansinh.fhir.store.records import Resource, Stored

_HEAD = ("resourceType", "id", "meta")


class Given:
    """One resource as it was given, with its id. named: the organisation that it names as its owner, ""; meta, and
    `rest`, the JSON of all other elements, as given. rows and foretold (name of a projection → what it makes of the
    resource) are made when they are first asked for, by `complete` at the latest."""

    __slots__ = ("_resource", "foretold", "id", "key", "kind", "meta", "named", "owner", "rest", "rows")

    def __init__(
        self,
        kind: str,
        fhir_id: str,
        owner: Owner,
        named: str,
        meta: Resource,
        rest: bytes,
        rows: Rows | None = None,
        foretold: Mapping[str, Any] | None = None,
        resource: Resource | None = None,
    ) -> None:
        self.kind, self.id, self.key = kind, fhir_id, key_of(kind, fhir_id)
        self.owner, self.named = owner, named
        self.meta, self.rest = meta, rest
        self.rows, self.foretold = rows, foretold
        self._resource = resource

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process: without the resource, which `rest` says as well."""
        owner = (self.owner.patient, self.owner.org, self.owner.follows)
        return _again, (self.kind, self.id, *owner, self.named, self.meta, self.rest, self.rows, self.foretold)

    @property
    def resource(self) -> Resource:
        """The resource as given."""
        if self._resource is None:
            meta = {"meta": self.meta} if self.meta else {}
            self._resource = {"resourceType": self.kind, "id": self.id, **meta, **json.loads(self.rest)}
        return self._resource

    def complete(self) -> None:
        """Find what does not depend on the database: index rows, and what projections can tell already."""
        if self.rows is None:
            self.rows = index.extract(self.resource)
        if self.foretold is None:
            self.foretold = projections.foretell(self.resource)

    def stored(self, version: int, updated: str) -> Stored:
        """As it is stored: id and meta by the store, everything else as given, in FHIR's usual order."""
        meta = {**self.meta, "versionId": str(version), "lastUpdated": updated} if self.meta else None
        told = json.dumps(meta) if meta else b'{"versionId":"%d","lastUpdated":"%s"}' % (version, updated.encode())
        tail = b"}" if self.rest == b"{}" else b"," + self.rest[1:]
        head = f'{{"resourceType":"{self.kind}","id":"{self.id}","meta":'.encode()
        return Stored(b"".join((head, told, tail)))


def _again(kind: str, fhir_id: str, patient: str, org: int | None, follows: bool, *rest: Any) -> Given:
    """What `Given.__reduce__` took apart."""
    return Given(kind, fhir_id, Owner(patient, org, follows), *rest)


def read(resource: Resource, unit: str) -> Given:
    """What a resource with an id tells; `unit`: of who writes it, to whom some records belong."""
    rest = json.dumps({name: value for name, value in resource.items() if name not in _HEAD})
    said = resource.get("meta", {})
    meta = labelling.mark(resource, said, rest)
    if meta is not said:
        resource = {**resource, "meta": meta}
    return Given(
        resource["resourceType"],
        resource["id"],
        ownership.owner_of(resource, unit),
        ownership.organization_id(resource),
        meta,
        rest,
        resource=resource,
    )
