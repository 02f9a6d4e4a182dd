"""Patient/$match over the index: found without marks, by number, phone or slip; within the caller's reach only."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansinh.fhir.validation import validate
from ansinh.kernel.naming import BHYT, CCCD

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(system, units):
    """Four women of A and one of B with the same name."""

    def person(name, birth, unit, **numbers):
        systems = {"cccd": CCCD, "bhyt": BHYT}
        resource = {
            "resourceType": "Patient",
            "name": [{"text": name, "family": name.split()[0], "given": name.split()[1:]}],
            "birthDate": birth,
            "gender": "female",
            "identifier": [
                {"system": systems[key], "value": value} for key, value in numbers.items() if key != "phone"
            ],
            "managingOrganization": {"reference": f"Organization/{units[unit]}"},
        }
        if "phone" in numbers:
            resource["telecom"] = [{"system": "phone", "value": numbers["phone"]}]
        resource = {key: value for key, value in resource.items() if value}
        return system.create(resource).resource["id"]

    return {
        "sau": person("Trần Thị Sáu", "1948-03-05", "a", cccd="037148001234", bhyt="CC1373712345678"),
        "sau-60": person("Trần Thị Sáu", "1960", "a", phone="0912345678"),
        "mai": person("Trần Mai Sáu", "1948-03-05", "a"),
        "bay": person("Lê Thị Bảy", "1948-03-05", "a"),
        "b": person("Trần Thị Sáu", "1948-03-05", "b", cccd="037148009999"),
    }


def asked(**values) -> dict:
    keys = {bool: "valueBoolean", int: "valueInteger", dict: "resource"}
    listed = [{"name": name, keys[type(value)]: value} for name, value in values.items()]
    return {"resourceType": "Parameters", "parameter": listed}


def described(**parts) -> dict:
    return {"resourceType": "Patient", **parts}


def grades(answer, people) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    names = {identity: name for name, identity in people.items()}
    return {
        names[entry["resource"]["id"]]: entry["search"]["extension"][0]["valueCode"]
        for entry in answer.json.get("entry", [])
    }


SAU = described(name=[{"text": "tran thi sau"}], birthDate="1948-03-05", gender="female")


def test_match_by_name_and_birth_finds_likely_people_of_the_own_facility(doctor, stranger, people):
    answer = doctor.post("/Patient/$match", asked(resource=SAU))

    assert grades(answer, people) == {"sau": "probable", "mai": "possible"}
    entries = answer.json["entry"]
    scores = [entry["search"]["score"] for entry in entries]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1
    assert {entry["search"]["mode"] for entry in entries} == {"match"}
    assert entries[0]["search"]["extension"][0]["url"] == "http://hl7.org/fhir/StructureDefinition/match-grade"
    assert answer.json["total"] == len(entries)
    assert grades(stranger.post("/Patient/$match", asked(resource=SAU)), people) == {"b": "probable"}


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"identifier": [{"system": CCCD, "value": "037148001234"}]}, {"sau": "certain"}),
        ({"identifier": [{"system": CCCD, "value": "037148009999"}]}, {}),
        ({"identifier": [{"system": BHYT, "value": "3712345678"}], "birthDate": "1948"}, {"sau": "certain"}),
        ({"name": [{"text": "Sáu Trần Thị"}], "birthDate": "1948-03-05"}, {"sau": "probable"}),
        ({"name": [{"text": "Trần Thị Sáo"}], "birthDate": "1948-03-05"}, {"sau": "probable"}),
        ({"name": [{"text": "Trần Thị Sáu"}], "birthDate": "1948-05-03"}, {"sau": "probable", "mai": "possible"}),
        ({"name": [{"text": "Trần Thị Sáu"}], "birthDate": "1960"}, {"sau-60": "probable"}),
        (
            {"name": [{"text": "Trần Thị Sáu"}], "telecom": [{"system": "phone", "value": "+84 912 345 678"}]},
            {"sau": "possible", "sau-60": "possible"},
        ),
        ({"name": [{"text": "Người không có"}], "birthDate": "1901"}, {}),
        ({"identifier": [{"value": "a,b|c$d\\"}]}, {}),
    ],
)
def test_match_finds_by_what_is_known(doctor, people, parts, found):
    assert grades(doctor.post("/Patient/$match", asked(resource=described(**parts))), people) == found


def test_match_answer_is_a_valid_bundle(doctor, people):
    bundle = doctor.post("/Patient/$match", asked(resource=SAU)).json

    assert [problem for problem in validate(bundle) if problem.severity == "error"] == []


def test_match_only_certain_gives_one_or_nobody(doctor, system, people):
    number = described(**SAU, identifier=[{"system": CCCD, "value": "037148001234"}])
    sure = {"onlyCertainMatches": True}

    assert grades(doctor.post("/Patient/$match", asked(resource=SAU, **sure)), people) == {}
    assert grades(doctor.post("/Patient/$match", asked(resource=number, **sure)), people) == {"sau": "certain"}

    system.create({key: value for key, value in system.read("Patient", people["sau"]).items() if key != "id"})
    assert "entry" not in doctor.post("/Patient/$match", asked(resource=number, **sure)).json


def test_match_count_keeps_the_likeliest(doctor, people):
    assert grades(doctor.post("/Patient/$match", asked(resource=SAU, count=1)), people) == {"sau": "probable"}


def test_match_takes_the_patient_as_the_body_itself(doctor, people):
    assert "sau" in grades(doctor.post("/Patient/$match", SAU), people)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (asked(), 400),
        (asked(resource={"resourceType": "Person"}), 400),
        (asked(resource=described()), 422),
        (asked(resource=described(birthDate="1948-03-05", gender="female")), 422),
        ({"resourceType": "Parameters", "parameter": [{"name": "resource", "valueString": "x"}]}, 400),
        (asked(resource=SAU) | {"parameter": "x"}, 400),
    ],
)
def test_match_without_what_it_needs_is_refused(doctor, body, status):
    assert doctor.post("/Patient/$match", body).status_code == status


def test_match_by_address_is_not_offered(doctor):
    assert doctor.get("/Patient/$match").status_code in (404, 405)


def test_match_asks_the_index_a_bounded_number_of_times(doctor, people):
    doctor.post("/Patient/$match", SAU)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        doctor.post("/Patient/$match", SAU)

    asked_of_people = [one["sql"] for one in queries.captured_queries if "ix_" in one["sql"]]
    assert 0 < len(asked_of_people) <= 8
