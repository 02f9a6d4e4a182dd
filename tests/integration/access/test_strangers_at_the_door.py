"""A person of facility A at the FHIR door: for strangers no way of asking tells that they exist."""

from typing import Any

import pytest

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.store import journal
from tests.support import whole_person
from tests.support.whole_person import WholePerson

pytestmark = pytest.mark.django_db
STRANGERS = ("cuc", "son", "officer", "leader", "admin")
NOBODY = "018f0000-0000-7000-8000-0000000fffff"
TYPES = ("Patient", "EpisodeOfCare", "Encounter", "Observation", "Condition", "Procedure", "QuestionnaireResponse",
         "ClinicalImpression", "Task", "Coverage", "Flag", "RelatedPerson")  # fmt: skip


def told(answer: Any, whole: WholePerson, asked: str) -> list[str]:
    """What body and headers tell of the person, without what the request itself named."""
    text = answer.text + " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return [one for one in whole.told_in(text, ids=True) if one not in asked]


def searches(whole: WholePerson, practitioner: str, facility: str) -> list[str]:
    """Every way of asking that names the person, a record of theirs, or goes around over something public."""
    plain = list(TYPES)
    named = [f"{kind}?_id={whole.records.get(kind, whole.id)}" for kind in TYPES]
    about = [f"{kind}?patient={whole.id}" for kind in TYPES if kind != "Patient"]
    counted = [f"{kind}?_summary=count&_total=accurate" for kind in TYPES]
    person = [
        f"Patient?identifier={whole_person.CITIZEN}",
        f"Patient?identifier=|{whole_person.CARD}",
        "Patient?name=quang",
        "Patient?birthdate=1950-05-17",
        f"Patient?organization=Organization/{facility}",
        "Patient?organization:missing=false",
        "Patient?_sort=birthdate&_count=1",
        "Patient?_lastUpdated=gt2020",
    ]
    around = [
        "Encounter?patient.name=quang&_total=accurate",
        f"Encounter?subject:Patient.identifier={whole_person.CITIZEN}&_total=accurate",
        f"Patient?_has:Encounter:patient:_id={whole.records['Encounter']}&_total=accurate",
        "Patient?_has:Observation:patient:code=85354-9&_total=accurate",
        "Organization?_has:Patient:organization:birthdate=1950-05-17&_total=accurate",
        f"Organization?_id={facility}&_revinclude=Patient:organization",
        f"Organization?_id={facility}&_revinclude=EpisodeOfCare:organization",
        f"Organization?_id={facility}&_revinclude=Task:owner",
        f"Practitioner?_id={practitioner}&_revinclude=Encounter:participant",
        f"Practitioner?_id={practitioner}&_revinclude=Observation:performer",
        f"Practitioner?_has:Encounter:participant:subject=Patient/{whole.id}&_total=accurate",
        "Questionnaire?_id=phq-9&_revinclude=QuestionnaireResponse:questionnaire",
        "Task?_include=Task:patient&_include=Task:focus",
        "Task?_include=*",
        "Encounter?_include=Encounter:patient&_include:iterate=Patient:organization",
        "Observation?code=85354-9&_total=accurate",
        "Condition?code=I10&_total=accurate",
    ]
    return [*plain, *named, *about, *counted, *person, *around]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_search_tells_a_stranger_anything(door_of, whole, world, lan, stranger):
    door = door_of(stranger)
    for asked in searches(whole, lan.actor.partition("/")[2], world.a):
        answers = [door.call("GET", f"/{asked}"), _posted(door, asked)]
        for answer in answers:
            assert answer.status_code in (200, 400, 403, 404), (asked, answer.text)
            assert told(answer, whole, asked) == [], asked
        found = answers[0].json
        if found["resourceType"] == "Bundle" and "organization" not in asked.lower() and "Task" not in asked:
            people = [e for e in found.get("entry", []) if e["resource"]["resourceType"] in TYPES]
            assert people == [], asked


def _posted(door: Any, asked: str) -> Any:
    kind, _, query = asked.partition("?")
    body, form = query.encode(), "application/x-www-form-urlencoded"
    return door.call("POST", f"/{kind}/_search", body or b"_count=5", Content_Type=form)


