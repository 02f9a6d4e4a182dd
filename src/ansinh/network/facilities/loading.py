"""definitions/facilities → Organization and OrganizationAffiliation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.network.facilities import rules
from ansinh.network.facilities.definition import Register, read
from ansinh.network.facilities.resources import affiliation, organization


def load_facilities(repository: Repository, folder: Path) -> int:
    """Load every file of the folder, all or nothing; returns the number of units.

    Loading again changes nothing. What an administrator added or changed on this node stays: a unit or relation that
    a person wrote last is no longer the file's. Raises Invalid naming file and place.
    """
    register = read(folder)
    with repository.transaction():
        for resource in _resources(register):
            if not _is_somebodys(repository, resource):
                repository.save(resource)
    return len(register.units)


def _resources(register: Register) -> Iterator[dict[str, Any]]:
    today = clock.today()
    for unit in register.units:
        over = rules.authority_on(unit.id, register.relations, min(today, unit.valid_to or today))
        yield organization(unit, parent=over.parent if over else "", area=register.areas.get(unit.id, ""))
    for item in register.relations:
        yield affiliation(item)


def _is_somebodys(repository: Repository, resource: dict[str, Any]) -> bool:
    """True when the stored resource says something else than the file, and a person was the last to write it.

    Without this, loading would put a unit back under an authority that an administrator had ended, beside the new one.
    """
    kind, fhir_id = resource["resourceType"], resource["id"]
    stored = repository.find(kind, fhir_id)
    if stored is None or {**stored, "meta": None} == {**resource, "meta": None}:
        return False
    return repository.history(kind, fhir_id)[0].author != system_context().actor
