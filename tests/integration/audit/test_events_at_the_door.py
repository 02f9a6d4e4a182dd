"""AuditEvent over FHIR: who may ask, what is told, and that nobody writes it."""

import pytest

from ansinh.access.addresses import UNKNOWN
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import trail
from ansinh.fhir.validation import validate
from tests.support.fhir_door import FhirClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def door_of(account_of):
    return lambda name: FhirClient(account_of(name))


def found(answer) -> list[dict]:
    assert answer.status_code == 200, answer.json
    return [entry["resource"] for entry in answer.json.get("entry", [])]


def test_director_finds_who_read_a_person_of_the_facility(people, lan, door_of):
    Repository(lan).read("Observation", "o-p1")

    events = found(door_of("mai").call("GET", "/AuditEvent?patient=Patient/p1&action=R"))

    (event,) = [one for one in events if one["agent"][0]["who"]["reference"] == lan.actor]
    assert event["subtype"][0]["code"] == "read"
    assert event["entity"][0]["what"] == {"reference": "Patient/p1"}
    assert event["entity"][1]["what"] == {"reference": "Observation/o-p1"}
    assert event["entity"][1]["detail"] == [{"type": "Observation", "valueString": "1"}]
    assert (event["agent"][0]["role"][0]["text"], event["source"]["site"]) == ("nurse", people.a)
    assert [problem for problem in validate(event) if problem.severity == "error"] == []
    assert "AuditEvent" in definitions().resource_types


def test_read_through_the_door_tells_its_address(people, door_of):
    door_of("lan").call("GET", "/Patient/p1")

    (event, *_) = found(door_of("mai").call("GET", "/AuditEvent?patient=p1&action=R"))

    assert event["agent"][0]["network"] == {"address": UNKNOWN, "type": "2"}  # the test's client has none
    assert event["agent"][0]["name"] == "fhir"


@pytest.mark.parametrize(
    ("who", "status"), [("lan", 403), ("binh", 403), ("officer", 403), ("leader", 403), ("admin", 403), ("mai", 200)]
)
def test_only_who_looks_after_a_unit_reads_the_audit(people, door_of, who, status):
    assert door_of(who).call("GET", "/AuditEvent?patient=p1").status_code == status


def test_person_of_another_facility_has_no_events_for_a_director(people, cuc, door_of):
    Repository(cuc).read("Patient", "q1")

    assert found(door_of("mai").call("GET", "/AuditEvent?patient=q1")) == []
    assert found(door_of("son").call("GET", "/AuditEvent?patient=q1&action=R")) != []


def test_without_a_person_the_deeds_of_ones_own_staff_are_told(people, lan, cuc, door_of):
    Repository(lan).read("Patient", "p1")
    Repository(cuc).read("Patient", "q1")

    actors = {one["agent"][0]["who"].get("reference") for one in found(door_of("mai").call("GET", "/AuditEvent"))}

    assert lan.actor in actors
    assert cuc.actor not in actors


def test_event_is_read_by_its_id_and_another_facilitys_is_not_found(people, lan, cuc, door_of):
    Repository(lan).read("Patient", "p1")
    Repository(cuc).read("Patient", "q1")
    trail.flush_reads()
    own, other = trail.of_person("p1", limit=1)[0], trail.of_person("q1", limit=1)[0]

    answer = door_of("mai").call("GET", f"/AuditEvent/audit-{own.id}")
    assert (answer.status_code, answer.json["id"]) == (200, f"audit-{own.id}")
    assert door_of("mai").call("GET", f"/AuditEvent/audit-{other.id}").status_code == 404
    assert door_of("mai").call("GET", "/AuditEvent/p1").status_code == 404
    assert door_of("lan").call("GET", f"/AuditEvent/audit-{own.id}").status_code == 403


def test_pages_follow_each_other_without_loss(people, lan, door_of):
    for name in ("p1", "p2", "p1", "p2"):
        Repository(lan).read("Patient", name)
        trail.flush_reads()
    agent = lan.actor
    seen, answer = [], door_of("mai").call("GET", f"/AuditEvent?agent={agent}&_count=3")
    while True:
        seen += [one["id"] for one in found(answer)]
        links = {link["relation"]: link["url"] for link in answer.json["link"]}
        if "next" not in links:
            break
        answer = door_of("mai").call("GET", links["next"].partition("/fhir")[2])

    assert len(seen) == len(set(seen)) == 4
    assert seen == sorted(seen, key=lambda one: -int(one.removeprefix("audit-")))


def test_form_finds_what_the_address_finds(people, lan, door_of):
    Repository(lan).read("Patient", "p1")
    client = door_of("mai")

    answer = client.call(
        "POST", "/AuditEvent/_search", b"patient=p1&action=R", Content_Type="application/x-www-form-urlencoded"
    )

    assert [one["action"] for one in found(answer)][:1] == ["R"]


@pytest.mark.parametrize(
    ("date", "there"),
    [("ge2020-01-01", True), ("le2020-01-01", False), ("gt2999", False), ("lt2999-01-01", True), ("2020", False)],
)
def test_date_narrows(people, lan, door_of, date, there):
    Repository(lan).read("Patient", "p1")

    assert bool(found(door_of("mai").call("GET", f"/AuditEvent?patient=p1&date={date}"))) is there


@pytest.mark.parametrize(
    "wrong",
    ["colour=red", "date=yesterday", "date=ap2020", "action=X", "patient=Group/1", "_sort=agent", "_count=x",
     "_cursor=-1", "agent=Patient/1"],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(people, door_of, wrong):
    answer = door_of("mai").call("GET", f"/AuditEvent?{wrong}")

    assert answer.status_code == 400
    assert wrong.partition("=")[0] in str(answer.json)


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PUT", "/x"), ("DELETE", "/x"), ("PATCH", "/x")])
def test_nobody_writes_the_audit_from_outside(people, door_of, method, path):
    body = {"resourceType": "AuditEvent", "id": "x"}

    for who in ("mai", "admin"):
        assert door_of(who).call(method, f"/AuditEvent{path}", body).status_code == 403


def test_reading_the_audit_of_a_person_is_in_it(people, mai, door_of):
    door_of("mai").call("GET", "/AuditEvent?patient=p1")

    assert [(row.verb, row.actor) for row in trail.of_person("p1", limit=1)] == [("audit", mai.actor)]


def test_statement_announces_reading_and_searching_alone(client):
    from ansinh.api.capability import statement

    told = {one["type"]: one for one in statement("http://x")["rest"][0]["resource"]}

    assert [one["code"] for one in told["AuditEvent"]["interaction"]] == ["read", "search-type"]