@pytest.mark.parametrize("stranger", ["cuc", "son"])
def test_totals_around_the_person_are_zero(door_of, whole, world, lan, stranger):
    door = door_of(stranger)
    for asked in searches(whole, lan.actor.partition("/")[2], world.a):
        found = door.call("GET", f"/{asked}").json
        if "total" in found and not asked.startswith(("Organization?_id", "Practitioner?_id", "Questionnaire?")):
            assert found["total"] == 0, asked


@pytest.mark.parametrize("stranger", STRANGERS)
def test_records_by_address_look_like_records_that_never_were(door_of, whole, stranger):
    door, before = door_of(stranger), journal.position()
    for kind, identity in whole.records.items():
        for method, suffix in (("GET", ""), ("GET", "/_history"), ("GET", "/_history/1"), ("DELETE", "")):
            theirs = door.call(method, f"/{kind}/{identity}{suffix}")
            nowhere = door.call(method, f"/{kind}/{NOBODY}{suffix}")
            assert theirs.status_code == nowhere.status_code, (kind, method, suffix)
            assert theirs.status_code in (403, 404, 405)
            assert theirs.text == nowhere.text
            assert told(theirs, whole, identity) == []
    assert journal.position() == before


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nothing_is_written_over_or_about_the_person(door_of, whole, lan, stranger):
    door, lans = door_of(stranger), door_of("lan")
    records = {kind: lans.call("GET", f"/{kind}/{identity}").json for kind, identity in whole.records.items()}
    before = journal.position()

    for kind, record in records.items():
        fresh = {key: value for key, value in record.items() if key not in ("id", "meta")}
        changed = record | {"language": "vi"}
        answers = [
            door.call("PUT", f"/{kind}/{record['id']}", changed),
            door.call("PUT", f"/{kind}/{record['id']}", changed, If_Match='W/"1"'),
            *([] if kind == "Patient" else [door.call("POST", f"/{kind}", fresh)]),
        ]
        for answer in answers:
            assert answer.status_code in (403, 404, 409, 412, 422), (kind, answer.status_code, answer.text)
            assert told(answer, whole, record["id"]) in ([], [whole.id]), kind
    assert journal.position() == before


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_bundle_opens_no_back_door(door_of, whole, stranger):
    door = door_of(stranger)
    urls = [f"{kind}/{identity}" for kind, identity in whole.records.items()]
    urls += [f"Patient?identifier={whole_person.CITIZEN}", f"Encounter?patient={whole.id}"]
    asked = " ".join(urls)
    for kind in ("batch", "transaction"):
        entries = [{"request": {"method": "GET", "url": url}} for url in urls]
        answer = door.call("POST", "", {"resourceType": "Bundle", "type": kind, "entry": entries})
        assert answer.status_code in (200, 400, 403, 404)
        assert told(answer, whole, asked) == []


@pytest.mark.parametrize("stranger", ["cuc", "son"])
def test_conditional_creation_does_not_find_the_person(door_of, whole, world, stranger):
    patient = {"resourceType": "Patient", "managingOrganization": {"reference": f"Organization/{world.b}"}}

    answer = door_of(stranger).call("POST", "/Patient", patient, If_None_Exist=f"identifier={whole_person.CITIZEN}")

    assert answer.status_code == 201
    assert told(answer, whole, "") == []


@pytest.mark.parametrize("stranger", STRANGERS)
def test_other_ways_into_history_are_closed(door_of, whole, stranger):
    door = door_of(stranger)
    history = ["/_history", "/Patient/_history", "/Encounter/_history", "/Task/_history"]
    types = ["/AuditEvent", "/Provenance", "/Basic", "/Bundle", "/Binary"]
    for path in (*history, *types, "/$everything", f"/Patient/{whole.id}/$everything"):
        answer = door.call("GET", path)
        assert answer.status_code in (200, 403, 404, 405), (path, answer.status_code)
        assert told(answer, whole, path) == [], path


def test_the_same_questions_find_the_person_where_they_may_be_seen(door_of, whole, world, lan):
    """The tests above would see a leak: for Lan most of the same questions tell something."""
    door = door_of("lan")
    asked = searches(whole, lan.actor.partition("/")[2], world.a)

    telling = [one for one in asked if told(door.call("GET", f"/{one}"), whole, one)]

    assert len(telling) > 25, [one for one in asked if one not in telling]
    assert set(TYPES) <= definitions().resource_types
