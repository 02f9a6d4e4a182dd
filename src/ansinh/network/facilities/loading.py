"""definitions/facilities → Organization and OrganizationAffiliation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.network.facilities import rules
from ansinh.network.facilities.definition import Register, read
from ansinh.network.facilities.resources import affiliation, organization


def load_facilities(repository: Repository, folder: Path) -> int:
    """Load every file of the folder, all or nothing; returns the number of units.

    Loading again changes nothing. What an administrator added or changed on this node stays: only units of the
    files are written. Raises Invalid naming file and place.
    """
    register = read(folder)
    with repository.transaction():
        for resource in _resources(register):
            repository.save(resource)
    return len(register.units)


def _resources(register: Register) -> Iterator[dict[str, Any]]:
    today = clock.today()
    for unit in register.units:
        over = rules.authority_on(unit.id, register.relations, min(today, unit.valid_to or today))
        yield organization(unit, parent=over.parent if over else "", area=register.areas.get(unit.id, ""))
    for item in register.relations:
        yield affiliation(item)
