"""Bulk Data at the door: kick-off, progress, manifest, files, stopping; and what is refused."""

import pytest

from ansinh.fhir.jobs import queue, running
from ansinh.fhir.model import json

pytestmark = pytest.mark.django_db

ASYNC = {"Prefer": "respond-async"}


def place(answer) -> str:
    """The path below /fhir of a Content-Location."""
    return answer.headers["content-location"].partition("/fhir")[2]


def begun(door, path="/$export", body=None):
    """The status path of an export that was taken."""
    answer = door.call("POST" if body else "GET", path, body, **ASYNC)
    assert answer.status_code == 202, answer.text
    return place(answer)


def test_export_from_kick_off_to_the_last_file(people, door_of):
    lan = door_of("lan")
    status = begun(lan, "/$export?_type=Patient,Observation&_outputFormat=ndjson")

    waiting = lan.call("GET", status)
    running.run_next("worker")
    done = lan.call("GET", status)
    manifest = done.json

    assert waiting.status_code == 202
    assert waiting.headers["x-progress"].startswith("queued")
    assert int(waiting.headers["retry-after"]) > 0
    assert done.status_code == 200
    assert done.headers["content-type"] == "application/json"
    assert done.headers["expires"].endswith("GMT")
    assert manifest["requiresAccessToken"] is True
    assert manifest["request"].endswith("/fhir/$export?_type=Patient,Observation&_outputFormat=ndjson")
    assert manifest["transactionTime"]
    assert (manifest["deleted"], manifest["error"]) == ([], [])
    assert [(one["type"], one["count"]) for one in manifest["output"]] == [("Patient", 2), ("Observation", 2)]
    file = lan.call("GET", manifest["output"][0]["url"].partition("/fhir")[2], Accept="application/fhir+ndjson")
    assert file.headers["content-type"] == "application/fhir+ndjson"
    assert int(file.headers["content-length"]) == len(file.content)
    assert {json.loads(line)["id"] for line in file.content.splitlines()} == {"pa1", "pa2"}


def test_export_is_told_to_nobody_but_who_asked(people, door_of):
    lan, binh = door_of("lan"), door_of("binh")
    status = begun(lan, "/$export?_type=Patient")
    running.run_next("worker")
    file = lan.call("GET", status).json["output"][0]["url"].partition("/fhir")[2]

    for path in (status, file):
        assert binh.call("GET", path).status_code == 404
        assert binh.call("GET", path, Authorization="").status_code == 401
    assert binh.call("DELETE", status).status_code == 404
    assert lan.call("GET", file).status_code == 200


def test_stopped_export_is_gone_with_its_files(people, door_of):
    lan = door_of("lan")
    status = begun(lan, "/$export?_type=Patient")
    running.run_next("worker")
    folder = queue.folder(status.rpartition("/")[2])
    assert folder.is_dir()

    assert lan.call("DELETE", status).status_code == 202

    assert not folder.exists()
    assert lan.call("GET", status).status_code == 404
    assert lan.call("DELETE", status).status_code == 404


def test_export_stopped_before_its_start_never_runs(people, door_of):
    lan = door_of("lan")
    status = begun(lan)

    lan.call("DELETE", status)

    assert not running.run_next("worker")


def test_failed_export_answers_with_its_error(people, door_of, monkeypatch):
    lan = door_of("lan")
    status = begun(lan)
    monkeypatch.setitem(queue._kinds, "export", lambda job, progress: 1 / 0)
    running.run_next("worker")

    answer = lan.call("GET", status)

    assert answer.status_code == 400
    assert "mã sự cố" in answer.json["issue"][0]["details"]["text"]


def test_post_takes_patients_in_parameters(people, door_of):
    lan = door_of("lan")
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "_type", "valueString": "Patient"},
            {"name": "patient", "valueReference": {"reference": "Patient/pa2"}},
        ],
    }
    status = begun(lan, "/Patient/$export", body)
    running.run_next("worker")

    assert [one["count"] for one in lan.call("GET", status).json["output"]] == [1]


