"""Create, read, update, delete, versions: each interaction, its headers and its refusals."""

from email.utils import format_datetime, parsedate_to_datetime

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db


def test_create_answers_201_with_location_etag_and_resource(doctor, patient):
    answer = doctor.post("/Patient", patient)

    identity = answer.json["id"]
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert answer.headers["location"] == f"http://testserver/fhir/Patient/{identity}/_history/1"
    assert answer.headers["etag"] == 'W/"1"'
    assert parsedate_to_datetime(answer.headers["last-modified"])
    assert answer.json["name"] == patient["name"]


def test_create_ignores_the_id_in_the_body(doctor, patient):
    assert doctor.post("/Patient", patient | {"id": "mine"}).json["id"] != "mine"


@pytest.mark.parametrize(
    ("wish", "kind"), [("return=minimal", None), ("return=OperationOutcome", "OperationOutcome"), ("x", "Patient")]
)
def test_prefer_chooses_what_a_write_answers_with(doctor, patient, wish, kind):
    answer = doctor.post("/Patient", patient, Prefer=wish)

    assert answer.status_code == 201
    assert answer.headers["etag"] == 'W/"1"'
    assert (json.loads(answer.content)["resourceType"] if answer.content else None) == kind


def test_read_passes_the_stored_bytes_through(doctor, stored):
    raw = Repository(system_context()).raw("Patient", stored["id"])

    answer = doctor.get(f"/Patient/{stored['id']}")

    assert answer.status_code == 200
    assert answer.content == raw.body
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.headers["cache-control"] == "private, no-cache"


def test_decimals_come_back_digit_for_digit(doctor, stored):
    observation = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/%s"},'
        b'"valueQuantity":{"value":36.50}}'
    ) % stored["id"].encode()

    created = doctor.post("/Observation", observation)

    assert created.status_code == 201, created.text
    assert b'"value":36.50' in doctor.get(f"/Observation/{created.json['id']}").content


@pytest.mark.parametrize("numbers", [("1e2", "1E2", "1e+2"), ("-0", "0.0", "-0.0"), ("1e-7", "0.0000001", "1.10")])
def test_number_comes_back_as_it_was_sent_by_every_way(doctor, stored, numbers):
    url = "http://example.org/measured"
    sent = ",".join(f'{{"url":"{url}","valueDecimal":{number}}}' for number in numbers).encode()
    path, body = f"/Patient/{stored['id']}", json.dumps({key: stored[key] for key in stored if key != "meta"})

    written = doctor.put(path, body[:-1] + b',"extension":[' + sent + b"]}")
    assert written.status_code == 200, written.text
    moved = json.loads(b'[{"op":"copy","from":"/extension/0","path":"/extension/-"}]')
    patched = doctor.call("PATCH", path, json.dumps(moved), Content_Type="application/json-patch+json")

    assert sent in written.content
    assert sent in doctor.get(f"{path}/_history/2").content
    assert sent + b"," + sent.split(b",{")[0] in patched.content


def test_number_that_no_double_holds_is_refused_however_it_is_written(doctor, patient):
    for number in (b"1e999", b"1E-999"):
        extension = b'[{"url":"http://example.org/measured","valueDecimal":%s}]' % number
        assert (
            doctor.post("/Patient", json.dumps(patient)[:-1] + b',"extension":' + extension + b"}").status_code == 422
        )


def test_read_of_what_the_client_holds_answers_304(doctor, stored):
    path = f"/Patient/{stored['id']}"
    updated = parsedate_to_datetime(doctor.get(path).headers["last-modified"])

    held = doctor.get(path, If_None_Match='W/"1"')
    stale = doctor.get(path, If_None_Match='W/"7"')
    since = doctor.get(path, If_Modified_Since=format_datetime(updated, usegmt=True))

    assert (held.status_code, held.content) == (304, b"")
    assert stale.status_code == 200
    assert since.status_code == 304
    assert doctor.get(path, If_Modified_Since="hôm qua".encode().decode("latin-1")).status_code == 200


