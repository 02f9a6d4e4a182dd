"""`includeAssociatedData`: the Provenance of what an export holds, and no other."""

from dataclasses import replace

import pytest

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from tests.integration.bulk.conftest import ids, pulse

pytestmark = pytest.mark.django_db

LATEST, RELEVANT = "LatestProvenanceResources", "RelevantProvenanceResources"


def provenance(fhir_id: str, *targets: str, day: int = 1) -> dict:
    return {
        "resourceType": "Provenance",
        "id": fhir_id,
        "target": [{"reference": one} for one in targets],
        "recorded": f"2026-03-{day:02}T08:00:00+07:00",
        "agent": [{"who": {"display": "Máy tổng hợp"}}],
    }


@pytest.fixture
def told(people, system):
    """Of pa1 three, of its pulse two (one of them about both), of facility B's person one, of a Basic one."""
    system.update({"resourceType": "Basic", "id": "bx", "code": {"text": "khác"}})
    system.update(provenance("p-new", "Patient/pa1", day=9))
    system.update(provenance("p-old", "Patient/pa1", day=2))
    system.update(provenance("p-both", "Patient/pa1", "Observation/oa1", day=5))
    system.update(provenance("p-pulse", "Observation/oa1", day=4))
    system.update(provenance("p-b", "Patient/pb1", day=7))
    system.update(provenance("p-basic", "Basic/bx"))


SPEC = {
    # types, value, what comes
    "of people, the latest": ("Patient", LATEST, ["p-b", "p-new"]),
    "of people, all": ("Patient", RELEVANT, ["p-b", "p-both", "p-new", "p-old"]),
    "of measurements, the latest": ("Observation", LATEST, ["p-both"]),
    "of measurements, all": ("Observation", RELEVANT, ["p-both", "p-pulse"]),
    "of both, the latest of each": ("Patient,Observation", LATEST, ["p-b", "p-both", "p-new"]),
    "beside Provenance itself": ("Provenance,Observation", LATEST, ["p-both"]),
    "of a type without any": ("Organization", RELEVANT, []),
}


@pytest.mark.parametrize("case", SPEC)
def test_provenance_comes_with_what_it_is_about(told, export, system, case):
    types, value, expected = SPEC[case]

    files, _ = export(system.context, _type=types, includeAssociatedData=value)

    assert ids(files.get("Provenance", [])) == expected


def test_without_the_parameter_provenance_is_a_type_like_any(told, export, system):
    files, _ = export(system.context, _type="Patient,Provenance")

    assert ids(files["Provenance"]) == ["p-b", "p-basic", "p-both", "p-new", "p-old", "p-pulse"]


def test_filter_narrows_what_provenance_is_taken_of(told, export, system):
    system.update(pulse("oa2", "pa2", 130))
    system.update(provenance("p-fast", "Observation/oa2"))

    fast = {"_typeFilter": "Observation?value-quantity=gt100", "includeAssociatedData": RELEVANT}
    files, _ = export(system.context, _type="Observation", **fast)

    assert ids(files["Provenance"]) == ["p-fast"]


def test_provenance_may_be_older_than_since(told, export, system):
    before = clock.instant()
    system.update(pulse("oa1", "pa1", 99))

    files, _ = export(system.context, _type="Patient,Observation", _since=before, includeAssociatedData=RELEVANT)

    assert ids(files["Observation"]) == ["oa1"]
    assert "Patient" not in files
    assert ids(files["Provenance"]) == ["p-both", "p-pulse"]


def test_latest_is_that_of_those_within_reach(told, export, lan, system):
    """A Provenance follows the first person that it is about: what B wrote later of A's person stays with B."""
    reader = replace(lan, may={**lan.may, "Provenance": frozenset({"search", "read"})})
    system.update(provenance("p-hidden", "Patient/pb1", "Patient/pa1", day=20))
    system.delete("Provenance", "p-new")
    seen = {one for one in ("p-both", "p-old", "p-hidden") if Repository(reader).find("Provenance", one)}

    of_reader, _ = export(reader, _type="Patient", includeAssociatedData=LATEST)
    of_all, _ = export(system.context, _type="Patient", includeAssociatedData=LATEST)

    assert seen == {"p-both", "p-old"}
    assert ids(of_reader["Provenance"]) == ["p-both"]
    assert ids(of_all["Provenance"]) == ["p-hidden"]


def test_export_for_patients_takes_provenance_of_their_records_alone(told, export, system):
    group = {"resourceType": "Group", "id": "g1", "type": "person", "actual": True}
    system.update(group | {"member": [{"entity": {"reference": "Patient/pa1"}}]})

    files, _ = export(system.context, level="group", group="g1", _type="Patient", includeAssociatedData=RELEVANT)

    assert ids(files["Patient"]) == ["pa1"]
    assert ids(files["Provenance"]) == ["p-both", "p-new", "p-old"]


def test_what_was_deleted_is_not_exported(told, export, system):
    system.delete("Provenance", "p-old")
    system.delete("Patient", "pb1")

    files, _ = export(system.context, _type="Patient", includeAssociatedData=RELEVANT)

    assert ids(files["Provenance"]) == ["p-both", "p-new"]
