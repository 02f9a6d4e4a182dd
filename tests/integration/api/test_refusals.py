"""Bad input and callers without rights: an OperationOutcome in Vietnamese, nothing changed, nothing leaked."""

import logging

import pytest

from ansinh.api import interactions
from ansinh.fhir.store import journal
from ansinh.fhir.validation import validate

pytestmark = pytest.mark.django_db

CANARY = "Nguyễn Thị Bí Mật 001099123456"


@pytest.fixture(autouse=True)
def nothing_leaks(caplog):
    """Whatever a test sends, the log never repeats it."""
    caplog.set_level(logging.DEBUG)
    yield
    assert "Bí Mật" not in caplog.text
    assert "001099123456" not in caplog.text


def sound(answer):
    """Every refusal is itself a sound FHIR resource."""
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert [problem for problem in validate(answer.json) if problem.severity == "error"] == []
    return answer.json["issue"][0]


@pytest.mark.parametrize("header", [None, "", "Basic YWJj", "Bearer", "Bearer   ", "Bearer wrong-token"])
def test_without_a_good_token_nobody_enters(nobody, header):
    answer = nobody.get("/Patient/x", **({"Authorization": header} if header is not None else {}))

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert sound(answer)["code"] == "login"


def test_session_cookie_opens_nothing(nobody, client_cookie):
    assert nobody.get("/Patient/x", Cookie=f"sessionid={client_cookie}").status_code == 401


def test_expired_token_is_refused(doctor):
    from datetime import timedelta

    from ansinh.kernel import clock

    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert doctor.get("/Patient/x").status_code == 401


def test_token_taken_back_works_no_longer_than_the_stated_seconds(doctor):
    from ansinh.access.models import AccessToken
    from ansinh.api.callers import KEPT
    from ansinh.kernel import clock

    assert doctor.get("/Patient/x").status_code == 404
    AccessToken.objects.all().delete()

    with clock.frozen(clock.now() + KEPT):
        assert doctor.get("/Patient/x").status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 411),
        (b" ", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"Patient"', 400),
        (b"\xff\xfe", 400),
        (b'{"resourceType":"Patient","gender":"\xff"}', 400),
        (b"{}", 400),
        (b'{"resourceType":"Observation"}', 400),
        (b'{"resourceType":"Patient","birthDate":"1948-02-30"}', 422),
        (b'{"resourceType":"Patient","gender":"nam"}', 422),
        (b'{"resourceType":"Patient","hoTen":"x"}', 422),
        (b'{"resourceType":"Patient","name":{}}', 422),
        (b'{"resourceType":"Patient","generalPractitioner":[{"reference":"Practitioner/none"}]}', 422),
    ],
)
def test_bad_body_is_refused_and_changes_nothing(doctor, body, status):
    before = journal.position()

    answer = doctor.post("/Patient", body)

    assert answer.status_code == status, answer.text
    assert sound(answer)["details"]["text"]
    assert journal.position() == before


def test_each_problem_is_named_with_its_place(doctor, patient):
    answer = doctor.post("/Patient", patient | {"gender": "nam", "birthDate": "x", "name": []})

    places = {place for issue in answer.json["issue"] for place in issue.get("expression", [])}
    assert answer.status_code == 422
    assert {"Patient.gender", "Patient.birthDate", "Patient.name"} <= places


def test_refusals_never_repeat_what_was_sent(doctor, patient):
    for change in ({"gender": CANARY}, {"birthDate": CANARY}, {CANARY: 1}, {"active": CANARY}, {"id": CANARY}):
        answer = doctor.put("/Patient/x1", patient | {"id": "x1"} | change)

        assert answer.status_code in (400, 422)
        assert "Bí Mật" not in answer.text


def test_number_of_levels_is_limited(doctor):
    deep = b'{"resourceType":"Patient","extension":' + b"[" * 5000 + b"]" * 5000 + b"}"

    assert doctor.post("/Patient", deep).status_code == 400