def test_lenient_client_gets_notes_about_what_was_passed_over(people, door_of):
    lan = door_of("lan")
    asked = "/$export?_type=Patient&organizeOutputBy=Patient"
    answer = lan.call("GET", asked, Prefer="respond-async, handling=lenient")
    running.run_next("worker")

    manifest = lan.call("GET", place(answer)).json

    file = lan.call("GET", manifest["error"][0]["url"].partition("/fhir")[2])
    assert manifest["error"][0]["type"] == "OperationOutcome"
    assert "organizeOutputBy" in json.loads(file.content)["issue"][0]["details"]["text"]


REFUSED = (
    # path, status, word of the answer
    ("/$export?includeAssociatedData=_everything", 400, "includeAssociatedData"),
    ("/$export?organizeOutputBy=Patient", 400, "organizeOutputBy"),
    ("/$export?_outputFormat=text/csv", 400, "_outputFormat"),
    ("/$export?_type=Nothing", 400, "_type"),
    ("/$export?_since=2026-01-01", 400, "_since"),
    ("/$export?_since=2026-02-31T08:00:00Z", 400, "_since"),
    ("/$export?_typeFilter=Patient?nothing=1", 400, "nothing"),
    ("/$export?_typeFilter=Patient?_include=Patient:organization", 400, "_typeFilter"),
    ("/$export?_type=Patient&_typeFilter=Observation?code=1", 400, "_typeFilter"),
    ("/$export?_type=Patient&_elements=Observation.code", 400, "_elements"),
    ("/$export?_elements=name.given[0]", 400, "_elements"),
    ("/$export?patient=Patient/pa1", 400, "patient"),
    ("/Patient/$export?patient=Patient/pa1", 400, "POST"),
    ("/Group/none/$export?patient=Patient/pa1", 400, "POST"),
    ("/Patient/$export?_type=Organization", 403, "Organization"),
    ("/$export?_type=AuditEvent", 403, "AuditEvent"),
    ("/Group/none/$export", 403, "Group"),
)


@pytest.mark.parametrize(("path", "status", "word"), REFUSED, ids=[path for path, *_ in REFUSED])
def test_bad_export_is_refused_at_the_kick_off(people, door_of, path, status, word):
    answer = door_of("lan").call("GET", path, **ASYNC)

    assert answer.status_code == status
    assert word in answer.text
    assert queue.listed() == []


@pytest.mark.parametrize(("reference", "status"), [("Group/pa1", 400), ("Patient/pb1", 404), ("Patient/pa1", 202)])
def test_patients_are_named_in_a_body(people, door_of, reference, status):
    named = [{"name": "patient", "valueReference": {"reference": reference}}]

    answer = door_of("lan").call(
        "POST", "/Patient/$export", {"resourceType": "Parameters", "parameter": named}, **ASYNC
    )

    assert answer.status_code == status, answer.text
    assert len(queue.listed()) == (status == 202)


def test_client_that_does_not_ask_for_async_is_refused(people, door_of):
    answer = door_of("lan").call("GET", "/$export")

    assert answer.status_code == 400
    assert "respond-async" in answer.text


HOSTILE = ("..%2f..%2fsecret", "Patient-2.ndjson", "%2e%2e", "Patient-1.ndjson%00")


@pytest.mark.parametrize("name", HOSTILE)
def test_file_that_is_not_of_the_export_is_not_found(people, door_of, name):
    lan = door_of("lan")
    status = begun(lan, "/$export?_type=Patient")
    running.run_next("worker")

    answer = lan.call("GET", f"/$export-files/{status.rpartition('/')[2]}/{name}")

    assert answer.status_code in (400, 404)


def test_capability_statement_announces_exports(door_of):
    statement = door_of("lan").call("GET", "/metadata").json
    rest = statement["rest"][0]

    assert "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data" in statement["instantiates"]
    announced = {one["name"]: one["definition"] for one in rest["operation"]}
    group = next(one for one in rest["resource"] if one["type"] == "Group")
    assert announced["export"].endswith("OperationDefinition/export")
    assert [one["definition"].rpartition("/")[2] for one in group["operation"]] == ["group-export"]
