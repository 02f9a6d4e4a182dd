"""The short way of plain reads says what the door says, and leaves to the door what is not plain."""

import pytest
from falcon.testing import create_environ

from ansinh.api import callers, door, straight
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import reads
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db


class Heard:
    """What an application answers."""

    def __init__(self, application, environ):
        self.body = b"".join(application(environ, self))

    def __call__(self, status, headers, error=None):
        self.status, self.headers = status, sorted(headers)

    def __eq__(self, other):
        return (self.status, self.headers, self.body) == (other.status, other.headers, other.body)


@pytest.fixture
def ways(doctor):
    """(the door alone, the way that is served, how often that one asked the door), with the token looked up once."""
    asked = []

    def noted(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return falcon_door(environ, start_response)

    falcon_door = door.build()
    served = straight.straight(noted, ["/AuditEvent/{identity}", "/Patient/$match", "/{kind}/{identity}"])
    assert doctor.get("/Organization/nobody").status_code == 404
    return falcon_door, served, asked


def environ_of(token, path, method="GET", host="testserver", **headers):
    sent = {"Host": host, "Authorization": f"Bearer {token}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    path, _, query = path.partition("?")
    return create_environ(path=f"/fhir{path}", method=method, query_string=query, headers=sent)


PLAIN = {
    "as clients ask": {},
    "any type": {"Accept": "*/*"},
    "FHIR JSON": {"Accept": "application/fhir+json"},
    "JSON": {"Accept": "application/json"},
    "another way to write Bearer": {"scheme": "bEARER "},
}
NOT_PLAIN = {
    "a part": ("/Patient/{id}?_elements=name", {}),
    "a form": ("/Patient/{id}?_format=json", {}),
    "a version that is known": ("/Patient/{id}", {"If_None_Match": 'W/"1"'}),
    "a version that is not": ("/Patient/{id}", {"If_None_Match": 'W/"7"'}),
    "only what is newer": ("/Patient/{id}", {"If_Modified_Since": "Sun, 06 Nov 2044 08:49:37 GMT"}),
    "XML": ("/Patient/{id}", {"Accept": "application/fhir+xml"}),
    "several types": ("/Patient/{id}", {"Accept": "application/xml, application/fhir+json;q=0.5"}),
    "R5": ("/Patient/{id}", {"Accept": "application/fhir+json; fhirVersion=5.0"}),
    "a slash at the end": ("/Patient/{id}/", {}),
    "the head alone": ("/Patient/{id}", {"method": "HEAD"}),
    "somebody who is not there": ("/Patient/nobody", {}),
    "somebody of another facility": ("/Patient/{other}", {}),
    "who was deleted": ("/Observation/{gone}", {}),
    "a type that the role may not read": ("/AuditEvent/x", {}),
    "a type that R4 has not": ("/Person2/x", {}),
    "an id that none can be": ("/Patient/a_b", {}),
    "a foreign host": ("/Patient/{id}", {"host": "elsewhere.example"}),
    "a token that nobody knows": ("/Patient/{id}", {"Authorization": "Bearer unknown"}),
    "no token": ("/Patient/{id}", {"Authorization": ""}),
    "English": ("/Patient/nobody", {"Accept_Language": "en"}),
    "history": ("/Patient/{id}/_history", {}),
    "a search": ("/Patient", {}),
    "what the door can do": ("/metadata", {}),
}


@pytest.fixture
def ids(stored, units):
    """Of a person of the doctor's unit, of one of another, and of an Observation that was deleted."""
    other = {"resourceType": "Patient", "managingOrganization": {"reference": f"Organization/{units['b']}"}}
    repository = Repository(system_context(), validate=False)
    gone = {"resourceType": "Observation", "subject": {"reference": f"Patient/{stored['id']}"}}
    named = {"other": repository.create(other), "gone": repository.create(gone)}
    repository.delete("Observation", named["gone"].resource["id"])
    return {"id": stored["id"], **{name: saved.resource["id"] for name, saved in named.items()}}


def both(ways, doctor, ids, path, how):
    """(what the served way answers, what the door alone answers)."""
    falcon_door, served, _ = ways
    how = dict(how)
    if scheme := how.pop("scheme", ""):
        how["Authorization"] = f"{scheme}{doctor.token}"
    return [Heard(way, environ_of(doctor.token, path.format(**ids), **how)) for way in (served, falcon_door)]


def test_plain_reads_are_answered_as_by_the_door_without_asking_it(ways, doctor, ids):
    for case, how in PLAIN.items():
        found, expected = both(ways, doctor, ids, "/Patient/{id}", how)

        assert found == expected, case
        assert found.status == "200 OK", case
    assert ways[2] == []


def test_what_is_not_plain_is_left_to_the_door(ways, doctor, ids):
    for number, (case, (path, how)) in enumerate(NOT_PLAIN.items(), start=1):
        found, expected = both(ways, doctor, ids, path, how)

        assert (found.status, len(found.body)) == (expected.status, len(expected.body)), case
        assert len(ways[2]) == number, case


def test_caller_who_was_not_here_is_let_in_by_the_door(ways, doctor, ids):
    _, served, asked = ways
    callers.forget()

    first, second = (Heard(served, environ_of(doctor.token, f"/Patient/{ids['id']}")) for _ in range(2))

    assert first == second
    assert len(asked) == 1


def test_token_that_is_taken_back_works_no_longer_than_the_memory_of_it(ways, doctor, ids, monkeypatch):
    _, served, asked = ways
    later = callers.clock.now() + callers.KEPT
    monkeypatch.setattr(callers.clock, "now", lambda: later)

    Heard(served, environ_of(doctor.token, f"/Patient/{ids['id']}"))

    assert len(asked) == 1


def test_plain_read_is_noted_for_the_audit(ways, doctor, ids):
    _, served, _ = ways
    before = reads.waiting()

    Heard(served, environ_of(doctor.token, f"/Patient/{ids['id']}"))

    assert reads.waiting() == before + 1


def test_type_with_an_address_of_its_own_is_left_to_the_door():
    own = straight.straight(lambda environ, start_response: [b"door"], ["/Patient/{identity}"])

    assert own({"REQUEST_METHOD": "GET", "PATH_INFO": "/fhir/Patient/x"}, None) == [b"door"]


def test_mistake_of_ours_is_told_by_the_door(ways, doctor, ids, monkeypatch):
    asked = ways[2]

    def fail(context):
        raise ZeroDivisionError

    monkeypatch.setattr(straight, "Repository", fail)
    found, expected = both(ways, doctor, ids, "/Patient/{id}", {})

    assert found == expected
    assert len(asked) == 1