def test_size_is_limited_before_reading(doctor):
    answer = doctor.post("/Patient", b" " * (10 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert sound(answer)["code"] == "too-long"


@pytest.mark.parametrize("kind", ["application/xml", "text/plain", "application/fhir+json; charset=latin1"])
def test_other_content_is_answered_with_415(doctor, patient, kind):
    assert sound(doctor.post("/Patient", patient, Content_Type=kind))["code"] == "not-supported"


@pytest.mark.parametrize("accept", ["application/fhir+xml", "text/html"])
def test_client_that_takes_no_json_gets_406(doctor, stored, accept):
    assert doctor.get(f"/Patient/{stored['id']}", Accept=accept).status_code == 406


@pytest.mark.parametrize(
    ("query", "status"), [("_format=json", 200), ("_format=application/fhir%2Bjson", 200), ("_format=xml", 406)]
)
def test_format_in_the_address_outweighs_accept(doctor, stored, query, status):
    assert doctor.get(f"/Patient/{stored['id']}?{query}", Accept="*/*").status_code == status


@pytest.mark.parametrize("path", ["/Person1", "/Person1/x", "/patient/x", "/Patient/x/y", "/Patient/x/_history/1/2"])
def test_address_that_is_not_there_answers_404(doctor, path):
    answer = doctor.get(path)

    assert answer.status_code == 404
    assert sound(answer)["code"] in ("not-found", "not-supported")


@pytest.mark.parametrize(("method", "path"), [("POST", "/Patient/x"), ("DELETE", ""), ("PUT", "/_history")])
def test_method_that_is_not_offered_answers_405(doctor, method, path):
    answer = doctor.call(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"]


def test_foreign_host_is_refused(doctor):
    assert doctor.get("/metadata", Host="evil.example").status_code == 400


def test_too_many_parameters_are_refused(doctor):
    assert doctor.get("/Patient?" + "&".join(["gender=male"] * 300)).status_code == 400


def test_records_of_another_facility_are_not_found(doctor, stranger, stored):
    path = f"/Patient/{stored['id']}"

    answers = [stranger.get(path), stranger.get(f"{path}/_history"), stranger.get(f"{path}/_history/1")]
    nowhere = stranger.get("/Patient/not-there")

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].content == nowhere.content
    assert stranger.get("/Patient?name=nguyen").json.get("entry", []) == []


def test_record_of_another_facility_is_not_overwritten(stranger, doctor, stored):
    answer = stranger.put(f"/Patient/{stored['id']}", stored | {"gender": "other"})

    assert answer.status_code >= 400
    assert doctor.get(f"/Patient/{stored['id']}").json["gender"] == "male"


def test_role_without_the_right_is_refused(stranger, patient):
    answer = stranger.post("/PlanDefinition", {"resourceType": "PlanDefinition", "status": "draft"})

    assert answer.status_code == 403
    assert sound(answer)["code"] == "forbidden"


def test_unexpected_error_shows_an_id_and_nothing_else(doctor, stored, monkeypatch, caplog):
    def fail(request):
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr(interactions, "repository_of", fail)
    answer = doctor.get(f"/Patient/{stored['id']}?_format=json")

    issue = sound(answer)
    assert answer.status_code == 500
    assert issue["code"] == "exception"
    incident = issue["details"]["text"].partition("sự cố ")[2][:36]
    assert incident in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert CANARY not in answer.text


def test_busy_database_asks_to_try_again(doctor, stored, monkeypatch):
    from django.db import OperationalError

    def fail(request):
        raise OperationalError(CANARY)

    monkeypatch.setattr(interactions, "repository_of", fail)
    answer = doctor.get(f"/Patient/{stored['id']}?_format=json")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert sound(answer)["code"] == "transient"


PRETTY = b"""{
  "resourceType": "Patient",
  "name": [
    {"family": "Mau"},
    {"given": "Van"}
  ],
  "birthDate": "1961-02-30",
  "colour": "red"
}"""
PLACES = {"Patient.name[1].given": "Line[5] Col[15]", "Patient.birthDate": "Line[7] Col[16]"}


def places(outcome):
    return {issue["expression"][0]: issue["location"][0] for issue in outcome["issue"]}


def test_every_problem_of_a_resource_says_line_and_column(doctor):
    answer = doctor.post("/Patient", PRETTY)

    assert answer.status_code == 422
    assert places(answer.json) == PLACES | {"Patient.colour": "Line[8] Col[13]"}
    extensions = answer.json["issue"][0]["extension"]
    assert {one["url"].rpartition("-")[2]: one["valueInteger"] for one in extensions}.keys() == {"line", "col"}
    sound(answer)


def test_every_problem_of_a_transaction_says_entry_line_and_column(doctor):
    entry = b'{"request": {"method": "POST", "url": "Patient"},\n"resource":\n' + PRETTY + b"}"
    body = b'{"resourceType": "Bundle", "type": "transaction", "entry": [\n' + entry + b"]}"

    answer = doctor.post("", body)

    assert answer.status_code == 422
    assert places(answer.json)["Bundle.entry[0].resource.birthDate"] == "Line[10] Col[16]"


def test_every_problem_in_a_batch_says_line_and_column_of_its_entry(doctor):
    entry = b'{"request": {"method": "POST", "url": "Patient"},\n"resource":\n' + PRETTY + b"}"
    read = b'{"request": {"method": "GET", "url": "Patient/none"}},\n'
    body = b'{"resourceType": "Bundle", "type": "batch", "entry": [\n' + read + entry + b"]}"

    answer = doctor.post("", body).json

    assert places(answer["entry"][1]["response"]["outcome"])["Patient.birthDate"] == "Line[11] Col[16]"


def test_problem_that_a_patch_makes_says_no_line_of_the_patch(doctor, stored):
    patch = b'[{"op": "replace", "path": "/gender", "value": "none"}]'

    answer = doctor.call("PATCH", f"/Patient/{stored['id']}", patch, Content_Type="application/json-patch+json")

    assert answer.status_code == 422
    assert "location" not in answer.json["issue"][0]
