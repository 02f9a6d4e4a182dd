"""$everything of a person and of an encounter: the record, what it speaks of, in pages that stay stable."""

import pytest

from ansinh.fhir.validation import validate

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(system, stored, units):
    """A person of A with two stays, notes on each, a practitioner and a place; and somebody else with a note."""
    person = {"reference": f"Patient/{stored['id']}"}
    unit = {"reference": f"Organization/{units['a']}"}

    def made(kind: str, **rest):
        return system.create({"resourceType": kind, **rest}).resource

    doctor = made("Practitioner", name=[{"text": "Bác sĩ Mẫu"}])
    role = made("PractitionerRole", practitioner={"reference": f"Practitioner/{doctor['id']}"}, organization=unit)
    place = made("Location", name="Phòng tập", managingOrganization=unit)
    visits = [
        made(
            "Encounter",
            status="finished",
            **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}},
            subject=person,
            period={"start": f"{year}-03-01", "end": f"{year}-03-02"},
            location=[{"location": {"reference": f"Location/{place['id']}"}}],
        )
        for year in (2024, 2025)
    ]
    for visit, year in zip(visits, (2024, 2025), strict=True):
        made(
            "Observation",
            status="final",
            code={"text": "Mạch"},
            subject=person,
            encounter={"reference": f"Encounter/{visit['id']}"},
            effectiveDateTime=f"{year}-03-01",
            performer=[{"reference": f"PractitionerRole/{role['id']}"}],
        )
    other = made("Patient", name=[{"text": "Người khác"}], managingOrganization=unit)
    made("Observation", status="final", code={"text": "Mạch"}, subject={"reference": f"Patient/{other['id']}"})
    return {"person": stored, "visits": visits, "other": other}


def kinds(answer, mode: str) -> list[str]:
    assert answer.status_code == 200, answer.text
    found = [one for one in answer.json.get("entry", []) if one["search"]["mode"] == mode]
    return sorted(one["resource"]["resourceType"] for one in found)


def pages(caller, path: str) -> list:
    found = [caller.get(path)]
    while link := next((one["url"] for one in found[-1].json["link"] if one["relation"] == "next"), ""):
        found.append(caller.get(link.removeprefix("http://testserver/fhir")))
    return found


def test_everything_of_a_person_brings_who_and_what_the_record_speaks_of(doctor, record):
    answer = doctor.get(f"/Patient/{record['person']['id']}/$everything")

    assert kinds(answer, "match") == ["Encounter", "Encounter", "Observation", "Observation", "Patient"]
    assert kinds(answer, "include") == ["Location", "Organization", "Practitioner", "PractitionerRole"]
    assert record["other"]["id"] not in answer.text


def test_everything_answer_is_a_valid_bundle(doctor, record):
    bundle = doctor.get(f"/Patient/{record['person']['id']}/$everything").json

    assert [problem for problem in validate(bundle) if problem.severity == "error"] == []


@pytest.mark.parametrize("count", [1, 2, 3, 5, 50])
def test_everything_in_pages_gives_each_resource_once(doctor, record, count):
    found = pages(doctor, f"/Patient/{record['person']['id']}/$everything?_count={count}")

    sizes = [len(kinds(page, "match")) for page in found]
    own = [one["fullUrl"] for page in found for one in page.json["entry"] if one["search"]["mode"] == "match"]
    assert max(sizes) <= count
    assert len(own) == len(set(own)) == 5


@pytest.mark.parametrize(
    ("query", "own", "around"),
    [
        ("_type=Observation", ["Observation", "Observation"], []),
        ("_type=Observation,Practitioner,PractitionerRole", ["Observation"] * 2, ["Practitioner", "PractitionerRole"]),
        ("_type=Practitioner", [], []),
        ("start=2025-01-01&_type=Encounter,Observation", ["Encounter", "Observation"], []),
        ("start=2024-01-01&end=2024-12-31&_type=Observation,Patient", ["Observation", "Patient"], []),
        ("end=2023-12-31", ["Patient"], ["Organization"]),
        ("_since=2999-01-01T00:00:00%2B07:00", [], []),
    ],
)
def test_everything_keeps_to_types_and_dates_of_care(doctor, record, query, own, around):
    answer = doctor.get(f"/Patient/{record['person']['id']}/$everything?{query}")

    assert (kinds(answer, "match"), kinds(answer, "include")) == (own, around)


