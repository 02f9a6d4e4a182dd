"""What an attacker or a broken client sends: an OperationOutcome, quickly, and nothing is written."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.model import json
from ansinh.fhir.store import journal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick():
    """No single refusal may take long, whatever the machine is doing."""
    begun = time.perf_counter()
    yield
    assert time.perf_counter() - begun < 60


def refused(answer, status: int, key: str = "") -> None:
    assert answer.status_code == status, answer.text[:300]
    assert answer.json["resourceType"] == "OperationOutcome"
    if key:
        assert answer.json["issue"][0]["details"]["coding"][0]["code"] == key


@pytest.mark.parametrize("number", ["1e999", "-1e308", "1e-999", "1e999999999999", "9" * 400, "9" * 5000])
def test_number_that_no_double_holds_is_refused(doctor, number):
    coded = '{"resourceType":"Observation","status":"final","code":{"text":"x"}'
    body = coded + ',"valueQuantity":{"value":' + number + "}}"

    answer = doctor.post("/Observation/$validate", body.encode())
    told = answer.json["issue"][0]

    assert told["severity"] == "error"
    assert told["code"] in ("value", "structure")


def test_broken_json_is_told_with_line_and_column(doctor):
    answer = doctor.post("/Patient", b'{"resourceType":"Patient",\n "name":[{"text":"\xc4\x90",}]}')

    refused(answer, 400, "json")
    issue = answer.json["issue"][0]
    assert issue["location"] == ["Line[2] Col[22]"]
    assert [part["valueInteger"] for part in issue["extension"]] == [2, 22]


def test_packed_content_is_refused(doctor):
    refused(doctor.post("/Patient", {"resourceType": "Patient"}, Content_Encoding="gzip"), 415)


def test_decomposed_text_is_kept_and_found_composed(doctor):
    body = '{"resourceType":"Patient","name":[{"text":"Tra\u0302\u0300n Hoa\u0300"}]}'

    saved = doctor.post("/Patient", body.encode())
    found = doctor.get("/Patient?name:exact=Tra%CC%82%CC%80n%20Hoa%CC%80")

    assert saved.json["name"][0]["text"] == "Trần Hoà"
    assert [entry["resource"]["id"] for entry in found.json["entry"]] == [saved.json["id"]]


class Unread:
    """A body of which nothing may be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


def test_body_of_100_megabytes_is_refused_unread(doctor):
    from falcon.testing import create_environ

    from ansinh.api.door import fhir_application

    environ = create_environ(
        path="/fhir/Patient",
        method="POST",
        headers={
            "Authorization": f"Bearer {doctor.token}",
            "Content-Type": "application/fhir+json",
            "Content-Length": str(100 * 1024 * 1024),
            "Host": "testserver",
        },
    )
    environ["wsgi.input"] = Unread()
    seen: list[str] = []

    list(fhir_application(environ, lambda status, headers, error=None: seen.append(status)))

    assert seen[0].startswith("413")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"resourceType":"Patient","name":' + b"[" * 10_000 + b"]" * 10_000 + b"}", ""),
        (b'{"resourceType":"Patient","x":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}", ""),
        (b'{"resourceType":"Patient","name":[{"text":"\xff\xfe"}]}', "json"),
        (b'{"resourceType":"Patient","gender":"male","gender":"female"}', "duplicate-key"),
        (b'{"resourceType":"Patient","name":[{"text":"a","text":"b"}]}', "duplicate-key"),
        (b'{"resourceType":"Patient"', "json"),
        (b'{"resourceType":"Patient"}{}', "json"),
        (b"\x00", "json"),
        (b"null", "json-object"),
        (b"[]", "json-object"),
        (b'{"resourceType":["Patient"]}', ""),
        (b'{"resourceType":"Patient","name":NaN}', "json"),
    ],
)
def test_body_that_is_no_resource_is_refused_and_nothing_written(doctor, body, key):
    before = journal.position()

    refused(doctor.post("/Patient", body), 400, key)

    assert journal.position() == before


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1e-999", b"9" * 5000, b"1." + b"0" * 5000 + b"1"])
def test_number_out_of_all_proportion_is_refused_or_kept_exactly(doctor, stored, number):
    body = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/%s"},'
        b'"valueQuantity":{"value":%s}}' % (stored["id"].encode(), number)
    )

    answer = doctor.post("/Observation", body)

    if answer.status_code == 201:
        assert json.loads(answer.content)["valueQuantity"]["value"] == json.loads(number)
        assert doctor.get(f"/Observation?value-quantity=gt1&subject={stored['id']}").status_code == 200
    else:
        assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    "query",
    [
        "name=" + ",".join(str(number) for number in range(10_000)),
        "_id=" + ",".join(str(number) for number in range(10_000)),
        "&".join(f"name={number}" for number in range(1_000)),
        "organization." * 50 + "name=x",
        "_has:Observation:patient:" * 50 + "code=x",
        "_cursor=eyJhbGciOiJub25lIn0:forged:cursor",
        "_count=1e9",
        "birthdate=ge9999999999",
        "name=%ff",
    ],
)
def test_search_that_would_be_boundless_is_refused(doctor, stored, query):
    refused(doctor.get(f"/Patient?{query}"), 400)


def test_contains_with_many_wildcards_answers_in_time(doctor, stored):
    begun = time.perf_counter()

    answer = doctor.get("/Patient?name:contains=" + "%25a" * 60 + "_" * 60)

    assert answer.status_code == 200
    assert "entry" not in answer.json
    assert time.perf_counter() - begun < 20


def test_includes_in_a_circle_end(doctor, stored):
    other = {**stored, "link": [{"other": {"reference": f"Patient/{stored['id']}"}, "type": "seealso"}]}
    doctor.put(f"/Patient/{stored['id']}", other)

    answer = doctor.get("/Patient?_include:iterate=Patient:link&_revinclude:iterate=Patient:link")

    assert answer.status_code == 200
    assert len(answer.json["entry"]) == 1


def test_stale_cursor_of_another_search_is_refused(doctor, patient):
    for _ in range(3):
        doctor.post("/Patient", patient)
    url = next(link["url"] for link in doctor.get("/Patient?_count=1").json["link"] if link["relation"] == "next")
    cursor = url.partition("_cursor=")[2]

    refused(doctor.get(f"/Patient?gender=male&_cursor={cursor}"), 400)
    refused(doctor.get(f"/Observation?_count=1&_cursor={cursor}"), 400)
    refused(doctor.get(f"/Patient?_count=1&_cursor={cursor[:-2]}xx"), 400)


@pytest.mark.parametrize("sent", [{"type": "transaction", "entry": {}}, {"type": "transaction", "entry": [1]}, {}])
def test_bundle_that_is_none_is_refused(doctor, sent):
    refused(doctor.post("", {"resourceType": "Bundle", **sent}), 400)


keys = st.sampled_from(
    [
        "resourceType",
        "id",
        "meta",
        "name",
        "gender",
        "birthDate",
        "extension",
        "contained",
        "identifier",
        "_gender",
        "x",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Patient", "male", "1948"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(body=st.dictionaries(keys, values, max_size=6))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_no_object_whatever_makes_the_door_fall(doctor, body):
    for sent in (body, {**body, "resourceType": "Patient"}):
        assert doctor.post("/Patient", sent).status_code in (201, 400, 403, 422)


@given(query=st.text(st.characters(codec="ascii", exclude_characters="#"), max_size=30))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_no_query_whatever_makes_the_door_fall(doctor, query):
    assert doctor.get(f"/Patient?{query}").status_code in (200, 400, 406)
