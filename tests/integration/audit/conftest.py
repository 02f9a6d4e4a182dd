"""People of A and B, and nothing that waits to be written down."""

import pytest

from ansinh.fhir.store.audit import reads


@pytest.fixture(autouse=True)
def nothing_waits():
    reads.forget()
    yield
    reads.forget()


@pytest.fixture
def people(world, system):
    """Two people at A and one at B, each with an observation."""
    for name, unit in (("p1", world.a), ("p2", world.a), ("q1", world.b)):
        owner = {"reference": f"Organization/{unit}"}
        named = [{"text": f"Người {name.upper()}"}]
        system.update({"resourceType": "Patient", "id": name, "managingOrganization": owner, "name": named})
        system.update(observation(f"o-{name}", name))
    return world


def observation(fhir_id: str, person: str) -> dict:
    code = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}
    subject = {"reference": f"Patient/{person}"}
    return {"resourceType": "Observation", "id": fhir_id, "status": "final", "code": code, "subject": subject}