def test_everything_by_post_says_the_same_and_its_next_link_is_a_get(doctor, record):
    path = f"/Patient/{record['person']['id']}/$everything"
    body = {"resourceType": "Parameters", "parameter": [{"name": "_count", "valueInteger": 4}]}

    first = doctor.post(path, body)
    following = next(one["url"] for one in first.json["link"] if one["relation"] == "next")

    assert len(kinds(first, "match")) == 4
    assert len(kinds(doctor.get(following.removeprefix("http://testserver/fhir")), "match")) == 1


def test_everything_page_stays_put_while_others_write(doctor, system, record):
    path = f"/Patient/{record['person']['id']}/$everything?_count=3"
    first = doctor.get(path)
    following = next(one["url"] for one in first.json["link"] if one["relation"] == "next")
    system.create(
        {
            "resourceType": "AllergyIntolerance",
            "patient": {"reference": f"Patient/{record['person']['id']}"},
            "code": {"text": "Tôm"},
            "clinicalStatus": {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
                ]
            },
        }
    )

    second = doctor.get(following.removeprefix("http://testserver/fhir"))

    assert kinds(first, "match") == ["Encounter", "Encounter", "Patient"]
    assert kinds(second, "match") == ["Observation", "Observation"]


def test_everything_of_everybody_stays_within_reach_and_pages_once(doctor, stranger, record):
    whole = doctor.get("/Patient/$everything")
    seen = [one["fullUrl"] for page in pages(doctor, "/Patient/$everything?_count=3") for one in page.json["entry"]]

    assert kinds(whole, "match") == ["Encounter"] * 2 + ["Observation"] * 3 + ["Patient"] * 2
    assert {one["fullUrl"] for one in whole.json["entry"]} == set(seen)
    assert kinds(doctor.get("/Patient/$everything?_type=Patient"), "match") == ["Patient", "Patient"]
    assert kinds(stranger.get("/Patient/$everything"), "match") == []


def test_everything_of_an_encounter_is_that_encounter_alone(doctor, record):
    answer = doctor.get(f"/Encounter/{record['visits'][0]['id']}/$everything")

    assert kinds(answer, "match") == ["Encounter", "Observation"]
    assert kinds(answer, "include") == ["Location", "Organization", "Practitioner", "PractitionerRole"]
    assert "2025-03" not in str([one["resource"].get("period") for one in answer.json["entry"]])


@pytest.mark.parametrize("kind", ["Patient", "Encounter"])
def test_everything_of_another_facility_is_not_found(stranger, record, kind):
    one = record["person"] if kind == "Patient" else record["visits"][0]

    assert stranger.get(f"/{kind}/{one['id']}/$everything").status_code == 404


@pytest.mark.parametrize("query", ["_type=Nothing", "_count=0", "_count=x", "_cursor=stale", "start=soon"])
def test_everything_with_a_parameter_that_is_wrong_is_refused(doctor, record, query):
    assert doctor.get(f"/Patient/{record['person']['id']}/$everything?{query}").status_code == 400


def test_everything_cursor_of_another_question_is_refused(doctor, record):
    path = f"/Patient/{record['person']['id']}/$everything"
    following = next(one["url"] for one in doctor.get(f"{path}?_count=1").json["link"] if one["relation"] == "next")
    cursor = following.partition("_cursor=")[2]

    assert doctor.get(f"{path}?_type=Patient&_cursor={cursor}").status_code == 400
    assert doctor.get(f"/Patient/{record['other']['id']}/$everything?_cursor={cursor}").status_code == 400


def test_everything_is_announced_for_both_types(nobody):
    resources = nobody.get("/metadata").json["rest"][0]["resource"]

    announced = {one["type"] for one in resources if "everything" in {op["name"] for op in one.get("operation", [])}}
    assert announced == {"Patient", "Encounter"}
