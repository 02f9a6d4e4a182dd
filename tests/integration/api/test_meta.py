"""$meta of the node, of a type, of a record and of a version: what is in use, as far as the caller may see it."""

import pytest

from ansinh.fhir.search.labels import MOST, labels
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import UserError

pytestmark = pytest.mark.django_db

KIND, LABEL = "http://example.org/kind", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
BUNDLED = "http://hl7.org/fhir/StructureDefinition/vitalsigns"


def meta_of(answer) -> dict:
    (one,) = answer.json["parameter"]
    assert one["name"] == "return"
    return one["valueMeta"]


def labelled(resource: dict, **meta) -> dict:
    return {key: value for key, value in resource.items() if key != "meta"} | {"meta": meta}


def coding(system: str, *codes: str) -> list[dict]:
    return [{"system": system, "code": code} for code in codes]


@pytest.fixture
def two(doctor, patient, stored) -> dict:
    """Two persons of facility A with labels, one of which both carry, and a group with a label of its own."""
    doctor.put(f"/Patient/{stored['id']}", labelled(stored, tag=coding(KIND, "b", "a")))
    made = doctor.post("/Patient", labelled(patient, tag=coding(KIND, "b"), security=coding(LABEL, "R")))
    assert made.status_code == 201, made.text
    return stored


def test_meta_of_a_type_unites_what_its_records_carry(doctor, two):
    meta = meta_of(doctor.get("/Patient/$meta"))

    assert [one for one in meta["tag"] if one["system"] == KIND] == coding(KIND, "a", "b")
    assert meta["security"] == coding(LABEL, "R")
    assert doctor.post("/Patient/$meta").json == doctor.get("/Patient/$meta").json


def test_meta_of_the_node_unites_the_types(doctor, two):
    basic = {"resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{two['id']}"}}
    written = doctor.post("/Observation", basic | {"code": {"text": "x"}, "meta": {"tag": coding(KIND, "o")}})
    assert written.status_code == 201, written.text

    whole, observations = (meta_of(doctor.get(f"{place}/$meta")) for place in ("", "/Observation"))

    assert [one for one in whole["tag"] if one["system"] == KIND] == coding(KIND, "a", "b", "o")
    assert [one for one in observations["tag"] if one["system"] == KIND] == coding(KIND, "o")
    assert meta_of(doctor.get("/Condition/$meta")) == {}


def test_meta_never_tells_of_records_out_of_reach(stranger, two):
    for place in ("", "/Patient"):
        told = meta_of(stranger.get(f"{place}/$meta"))
        assert "security" not in told
        assert not [one for one in told.get("tag", ()) if one["system"] == KIND]


def test_meta_forgets_what_no_record_carries_any_more(doctor, two):
    gone = [{"name": "meta", "valueMeta": {"tag": coding(KIND, "a")}}]
    doctor.post(f"/Patient/{two['id']}/$meta-delete", {"resourceType": "Parameters", "parameter": gone})

    assert [one for one in meta_of(doctor.get("/Patient/$meta"))["tag"] if one["system"] == KIND] == (coding(KIND, "b"))


def test_meta_of_a_type_names_profiles(node):
    profile = {"resourceType": "Basic", "code": {"text": "x"}}
    for address in (BUNDLED, "http://hl7.org/fhir/StructureDefinition/Basic"):
        node.post("/Basic", labelled(profile, profile=[address]))

    told = meta_of(node.get("/Basic/$meta")).get("profile", [])

    assert told == sorted(told)
    assert "http://hl7.org/fhir/StructureDefinition/Basic" in told


def test_meta_of_a_version_is_that_of_the_version(doctor, two):
    path = f"/Patient/{two['id']}"

    first, second = (meta_of(doctor.get(f"{path}/_history/{n}/$meta")) for n in (1, 2))

    assert (first["versionId"], second["versionId"]) == ("1", "2")
    assert coding(KIND, "b", "a") == [one for one in second["tag"] if one["system"] == KIND]
    assert not [one for one in first.get("tag", ()) if one["system"] == KIND]
    assert second == meta_of(doctor.get(f"{path}/$meta"))


@pytest.mark.parametrize("version", ["0", "9", "x", "1e1"])
def test_meta_of_a_version_that_is_not_there_is_not_found(doctor, two, version):
    assert doctor.get(f"/Patient/{two['id']}/_history/{version}/$meta").status_code == 404


def test_meta_of_a_strangers_version_is_not_found(stranger, two):
    assert stranger.get(f"/Patient/{two['id']}/_history/1/$meta").status_code == 404


@pytest.mark.parametrize("name", ["$meta-add", "$meta-delete"])
def test_meta_of_an_old_version_never_changes(doctor, two, name):
    path = f"/Patient/{two['id']}"

    answer = doctor.post(f"{path}/_history/1/{name}", {"resourceType": "Parameters"})

    assert answer.status_code == 501
    assert "hiện hành" in answer.json["issue"][0]["details"]["text"]
    assert doctor.get(path).headers["etag"] == 'W/"2"'


def test_meta_of_a_type_that_is_none_or_refused(doctor, nobody):
    assert doctor.get("/Account/$meta").status_code == 403
    assert doctor.get("/Nothing/$meta").status_code == 404
    assert nobody.get("/$meta").status_code == 401


def test_labels_cost_as_many_queries_for_many_records_as_for_few(doctor, two, patient, django_assert_num_queries):
    repository = Repository(system_context())
    for _ in range(3):
        doctor.post("/Patient", labelled(patient, tag=coding(KIND, "b")))

    with django_assert_num_queries(3):
        labels(repository, "Patient")


def test_more_labels_than_an_answer_holds_are_refused(two, monkeypatch):
    monkeypatch.setitem(labels.__globals__, "MOST", 1)
    with pytest.raises(UserError) as raised:
        labels(Repository(system_context()), "Patient")

    assert raised.value.code == "too-costly"
    assert MOST > 1
