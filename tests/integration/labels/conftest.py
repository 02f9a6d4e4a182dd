"""A person at A with an ordinary finding and one of HIV; Lan has no right to that label, Bình has."""

import pytest

from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import reads
from ansinh.kernel.context import system_context

ICD = "http://hl7.org/fhir/sid/icd-10"


def finding(fhir_id: str, icd: str, /, person: str = "p1", **more) -> dict:
    return {
        "resourceType": "Condition",
        "id": fhir_id,
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
        },
        "code": {"coding": [{"system": ICD, "code": icd}]},
        "subject": {"reference": f"Patient/{person}"},
        **more,
    }


@pytest.fixture
def people(world):
    system = Repository(system_context())
    reads.forget()
    for name in ("p1", "p2"):
        owner = {"reference": f"Organization/{world.a}"}
        system.update({"resourceType": "Patient", "id": name, "managingOrganization": owner, "gender": "male"})
    system.update(finding("plain", "I10"))
    system.update(finding("hidden", "B20"))
    return world
