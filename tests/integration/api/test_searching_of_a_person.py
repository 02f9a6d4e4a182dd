"""Search in what is written about a person, by the node's own address, and in lists that nobody keeps."""

import pytest

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
HERE = "http://127.0.0.1:8000/fhir"


@pytest.fixture
def record(node, stored):
    """A problem, a past one, one taken back, and a measurement; the last names the person by the node's address."""
    who = {"reference": f"Patient/{stored['id']}"}

    def problem(clinical="", verification="") -> str:
        clinically = [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": clinical}]
        verified = [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": verification}]
        body = {"resourceType": "Condition", "subject": who, "code": {"text": "Tăng huyết áp"}}
        body |= {"clinicalStatus": {"coding": clinically}} if clinical else {}
        body |= {"verificationStatus": {"coding": verified}} if verification else {}
        return node.post("/Condition", body).json["id"]

    measured = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Cân nặng"},
        "subject": {"reference": f"{HERE}/Patient/{stored['id']}"},
    }
    return {
        "current": problem("active"),
        "unsaid": problem(),
        "past": problem("resolved"),
        "wrong": problem(verification="entered-in-error"),
        "measured": node.post("/Observation", measured).json["id"],
    }


def found(answer) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {entry["resource"]["id"] for entry in answer.json.get("entry", [])}


def test_compartment_of_every_type_is_narrowed_by_type(doctor, stored, record):
    place = f"/Patient/{stored['id']}/*"

    assert found(doctor.get(f"{place}?_type=Observation")) == {record["measured"]}
    assert found(doctor.get(place)) == {stored["id"], *record.values()}
    assert doctor.get(f"{place}?_type=Organization").status_code == 404
    assert doctor.get(f"{place}?_type=Nothing").status_code == 400


def test_compartment_is_searched_by_form(doctor, stranger, stored, record):
    place = f"/Patient/{stored['id']}"

    of_type = doctor.post(f"{place}/Condition/_search", b"clinical-status=active", Content_Type=FORM)
    of_all = doctor.post(f"{place}/_search", b"_type=Condition,Observation&_count=2", Content_Type=FORM)

    assert found(of_type) == {record["current"]}
    assert len(found(of_all)) == 2
    following = next(link["url"] for link in of_all.json["link"] if link["relation"] == "next")
    assert following.startswith(f"http://testserver/fhir{place}/_search?_cursor=")
    assert stranger.post(f"{place}/_search", b"", Content_Type=FORM).status_code == 404


def test_reference_by_the_nodes_own_address_is_one_to_its_own_record(doctor, stored, record):
    kept = doctor.get(f"/Observation/{record['measured']}")

    assert kept.json["subject"]["reference"] == f"{HERE}/Patient/{stored['id']}"
    assert found(doctor.get(f"/Observation?patient={stored['id']}")) == {record["measured"]}
    assert found(doctor.get(f"/Observation?subject={HERE}/Patient/{stored['id']}")) == {record["measured"]}
    assert found(doctor.get(f"/Condition?subject={HERE}/Patient/{stored['id']}")) == set(record.values()) - {
        record["measured"]
    }


def test_reference_by_the_nodes_own_address_to_nothing_is_refused(doctor, sentences):
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}

    answer = doctor.post("/Observation", body | {"subject": {"reference": f"{HERE}/Patient/nobody"}})

    assert answer.status_code == 422
    assert "Observation.subject.reference" in answer.json["issue"][0]["expression"]


def test_everything_that_points_here_is_added_by_one_star(doctor, stored, record):
    assert found(doctor.get(f"/Patient?_id={stored['id']}&_revinclude=*")) == {stored["id"], *record.values()}


def test_current_problems_are_those_not_known_to_be_over_or_wrong(doctor, stored, record):
    place = f"/Condition?patient={stored['id']}&_list="

    assert found(doctor.get(f"{place}$current-problems")) == {record["current"], record["unsaid"]}
    assert doctor.get(f"{place}$current-allergies").status_code == 400
    assert doctor.get(f"{place}$current-feelings").status_code == 400


@pytest.mark.parametrize("parameter", ["_filter=name eq x", "_contained=true", "_query=x"])
def test_what_would_change_the_search_is_passed_over_only_on_request(doctor, stored, parameter):
    lenient = doctor.get(f"/Patient?{parameter}", Prefer="handling=lenient")

    assert doctor.get(f"/Patient?{parameter}").status_code == 400
    assert lenient.json["entry"][-1]["search"]["mode"] == "outcome"
    assert doctor.get("/Patient?_contained=false", Prefer="handling=strict").status_code == 200
