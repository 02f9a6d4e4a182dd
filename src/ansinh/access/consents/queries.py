"""What a person agreed to, as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ansinh.access.consents import resources
from ansinh.access.consents.purposes import Purpose, purposes
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Said:
    """A purpose and what was said of it last. at: None where nothing was."""

    purpose: Purpose
    permitted: bool
    at: datetime | None
    by: str


def permits(person: str, purpose: str) -> bool:
    """True when the person's data may be used for this purpose at this moment. One read; never remembered.

    Raises NotFound for a purpose that the node does not know: what cannot be decided is not permitted.
    """
    found = purposes().get(purpose)
    if found is None:
        raise NotFound("Không có mục đích này.")
    if not found.consent:
        return True
    said = Repository(system_context()).find("Consent", resources.consent_id(person, purpose))
    return resources.permits(said, found.code)


def said(context: Context, person: str) -> Sequence[Said]:
    """Every purpose that takes consent, in the order of the file. One query."""
    taking = [one for one in purposes().values() if one.consent]
    ids = {one.id: resources.consent_id(person, one.id) for one in taking}
    found = Repository(context).read_many("Consent", ids.values())
    return [_said(one, found.get(ids[one.id])) for one in taking]


def _said(purpose: Purpose, resource: dict | None) -> Said:
    if resource is None:
        return Said(purpose, permitted=False, at=None, by="")
    by = next((one.get("display", "") for one in resource.get("performer", [])), "")
    at = datetime.fromisoformat(resource["dateTime"])
    return Said(purpose, resources.permits(resource, purpose.code), at, by)
