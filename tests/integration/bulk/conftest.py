"""People of facilities A and B with measurements, an export run to its end, and a client of the door."""

from types import SimpleNamespace

import pytest

from ansinh.fhir.bulk import asking, exporting
from ansinh.fhir.jobs import running
from ansinh.fhir.model import json
from tests.support.fhir_door import FhirClient


def person(fhir_id: str, unit: str, **more) -> dict:
    return {
        "resourceType": "Patient",
        "id": fhir_id,
        "name": [{"text": f"Người {fhir_id}"}],
        "managingOrganization": {"reference": f"Organization/{unit}"},
        **more,
    }


def pulse(fhir_id: str, patient: str, value: int = 72, **more) -> dict:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "valueQuantity": {"value": value, "system": "http://unitsofmeasure.org", "code": "/min"},
        **more,
    }


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.STATE = tmp_path


@pytest.fixture
def people(system, world) -> SimpleNamespace:
    """pa1, pa2 of facility A and pb1 of B, one pulse each (oa1, oa2, ob1)."""
    with system.transaction():
        for name, unit in (("a1", world.a), ("a2", world.a), ("b1", world.b)):
            system.update(person(f"p{name}", unit))
            system.update(pulse(f"o{name}", f"p{name}"))
    return SimpleNamespace(repository=system)


@pytest.fixture
def export():
    """`export(context, _type="Patient", …)`: runs it; file stem → resources in order, and the job."""

    def run(context, *, level="system", group="", **params):
        pairs = [(name, value) for name, given in params.items() for value in _listed(given)]
        wanted = asking.read(context, pairs, level=level, group=group, request="http://x/$export")
        return read_files(running.run_now(exporting.ask(context, wanted)))

    return run


def read_files(job):
    """(stem → resources, job) of a finished export."""
    from ansinh.fhir.jobs import queue

    assert job.state == "done", job.error
    found: dict[str, list] = {}
    for entry in job.result["files"]:
        lines = (queue.folder(job.id) / entry["name"]).read_bytes().splitlines()
        assert len(lines) == entry["count"]
        found.setdefault(entry["stem"], []).extend(json.loads(line) for line in lines)
    return found, job


def _listed(given) -> list:
    return given if isinstance(given, list) else [given]


@pytest.fixture
def door_of(account_of):
    """A client of the FHIR door for a member of the cast."""
    return lambda name: FhirClient(account_of(name))


def ids(resources) -> list[str]:
    return sorted(resource["id"] for resource in resources)
