"""What one node exports, an empty node imports: the same records, and importing them again changes nothing."""

from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.bulk import asking, exporting, importing
from ansinh.fhir.bulk.sources import sources
from ansinh.fhir.jobs import queue, running
from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, journal
from ansinh.kernel.context import system_context
from tests.support.stores import empty_store

NODE = system_context()
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(
    lambda text: f"N{text}".strip()
)
people = st.dictionaries(
    st.sampled_from(["p1", "p2", "p3"]),
    st.fixed_dictionaries(
        {"name": names.map(lambda text: [{"text": text}])},
        optional={
            "gender": st.sampled_from(["male", "female", "other", "unknown"]),
            "birthDate": st.sampled_from(["1948", "1948-02", "1948-02-29"]),
            "active": st.booleans(),
        },
    ),
    min_size=1,
)
values = st.dictionaries(
    st.sampled_from(["o1", "o2", "o3", "o4"]),
    st.tuples(st.sampled_from(["p1", "p2", "p3"]), st.sampled_from(["36", "36.0", "36.50", "0.1", "1e2", "-0.0"])),
)
changes = st.lists(st.sampled_from(["p1", "p2", "o1", "o2"]), max_size=3)


def observation(fhir_id: str, patient: str, number: str) -> dict:
    """The number as it is written: 36.50 is another measurement than 36.5."""
    code = {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]}
    quantity = json.loads(f'{{"value": {number}, "system": "http://unitsofmeasure.org", "code": "Cel"}}'.encode())
    head = {"resourceType": "Observation", "id": fhir_id, "status": "final", "code": code}
    return head | {"subject": {"reference": f"Patient/{patient}"}, "valueQuantity": quantity}


def fill(records, measured, gone) -> None:
    repository = Repository(NODE, validate=False)
    for fhir_id, more in records.items():
        repository.update({"resourceType": "Patient", "id": fhir_id, **more})
    for fhir_id, (patient, number) in measured.items():
        repository.update(observation(fhir_id, patient, number))
    for fhir_id in gone:
        kind = "Patient" if fhir_id.startswith("p") else "Observation"
        if repository.find(kind, fhir_id) is not None:
            repository.delete(kind, fhir_id)


def held() -> dict[tuple[str, str], bytes]:
    """Every record of the node without its version and time, as bytes: no digit and no letter may differ."""
    found = {}
    for kind in ("Patient", "Observation"):
        for resource in search(Repository(NODE), kind, [("_count", "100")]).resources:
            meta = {
                key: value for key, value in resource.pop("meta", {}).items() if key not in ("versionId", "lastUpdated")
            }
            found[kind, resource["id"]] = json.dumps(resource | ({"meta": meta} if meta else {}))
    return found


def exported(folder: Path) -> Path:
    job = running.run_now(exporting.ask(NODE, asking.read(NODE, [], level="system")))
    assert job.state == "done", job.error
    for entry in job.result["files"]:
        (queue.folder(job.id) / entry["name"]).rename(folder / entry["name"])
    return folder


def imported(folder: Path) -> dict:
    job = running.run_now(importing.ask(NODE, sources([folder]), validated=False, processes=0))
    assert job.state == "done", job.error
    return job.result


@pytest.mark.django_db
@given(records=people, measured=values, gone=changes)
@settings(max_examples=12)
def test_export_into_an_empty_node_gives_the_same_records_and_twice_changes_nothing(
    records, measured, gone, tmp_path_factory
):
    with transaction.atomic():
        empty_store()
        fill(records, measured, gone)
        before = held()
        folder = tmp_path_factory.mktemp("export")
        if before:
            exported(folder)
            empty_store()

            first = imported(folder)
            after, position = held(), journal.position()
            again = imported(folder)

            assert after == before
            assert (first["written"], first["refused"]) == (len(before), 0)
            assert (again["written"], again["unchanged"]) == (0, len(before))
            assert journal.position() == position
        transaction.set_rollback(True)
