"""Conditional create, update and delete; search across types and within a person's record; how answers look."""

import pytest

pytestmark = pytest.mark.django_db

CCCD = "https://ansinh.vn/fhir/id/cccd"


@pytest.fixture
def numbered(patient) -> dict:
    return patient | {"identifier": [{"system": CCCD, "value": "037048001234"}]}


WHO = f"/Patient?identifier={CCCD}|037048001234"


def test_conditional_update_creates_then_updates_then_refuses_to_choose(doctor, numbered):
    first = doctor.put(WHO, numbered)
    second = doctor.put(WHO, numbered | {"gender": "female"})
    doctor.post("/Patient", numbered)
    third = doctor.put(WHO, numbered)

    assert (first.status_code, second.status_code, third.status_code) == (201, 200, 412)
    assert second.json["id"] == first.json["id"]
    assert second.headers["etag"] == 'W/"2"'


def test_conditional_update_obeys_if_match(doctor, numbered):
    doctor.put(WHO, numbered)

    assert doctor.put(WHO, numbered, If_Match='W/"7"').status_code == 412
    assert doctor.put(WHO, numbered, If_Match='W/"1"').status_code == 200


def test_conditional_update_of_another_record_than_named_is_refused(doctor, numbered, stored):
    doctor.put(WHO, numbered)

    assert doctor.put(WHO, numbered | {"id": stored["id"]}).status_code == 400


@pytest.mark.parametrize("query", ["", "?_count=1", "?_sort=birthdate", "?name="])
def test_write_without_a_real_condition_is_refused(node, patient, stored, query):
    assert node.put(f"/Patient{query}", patient).status_code == 400
    assert node.delete(f"/Patient{query}").status_code == 400
    assert node.get(f"/Patient/{stored['id']}").status_code == 200


def test_conditional_delete_takes_one_or_none(node, doctor, numbered):
    first = doctor.put(WHO, numbered).json

    assert node.delete(WHO).status_code == 204
    assert node.get(f"/Patient/{first['id']}").status_code == 410
    assert node.delete(WHO).status_code == 204
    for _ in range(2):
        doctor.post("/Patient", numbered)
    assert node.delete(WHO).status_code == 412


def test_delete_answers_with_an_outcome_when_preferred(node, stored):
    answer = node.delete(f"/Patient/{stored['id']}", Prefer="return=OperationOutcome")

    assert (answer.status_code, answer.json["resourceType"]) == (200, "OperationOutcome")


def observation(person: dict, code: str = "8867-4") -> dict:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{person['id']}"},
        "valueQuantity": {"value": 80, "unit": "/min"},
    }


def kinds(bundle: dict) -> list[str]:
    return [entry["resource"]["resourceType"] for entry in bundle.get("entry", [])]


def test_compartment_search_finds_what_is_written_about_the_person(doctor, stored, patient):
    other = doctor.post("/Patient", patient).json
    for person in (stored, other):
        doctor.post("/Observation", observation(person))
        doctor.post("/Observation", observation(person, "9279-1"))
    path = f"/Patient/{stored['id']}"

    assert len(kinds(doctor.get(f"{path}/Observation").json)) == 2
    assert len(kinds(doctor.get(f"{path}/Observation?code=9279-1").json)) == 1
    assert sorted(kinds(doctor.get(f"{path}/*").json)) == ["Observation", "Observation", "Patient"]
    assert doctor.get(f"{path}/*?_total=accurate&_count=1").json["total"] == 3


def test_compartment_of_a_stranger_or_of_another_kind_is_not_found(doctor, stranger, stored):
    assert stranger.get(f"/Patient/{stored['id']}/Observation").status_code == 404
    assert doctor.get(f"/Patient/{stored['id']}/ValueSet").status_code == 404
    assert doctor.get("/Organization/x/Observation").status_code == 404


def test_search_across_types_pages_through_them(doctor, stored):
    for _ in range(3):
        doctor.post("/Observation", observation(stored))
    page = doctor.get("?_type=Patient,Observation&_count=2&_total=accurate").json
    found, pages = kinds(page), 1
    assert page["total"] == 4
    while url := next((link["url"] for link in page["link"] if link["relation"] == "next"), None):
        page = doctor.get(url.removeprefix("http://testserver/fhir")).json
        found, pages = found + kinds(page), pages + 1

    assert found == ["Patient", "Observation", "Observation", "Observation"]
    assert pages == 2


def test_search_across_types_that_makes_no_sense_is_refused(doctor, stored):
    assert doctor.get("?_type=Patient,Persona").status_code == 400
    assert doctor.get("?_type=Patient,Observation&birthdate=1950").status_code == 400
    assert doctor.get("?_type=Patient,Observation&_sort=birthdate").status_code == 400


def test_search_across_types_by_form(doctor, stored):
    form = "application/x-www-form-urlencoded"

    answer = doctor.post("/_search", f"_type=Patient&_id={stored['id']}".encode(), Content_Type=form)

    assert kinds(answer.json) == ["Patient"]


def test_format_and_pretty_say_how_the_answer_looks(doctor, stored):
    path = f"/Patient/{stored['id']}"

    plain, pretty = doctor.get(path), doctor.get(f"{path}?_pretty=true")

    assert b"\n" not in plain.content
    assert b'\n  "resourceType": "Patient"' in pretty.content
    assert plain.json == pretty.json
    assert doctor.get(f"{path}?_format=json", Accept="application/xml").status_code == 200
    assert doctor.get(f"{path}?_format=xml").status_code == 406


def test_estimate_of_the_total_is_a_number(doctor, stored):
    assert doctor.get("/Patient?_total=estimate").json["total"] == 1


def test_create_with_a_condition_in_its_address_creates_once(doctor, numbered):
    first, second = doctor.post(WHO, numbered), doctor.post(WHO, numbered)

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == first.json


def test_create_that_only_says_how_to_answer_has_no_condition(doctor, numbered):
    answers = [doctor.post("/Patient?_format=json&_pretty=true", numbered) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
