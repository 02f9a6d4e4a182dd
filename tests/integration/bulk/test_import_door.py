"""Import at the door: files are sent, named, imported as their sender, and reported line by line."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from ansinh.fhir.bulk import fetching, importing, uploads
from ansinh.fhir.jobs import queue, running
from ansinh.fhir.jobs.models import JobRow
from ansinh.fhir.model import json
from ansinh.kernel import clock
from ansinh.kernel.errors import Malformed, NotFound
from tests.integration.bulk.conftest import person, pulse
from tests.support.holders import holding

pytestmark = pytest.mark.django_db

NDJSON = "application/fhir+ndjson"


class Crash(BaseException):
    """What ends a process: nothing catches it."""


@pytest.fixture(autouse=True)
def _alone(settings):
    settings.IMPORT_PROCESSES = 0


def path_of(address: str) -> str:
    return address.partition("/fhir")[2]


def sent(door, name, *resources) -> str:
    """The address of a file that was kept."""
    body = b"".join(json.dumps(one) + b"\n" for one in resources)
    answer = door.call("POST", f"/$import-files?name={name}", body, Content_Type=NDJSON)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def begun(door, body):
    answer = door.call("POST", "/$import", body, Prefer="respond-async")
    assert answer.status_code == 202, answer.text
    return path_of(answer.headers["content-location"])


def test_import_from_sent_files_to_the_report(world, door_of, system):
    binh = door_of("binh")
    pulses = sent(binh, "b.ndjson", pulse("o1", "p1"), {**pulse("o2", "p1"), "status": "no-such-status"})
    people = sent(binh, "a.ndjson", person("p1", world.a))
    status = begun(binh, {"inputFormat": NDJSON, "inputSource": "https://his.example.vn", "input": [
        {"type": "Observation", "url": pulses}, {"type": "Patient", "url": people}]})  # fmt: skip

    waiting = binh.call("GET", status)
    running.run_next("worker")
    done = binh.call("GET", status)

    assert waiting.status_code == 202
    assert done.status_code == 200
    assert {name: done.json[name] for name in ("lines", "written", "refused")} == {
        "lines": 3,
        "written": 2,
        "refused": 1,
    }
    report = binh.call("GET", path_of(done.json["error"][0]["url"]), Accept=NDJSON)
    issue = json.loads(report.content.splitlines()[0])["issue"][0]
    assert (issue["diagnostics"], issue["expression"]) == ("Observation-b.ndjson:2", ["Observation.status"])
    assert system.read("Observation", "o1")["subject"] == {"reference": "Patient/p1"}


def test_parameters_say_the_same_as_json(world, door_of, system):
    binh = door_of("binh")
    address = sent(binh, "Patient.ndjson", person("p1", world.a))
    part = [{"name": "type", "valueCode": "Patient"}, {"name": "url", "valueUri": address}]
    begun(binh, {"resourceType": "Parameters", "parameter": [
        {"name": "inputFormat", "valueCode": NDJSON}, {"name": "input", "part": part}]})  # fmt: skip

    running.run_next("worker")

    assert system.read("Patient", "p1")["id"] == "p1"


def test_import_writes_nothing_that_its_sender_may_not_write(world, door_of, system):
    """Bình of facility A sends a person of facility B."""
    binh = door_of("binh")
    address = sent(binh, "Patient.ndjson", person("p1", world.b))
    status = begun(binh, {"input": [{"type": "Patient", "url": address}]})

    running.run_next("worker")

    assert binh.call("GET", status).json["refused"] == 1
    assert system.find("Patient", "p1") is None


def test_files_and_reports_are_for_their_sender_alone(world, door_of):
    binh, lan = door_of("binh"), door_of("lan")
    address = sent(binh, "Patient.ndjson", person("p1", world.a))
    named = {"input": [{"type": "Patient", "url": address}]}
    status = begun(binh, named)

    assert lan.call("POST", "/$import", named, Prefer="respond-async").status_code == 404
    assert lan.call("GET", status).status_code == 404
    assert lan.call("DELETE", status).status_code == 404
    assert lan.call("DELETE", path_of(address)).status_code == 404
    assert binh.call("DELETE", path_of(address)).status_code == 204
    assert binh.call("DELETE", path_of(address)).status_code == 404


def test_stopped_import_is_gone_and_never_runs(world, door_of, system):
    binh = door_of("binh")
    status = begun(binh, {"input": [{"type": "Patient", "url": sent(binh, "Patient.ndjson", person("p1", world.a))}]})

    assert binh.call("DELETE", status).status_code == 202

    assert not running.run_next("worker")
    assert binh.call("GET", status).status_code == 404
    assert system.find("Patient", "p1") is None


@pytest.fixture
def elsewhere(settings):
    """A machine that the settings allow to fetch from, with what it holds."""
    with holding() as machine:
        settings.IMPORT_FROM, settings.IMPORT_NETWORKS = [machine.origin], ["127.0.0.0/8"]
        yield machine


def test_import_fetches_from_where_the_settings_allow(world, door_of, system, elsewhere, settings):
    binh = door_of("binh")
    elsewhere.files["/xuat/p.ndjson?key=1"] = json.dumps(person("p1", world.a)) + b"\n"
    elsewhere.files["/o"] = json.dumps(pulse("o1", "p1")) + b"\n" + json.dumps({**pulse("o2", "p1"), "status": "?"})
    status = begun(binh, {"input": [
        {"type": "Observation", "url": f"{elsewhere.origin}/o"},
        {"type": "Patient", "url": f"{elsewhere.origin}/xuat/p.ndjson?key=1"}]})  # fmt: skip

    running.run_next("worker")

    done = binh.call("GET", status).json
    assert (done["lines"], done["written"], done["refused"]) == (3, 2, 1)
    report = binh.call("GET", path_of(done["error"][0]["url"]), Accept=NDJSON)
    assert json.loads(report.content.splitlines()[0])["issue"][0]["diagnostics"] == "Observation-1.ndjson:2"
    assert system.read("Observation", "o1")["subject"] == {"reference": "Patient/p1"}
    assert list(settings.STATE.glob("jobs/*/*.fetched")) == []


def test_file_that_cannot_be_fetched_ends_the_job_with_a_sentence(door_of, elsewhere):
    binh = door_of("binh")
    status = begun(binh, {"input": [{"type": "Patient", "url": f"{elsewhere.origin}/gone?key=secret"}]})

    running.run_next("worker")

    answer = binh.call("GET", status)
    assert "trả lời 404" in answer.text
    assert "secret" not in answer.text


def test_import_cut_off_fetches_no_file_twice(world, system, elsewhere, monkeypatch):
    elsewhere.files["/p"] = json.dumps(person("p1", world.a)) + b"\n"
    job = importing.ask(system.context, [fetching.source("Patient", f"{elsewhere.origin}/p", 1)])
    monkeypatch.setattr(importing._Importer, "finish", lambda _: (_ for _ in ()).throw(Crash))
    with pytest.raises(Crash):
        running.run_now(job)
    monkeypatch.undo()
    JobRow.objects.update(lease_until=None, state="queued")

    running.run_next("other")

    assert queue.state(job.id).state == "done"
    assert elsewhere.asked == ["/p"]


BAD = (
    # body, status, word of the answer
    ({}, 400, "input"),
    ({"input": []}, 400, "input"),
    ({"input": "x"}, 400, "input"),
    ({"input": ["x"]}, 400, "type"),
    ({"input": [{"type": "Nothing", "url": "x"}]}, 400, "type"),
    ({"input": [{"type": "Patient"}]}, 400, "url"),
    ({"inputFormat": "text/csv", "input": [{"type": "Patient", "url": "x"}]}, 400, "inputFormat"),
    ({"input": [{"type": "Patient", "url": "https://elsewhere.example/Patient.ndjson"}]}, 403, "$import-files"),
    ({"input": [{"type": "Patient", "url": "file:///etc/passwd"}]}, 403, "$import-files"),
    ({"input": [{"type": "Patient", "url": "http://x/$import-files/../../secret"}]}, 403, "$import-files"),
    ({"input": [{"type": "Patient", "url": "http://x/$import-files/.."}]}, 404, ""),
    ({"resourceType": "Parameters", "parameter": [{"name": "input"}]}, 400, "type"),
    ({"resourceType": "Parameters", "parameter": {"name": "input"}}, 400, "input"),
)


@pytest.mark.parametrize(("body", "status", "word"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_bad_manifest_is_refused_and_begins_nothing(door_of, body, status, word):
    answer = door_of("binh").call("POST", "/$import", body, Prefer="respond-async")

    assert answer.status_code == status, answer.text
    assert word in answer.text
    assert queue.listed() == []


def test_client_that_does_not_ask_for_async_is_refused(door_of):
    assert door_of("binh").call("POST", "/$import", {"input": []}).status_code == 400


@pytest.mark.parametrize("name", ["", "Patient", "../Patient.ndjson", "a/b.ndjson", ".ndjson", "x" * 90 + ".ndjson"])
def test_upload_under_a_bad_name_is_refused(door_of, name):
    answer = door_of("binh").call("POST", f"/$import-files?name={name}", b"{}\n", Content_Type=NDJSON)

    assert answer.status_code == 400


def test_upload_of_something_else_is_refused(door_of):
    answer = door_of("binh").call("POST", "/$import-files?name=a.ndjson", b"{}", Content_Type="text/plain")

    assert answer.status_code == 415


def test_upload_that_breaks_off_leaves_nothing(binh, settings):
    with pytest.raises(Malformed):
        uploads.receive(binh, "a.ndjson", io.BytesIO(b"half"), 10)

    assert list((settings.STATE / "uploads").glob("*/*")) == []


def test_old_uploads_go(binh, settings):
    settings.JOBS_KEPT_HOURS = 24
    old, new = (uploads.receive(binh, "a.ndjson", io.BytesIO(b"{}\n"), 3) for _ in range(2))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    for upload, hours in ((old, 25), (new, 1)):
        folder = next((settings.STATE / "uploads").glob(f"*/{upload}"))
        then = (at - timedelta(hours=hours)).timestamp()
        os.utime(folder, (then, then))

    with clock.frozen(at):
        uploads.remove_old()

    assert uploads.source(binh, new).size == 3
    with pytest.raises(NotFound):
        uploads.source(binh, old)
