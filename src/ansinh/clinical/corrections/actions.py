"""Marking an entry and what stands with it as entered in error, in one transaction."""

from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.corrections import parts
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry.retractions import Retraction, taken_back
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.store.ownership import patient_of
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound

Resource = dict[str, Any]

_OPEN_TASK = ("requested", "received", "accepted", "ready", "in-progress", "on-hold")
_CERTAINTY = {
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
}


def entry_of(context: Context, person_id: str, resource_type: str, entry_id: str) -> Resource:
    """An entry of this person that can be taken back on its own; NotFound for anything else."""
    if parts.known(resource_type):
        found = Repository(context).read(resource_type, entry_id)
        if patient_of(found) == person_id:
            return found
    raise NotFound(_("Không tìm thấy mục này trong hồ sơ."))


def what_goes(context: Context, entry: Resource) -> list[Resource]:
    """The entry, what stands with it, and the open tasks that came of it. One query and one for each type."""
    repository = Repository(context)
    named: dict[str, list[str]] = {}
    for kind, name in parts.along(entry):
        named.setdefault(kind, []).append(name)
    with_it = [one for kind, ids in named.items() for one in repository.read_many(kind, ids).values()]
    asked = [("focus", f"{entry['resourceType']}/{entry['id']}"), ("_count", "50")]
    tasks = [one for one in search(repository, "Task", asked).resources if one["status"] in _OPEN_TASK]
    return [entry, *(one for one in with_it if not _gone(one)), *tasks]


def retract(context: Context, *, person_id: str, resource_type: str, entry_id: str, reason: str) -> int:
    """Marks an entry and what stands with it as entered in error; returns how many that were.

    Raises Invalid without a reason, NotFound, Conflict when it was taken back before, Refused for somebody else's.
    """
    repository = Repository(context)
    with repository.transaction():
        entry = entry_of(context, person_id, resource_type, entry_id)
        why = contacts.retracting(context, entry, reason)
        gone = what_goes(context, entry)
        for one in gone:
            repository.update(retracted(one, why), if_match=int(one["meta"]["versionId"]))
        parts.undo(context, entry)
    return len(gone)


def retracted(entry: Resource, why: Retraction) -> Resource:
    """The same entry, entered in error, with who said so, when and why; an open task is cancelled."""
    if entry["resourceType"] == "Task":
        return entry | {"status": "cancelled", "statusReason": {"text": why.reason}}
    if (system := _CERTAINTY.get(entry["resourceType"])) is None:
        return taken_back(entry, why)
    # A state of the illness is said only of what is true (constraints con-5 and ait-2 of R4).
    marked = taken_back({key: value for key, value in entry.items() if key != "clinicalStatus"}, why)
    rest = {key: value for key, value in marked.items() if key != "status"}
    return rest | {"verificationStatus": {"coding": [{"system": system, "code": "entered-in-error"}]}}


def _gone(entry: Resource) -> bool:
    codings = entry.get("verificationStatus", {}).get("coding", [])
    return entry.get("status") == "entered-in-error" or any(one["code"] == "entered-in-error" for one in codings)