def test_summary_and_elements_give_a_tagged_part(doctor, stored):
    summary = doctor.get(f"/Patient/{stored['id']}?_summary=true").json
    chosen = doctor.get(f"/Patient/{stored['id']}?_elements=gender").json

    assert summary["meta"]["tag"][-1]["code"] == chosen["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert chosen["gender"] == "male"
    assert "name" not in chosen


def test_unknown_summary_is_refused(doctor, stored, sentences):
    answer = doctor.get(f"/Patient/{stored['id']}?_summary=all")

    assert answer.status_code == 400
    assert "_summary" in sentences(answer)


def test_update_makes_a_version_and_vread_keeps_the_old_one(doctor, stored):
    path = f"/Patient/{stored['id']}"

    answer = doctor.put(path, stored | {"gender": "other"}, If_Match='W/"1"')

    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert doctor.get(path).json["gender"] == "other"
    assert doctor.get(f"{path}/_history/1").json["gender"] == "male"
    assert doctor.get(f"{path}/_history/1").headers["etag"] == 'W/"1"'


def test_stale_update_answers_412_and_changes_nothing(doctor, stored, sentences):
    path = f"/Patient/{stored['id']}"
    doctor.put(path, stored | {"gender": "other"})

    answer = doctor.put(path, stored | {"gender": "unknown"}, If_Match='W/"1"')

    assert answer.status_code == 412
    assert sentences(answer)
    assert doctor.get(path).json["gender"] == "other"


@pytest.mark.parametrize("tag", ["1a", "W/1x", '"một"'.encode().decode("latin-1"), "*"])
def test_if_match_that_is_no_version_is_refused(doctor, stored, tag):
    assert doctor.put(f"/Patient/{stored['id']}", stored, If_Match=tag).status_code == 400


def test_update_creates_under_the_id_of_the_address(doctor, patient):
    answer = doctor.put("/Patient/chosen-1", patient | {"id": "chosen-1"})

    assert answer.status_code == 201
    assert answer.headers["location"].endswith("/Patient/chosen-1/_history/1")


@pytest.mark.parametrize(("identity", "key"), [("other", "id-differs"), (None, "id-differs")])
def test_update_with_another_id_in_the_body_is_refused(doctor, patient, identity, key):
    body = patient | ({"id": identity} if identity else {})

    answer = doctor.put("/Patient/chosen-2", body)

    assert answer.status_code == 400
    assert answer.json["issue"][0]["details"]["coding"][0]["code"] == key


def test_delete_then_read_answers_410_and_history_remains(doctor, stored, node):
    path = f"/Patient/{stored['id']}"

    deleted = node.delete(path)
    again = node.delete(path)
    history = node.get(f"{path}/_history").json

    assert (deleted.status_code, again.status_code) == (204, 204)
    assert node.get(path).status_code == 410
    assert [entry["request"]["method"] for entry in history["entry"]] == ["DELETE", "POST"]
    assert "resource" not in history["entry"][0]


def test_history_pages_follow_each_other(doctor, stored):
    path = f"/Patient/{stored['id']}"
    for gender in ("other", "unknown", "male"):
        doctor.put(path, stored | {"gender": gender})

    first = doctor.get(f"{path}/_history?_count=3").json
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    second = doctor.get(following.removeprefix("http://testserver/fhir")).json

    assert first["total"] == second["total"] == 4
    etags = [entry["response"]["etag"] for entry in first["entry"] + second["entry"]]
    assert etags == ['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']
    assert not [link for link in second["link"] if link["relation"] == "next"]


@pytest.mark.parametrize("path", ["/_history/9", "/_history/x", "/_history/0"])
def test_version_that_is_not_there_answers_404(doctor, stored, path):
    assert doctor.get(f"/Patient/{stored['id']}{path}").status_code == 404


def test_create_if_none_exist_finds_creates_or_refuses(doctor, patient):
    number = {"identifier": [{"system": "https://ansinh.vn/fhir/id/ma-so", "value": "A1"}]}
    condition = "identifier=https://ansinh.vn/fhir/id/ma-so|A1"

    first = doctor.post("/Patient", patient | number, If_None_Exist=condition)
    second = doctor.post("/Patient", patient | number, If_None_Exist=condition)
    doctor.post("/Patient", patient | number)
    third = doctor.post("/Patient", patient | number, If_None_Exist=condition)
    nothing = doctor.post("/Patient", patient, If_None_Exist="")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json["id"] == first.json["id"]
    assert third.status_code == 412
    assert nothing.status_code == 400


def test_read_costs_one_query_once_the_caller_is_known(doctor, stored, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert doctor.get(f"/Patient/{stored['id']}").status_code == 200


def test_write_answers_with_the_bytes_that_a_read_gives(doctor, patient):
    created = doctor.post("/Patient", {**patient, "multipleBirthInteger": 2, "_gender": {"id": "g"}})
    place = f"/Patient/{created.json['id']}"
    updated = doctor.put(place, {**created.json, "active": True}, Prefer="return=representation")

    read = doctor.get(place)

    assert updated.content == read.content
    assert doctor.get(f"{place}/_history/1").json == created.json
    for answer in (created, updated):
        assert answer.headers["content-type"] == read.headers["content-type"]
    assert updated.headers["last-modified"] == read.headers["last-modified"]
