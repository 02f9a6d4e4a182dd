"""The clinical operations over whole synthetic lives: summaries are valid documents, everything is there once."""

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.model.references import iter_references
from ansinh.fhir.operations.everything import Wanted, everything
from ansinh.fhir.operations.matching import match
from ansinh.fhir.operations.referenced import key_of
from ansinh.fhir.operations.summary import summary
from ansinh.fhir.store import Repository
from ansinh.fhir.transactions import process
from ansinh.fhir.validation import validate
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db

BASE = "https://node.example/fhir"
CHOSEN = (0, 1, 20)  # by size: two children and somebody with a long record


@pytest.fixture
def repository(db) -> Repository:
    return Repository(system_context(), validate=False)


@pytest.fixture(params=CHOSEN)
def life(request, official, repository) -> tuple[dict, list[tuple[str, str]]]:
    """(the Patient, keys of everything that was loaded for them)."""
    files = sorted(official("synthea-r4").glob("*.json"), key=lambda one: one.stat().st_size)
    answer = process(repository, json.loads(files[request.param].read_bytes()))
    keys = [tuple(one["response"]["location"].partition("/_history")[0].split("/")) for one in answer["entry"]]
    identity = next(identity for kind, identity in keys if kind == "Patient")
    return repository.read("Patient", identity), keys


def test_summary_of_a_whole_life_is_a_valid_document(repository, life):
    bundle = summary(repository, life[0]["id"], BASE, language="en")

    assert [one for one in validate(bundle) if one.severity == "error"] == []
    places = {entry["fullUrl"] for entry in bundle["entry"]}
    sections = bundle["entry"][0]["resource"]["section"]
    assert {one["reference"] for part in sections for one in part.get("entry", [])} <= places
    assert all(bool(part.get("entry")) or "emptyReason" in part or "<td>" in part["text"]["div"] for part in sections)
    named = [one["reference"] for entry in bundle["entry"] for _, one in iter_references(entry["resource"])]
    assert all(one.startswith((BASE, "urn:uuid:")) or "?" in one for one in named)


@pytest.mark.parametrize("count", [17, 500])
def test_everything_of_a_whole_life_is_there_once(repository, life, count):
    patient, keys = life
    cursor, found = "", []
    while True:
        part = everything(repository, "Patient", patient["id"], Wanted(count=count, cursor=cursor))
        assert len(part.resources) <= count
        found += [key_of(one) for one in part.resources]
        cursor = part.next
        if not cursor:
            break

    assert len(found) == len(set(found))
    shared = ("Practitioner", "Organization", "Location", "Medication")
    assert set(found) == {key for key in keys if key[0] not in shared}


def test_match_of_a_whole_life_finds_itself_first(repository, life):
    patient, _ = life
    described = {key: patient[key] for key in ("resourceType", "name", "birthDate", "gender", "telecom")}

    found = match(repository, described)

    assert found[0].patient["id"] == patient["id"]
    assert found[0].grade == "probable"
