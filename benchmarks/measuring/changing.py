"""Writes between requests: what a nurse records while others read figures."""

import itertools
import random
from collections.abc import Callable
from typing import Any

from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import system_context

_STAYS = "SELECT e.patient_id FROM view_episode e WHERE e.facility_id = :facility AND e.status = 'active' AND {reach:e}"
_KINDS = "https://ansinh.vn/fhir/CodeSystem/encounter-type"
_ACTIONS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def writing(facility: str, seed: int = 1) -> Callable[[], None]:
    """A function that records a visit of one of the facility's people each time it is called."""
    rows = tables.rows(system_context(), f"{_STAYS} ORDER BY e.patient_id", {"facility": facility})
    people = itertools.cycle(random.Random(seed).sample([row["patient_id"] for row in rows], min(50, len(rows))))
    repository = Repository(system_context(), validate=False)
    return lambda: _record(repository, next(people), facility)


def _record(repository: Repository, person: str, facility: str) -> None:
    visit: dict[str, Any] = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": _ACTIONS, "code": "AMB"},
        "type": [{"coding": [{"system": _KINDS, "code": "visit"}]}],
        "subject": {"reference": f"Patient/{person}"},
        "serviceProvider": {"reference": f"Organization/{facility}"},
        "period": {"start": clock.instant()},
    }
    repository.create(visit)
