"""The RESTful API of R4 (http.html), paragraph by paragraph: what is sent, the status, the headers, what then stands.

Each row is one sentence of the book; the client is one who may do everything, so that nothing here is about access.
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from ansinh.fhir.store import journal

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-7000-8000-000000000000"
OLD, FUTURE = "Sat, 29 Oct 1994 19:43:31 GMT", "Sat, 29 Oct 2044 19:43:31 GMT"
OUTCOME = "OperationOutcome"


def person(**more) -> dict:
    return {"resourceType": "Patient", "name": [{"text": "Nguyễn Thị Mẫu"}], **more}


def kind(answer) -> str:
    return answer.json.get("resourceType", "") if answer.content else ""


@pytest.fixture
def one(node) -> dict:
    """A Patient in its second version."""
    made = node.post("/Patient", person()).json
    return node.put(f"/Patient/{made['id']}", made | {"gender": "female"}).json


# (what the book says, method, path, headers, body, status, resource of the answer)
READ = [
    ("read gives the current version", "GET", "/Patient/{id}", {}, 200, "Patient"),
    ("vread gives a version", "GET", "/Patient/{id}/_history/1", {}, 200, "Patient"),
    ("HEAD is a read without a body", "HEAD", "/Patient/{id}", {}, 200, ""),
    ("unknown id is 404", "GET", f"/Patient/{UNKNOWN}", {}, 404, OUTCOME),
    ("unknown version is 404", "GET", "/Patient/{id}/_history/9", {}, 404, OUTCOME),
    ("a version is a number here", "GET", "/Patient/{id}/_history/x", {}, 404, OUTCOME),
    ("unknown type is 404", "GET", "/Person1/{id}", {}, 404, OUTCOME),
    ("a type is written as the book writes it", "GET", "/patient/{id}", {}, 404, OUTCOME),
    ("an id of wrong characters names nothing", "GET", "/Patient/a_b", {}, 404, OUTCOME),
    ("not modified by its ETag", "GET", "/Patient/{id}", {"If_None_Match": 'W/"2"'}, 304, ""),
    ("one of several ETags", "GET", "/Patient/{id}", {"If_None_Match": 'W/"9", W/"2"'}, 304, ""),
    ("another ETag", "GET", "/Patient/{id}", {"If_None_Match": 'W/"1"'}, 200, "Patient"),
    ("not modified since", "GET", "/Patient/{id}", {"If_Modified_Since": FUTURE}, 304, ""),
    ("modified since", "GET", "/Patient/{id}", {"If_Modified_Since": OLD}, 200, "Patient"),
    (
        "no date is no condition",
        "GET",
        "/Patient/{id}",
        {"If_Modified_Since": "hôm qua".encode().decode("latin-1")},
        200,
        "Patient",
    ),
    ("_format=json", "GET", "/Patient/{id}?_format=json", {}, 200, "Patient"),
    ("_format of the media type", "GET", "/Patient/{id}?_format=application/fhir%2Bjson", {}, 200, "Patient"),
    ("_format=xml is not acceptable", "GET", "/Patient/{id}?_format=xml", {}, 406, OUTCOME),
    ("Accept of XML is not acceptable", "GET", "/Patient/{id}", {"Accept": "application/fhir+xml"}, 406, OUTCOME),
    ("Accept of JSON", "GET", "/Patient/{id}", {"Accept": "application/json"}, 200, "Patient"),
    ("Accept of anything", "GET", "/Patient/{id}", {"Accept": "*/*"}, 200, "Patient"),
    (
        "Accept by preference",
        "GET",
        "/Patient/{id}",
        {"Accept": "application/fhir+xml, application/fhir+json;q=0.5"},
        200,
        "Patient",
    ),
    (
        "_format goes before Accept",
        "GET",
        "/Patient/{id}?_format=json",
        {"Accept": "application/fhir+xml"},
        200,
        "Patient",
    ),
    ("history of an instance", "GET", "/Patient/{id}/_history", {}, 200, "Bundle"),
    ("history of a type", "GET", "/Patient/_history", {}, 200, "Bundle"),
    ("history of the system", "GET", "/_history", {}, 200, "Bundle"),
    ("history of nobody", "GET", f"/Patient/{UNKNOWN}/_history", {}, 404, OUTCOME),
    ("search by GET", "GET", "/Patient?name=mau", {}, 200, "Bundle"),
    ("search in a compartment", "GET", "/Patient/{id}/Observation", {}, 200, "Bundle"),
    ("capabilities", "GET", "/metadata", {}, 200, "CapabilityStatement"),
    ("a method that is not there", "PATCH", "/Patient/{id}/_history/1", {}, 405, OUTCOME),
    ("TRACE is not offered", "TRACE", "/Patient/{id}", {}, 405, ""),
]


@pytest.mark.parametrize(("says", "method", "path", "headers", "status", "found"), READ, ids=[row[0] for row in READ])
def test_reading_answers_as_the_book_says(node, one, says, method, path, headers, status, found):
    answer = node.call(method, path.format(id=one["id"]), **headers)

    assert answer.status_code == status
    assert kind(answer) == found or (found == "" and kind(answer) in ("", OUTCOME))
    assert status == 304 or answer.headers["content-type"].startswith("application/fhir+json")


WRITE = [
    ("create gives 201", "POST", "/Patient", {}, person(), 201),
    ("create ignores the id that was sent", "POST", "/Patient", {}, person(id="mine"), 201),
    ("create of another type than the address", "POST", "/Observation", {}, person(), 400),
    ("create of nothing", "POST", "/Patient", {}, b" ", 400),
    ("create of what is no JSON", "POST", "/Patient", {}, b"{", 400),
    ("create of a list", "POST", "/Patient", {}, b"[]", 400),
    (
        "create in a form that is not read",
        "POST",
        "/Patient",
        {"Content_Type": "application/fhir+xml"},
        b"<Patient/>",
        415,
    ),
    ("create of what breaks the standard", "POST", "/Patient", {}, person(gender="nữ"), 422),
    ("create of an element that FHIR has not", "POST", "/Patient", {}, person(tuổi=70), 422),
    ("update of the current version", "PUT", "/Patient/{id}", {"If_Match": 'W/"2"'}, person(id="{id}"), 200),
    ("update of an old version", "PUT", "/Patient/{id}", {"If_Match": 'W/"1"'}, person(id="{id}"), 412),
    ("update without a version", "PUT", "/Patient/{id}", {}, person(id="{id}"), 200),
    ("update without an id in the body", "PUT", "/Patient/{id}", {}, person(), 400),
    ("update with another id in the body", "PUT", "/Patient/{id}", {}, person(id="other"), 400),
    ("update creates where nothing was", "PUT", "/Patient/new-one", {}, person(id="new-one"), 201),
    (
        "update with If-Match where nothing was",
        "PUT",
        "/Patient/new-one",
        {"If_Match": 'W/"1"'},
        person(id="new-one"),
        412,
    ),
    ("update of another type than the address", "PUT", "/Group/{id}", {}, person(id="{id}"), 400),
    ("delete", "DELETE", "/Patient/{id}", {}, None, 204),
    ("delete of what never was", "DELETE", f"/Patient/{UNKNOWN}", {}, None, 204),
    ("delete of a version of what never was", "DELETE", f"/Patient/{UNKNOWN}", {"If_Match": 'W/"1"'}, None, 412),
    ("delete with an old version", "DELETE", "/Patient/{id}", {"If_Match": 'W/"1"'}, None, 412),
    (
        "patch by JSON Patch",
        "PATCH",
        "/Patient/{id}",
        {"Content_Type": "application/json-patch+json"},
        b'[{"op":"add","path":"/active","value":true}]',
        200,
    ),
    (
        "patch that does not apply",
        "PATCH",
        "/Patient/{id}",
        {"Content_Type": "application/json-patch+json"},
        b'[{"op":"test","path":"/gender","value":"male"}]',
        422,
    ),
    ("patch in a form that is not read", "PATCH", "/Patient/{id}", {"Content_Type": "text/plain"}, b"x", 415),
    (
        "patch of an old version",
        "PATCH",
        "/Patient/{id}",
        {"Content_Type": "application/json-patch+json", "If_Match": 'W/"1"'},
        b'[{"op":"add","path":"/active","value":true}]',
        412,
    ),
    (
        "patch to what breaks the standard",
        "PATCH",
        "/Patient/{id}",
        {"Content_Type": "application/json-patch+json"},
        b'[{"op":"add","path":"/gender","value":"x"}]',
        422,
    ),
    ("conditional create that finds one", "POST", "/Patient", {"If_None_Exist": "_id={id}"}, person(), 200),
    ("conditional create that finds none", "POST", "/Patient", {"If_None_Exist": "_id=nobody"}, person(), 201),
    ("conditional update that finds one", "PUT", "/Patient?_id={id}", {}, person(), 200),
    ("conditional delete that finds none", "DELETE", "/Patient?_id=nobody", {}, None, 204),
    ("a batch without entries", "POST", "", {}, {"resourceType": "Bundle", "type": "batch"}, 200),
    ("a collection is no batch", "POST", "", {}, {"resourceType": "Bundle", "type": "collection"}, 400),
    ("a body that is no Bundle", "POST", "", {}, person(), 400),
]


def filled(value, fhir_id: str):
    """{id} in addresses, headers and bodies."""
    if isinstance(value, str):
        return value.replace("{id}", fhir_id)
    return {key: filled(each, fhir_id) for key, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(("says", "method", "path", "headers", "body", "status"), WRITE, ids=[row[0] for row in WRITE])
def test_writing_answers_as_the_book_says_and_what_is_refused_is_not_written(
    node, one, says, method, path, headers, body, status
):
    before = journal.position()

    answer = node.call(method, filled(path, one["id"]), filled(body, one["id"]), **filled(headers, one["id"]))

    assert answer.status_code == status, answer.text
    if status >= 400:
        assert kind(answer) == OUTCOME
        assert answer.json["issue"][0]["severity"] in ("error", "fatal")
        assert answer.json["issue"][0]["details"]["text"].strip()
        assert journal.position() == before


@pytest.mark.parametrize(
    ("prefer", "found"),
    [
        ("return=minimal", ""),
        ("return=representation", "Patient"),
        ("return=OperationOutcome", OUTCOME),
        ("", "Patient"),
        ("return=unheard-of", "Patient"),
        ("respond-async; return=minimal", ""),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_prefer_says_what_a_write_answers_with(node, one, method, prefer, found):
    path, body = ("/Patient", person()) if method == "POST" else (f"/Patient/{one['id']}", one)
    headers = {"Prefer": prefer} if prefer else {}

    answer = node.call(method, path, body, **headers)

    assert answer.status_code in (200, 201)
    assert kind(answer) == found
    assert answer.headers["etag"].startswith('W/"')


def test_create_says_where_the_new_one_is_and_of_which_version(node):
    answer = node.post("/Patient", person())
    made = answer.json

    assert re.fullmatch(rf".*/fhir/Patient/{made['id']}/_history/1", answer.headers["location"])
    assert answer.headers["etag"] == 'W/"1"'
    modified = parsedate_to_datetime(answer.headers["last-modified"])
    assert modified == datetime.fromisoformat(made["meta"]["lastUpdated"]).astimezone(UTC).replace(microsecond=0)


def test_last_modified_of_a_read_is_a_condition_for_the_next(node, one):
    answer = node.get(f"/Patient/{one['id']}")
    again = node.get(f"/Patient/{one['id']}", If_Modified_Since=answer.headers["last-modified"])

    assert again.status_code == 304
    assert format_datetime(parsedate_to_datetime(answer.headers["last-modified"]), usegmt=True)


def test_deleted_record_is_gone_keeps_its_history_and_can_come_back(node, one):
    path = f"/Patient/{one['id']}"
    node.delete(path)

    gone = node.get(path)
    history = node.get(f"{path}/_history").json
    back = node.put(path, one)

    assert (gone.status_code, kind(gone)) == (410, OUTCOME)
    assert [entry["request"]["method"] for entry in history["entry"]] == ["DELETE", "PUT", "POST"]
    assert "resource" not in history["entry"][0]
    assert node.get(f"{path}/_history/3").status_code == 410
    assert back.status_code in (200, 201)
    assert back.headers["etag"] == 'W/"4"'
    assert node.get(path).json["gender"] == "female"


def test_history_names_for_each_version_how_it_came_and_when(node, one):
    bundle = node.get(f"/Patient/{one['id']}/_history").json

    assert bundle["type"] == "history"
    assert bundle["total"] == 2
    assert [entry["resource"]["meta"]["versionId"] for entry in bundle["entry"]] == ["2", "1"]
    assert [entry["request"]["method"] for entry in bundle["entry"]] == ["PUT", "POST"]
    assert all(entry["response"]["status"][:3] in ("200", "201") for entry in bundle["entry"])
    assert all(entry["fullUrl"].endswith(f"/Patient/{one['id']}") for entry in bundle["entry"])


def test_every_version_of_a_record_is_read_as_it_was(node):
    made = node.post("/Patient", person(birthDate="1948")).json
    sent = [made]
    for year in ("1949", "1950", "1951"):
        sent.append(node.put(f"/Patient/{made['id']}", sent[-1] | {"birthDate": year}).json)

    for number, version in enumerate(sent, 1):
        found = node.get(f"/Patient/{made['id']}/_history/{number}")
        assert found.json == version
        assert found.headers["etag"] == f'W/"{number}"'


@pytest.mark.parametrize("by", ["GET", "POST"])
def test_search_answers_alike_by_address_and_by_form(node, one, by):
    if by == "GET":
        answer = node.get(f"/Patient?_id={one['id']}&gender=female")
    else:
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        answer = node.post("/Patient/_search", f"_id={one['id']}&gender=female".encode(), **form)
    bundle = answer.json

    assert (answer.status_code, bundle["type"]) == (200, "searchset")
    assert [entry["resource"] for entry in bundle["entry"]] == [one]
    assert [entry["search"]["mode"] for entry in bundle["entry"]] == ["match"]
    assert any(link["relation"] == "self" for link in bundle["link"])


def test_link_to_itself_says_what_was_understood(node, one):
    answer = node.get("/Patient?gender=female&unheard=1&_count=1", Prefer="handling=lenient")
    own = next(link["url"] for link in answer.json["link"] if link["relation"] == "self")

    assert "gender=female" in own
    assert "unheard" not in own
    assert node.get("/Patient?gender=female&unheard=1", Prefer="handling=strict").status_code == 400


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("_summary=text", {"resourceType", "id", "meta", "text"}),
        ("_summary=data", {"resourceType", "id", "meta", "name", "gender"}),
        ("_elements=gender", {"resourceType", "id", "meta", "gender"}),
        ("_summary=false", {"resourceType", "id", "meta", "name", "gender"}),
    ],
)
def test_part_of_a_record_is_marked_as_a_part(node, one, asked, kept):
    found = node.get(f"/Patient/{one['id']}?{asked}").json

    assert set(found) <= kept
    assert {"resourceType", "id"} <= set(found)
    tags = [tag["code"] for tag in found["meta"].get("tag", [])]
    assert ("SUBSETTED" in tags) is (asked != "_summary=false")


def test_count_alone_is_a_bundle_without_entries(node, one):
    bundle = node.get(f"/Patient?_id={one['id']}&_summary=count").json

    assert bundle["total"] == 1
    assert "entry" not in bundle


def test_pretty_and_plain_say_the_same(node, one):
    plain, pretty = node.get(f"/Patient/{one['id']}"), node.get(f"/Patient/{one['id']}?_pretty=true")

    assert plain.json == pretty.json
    assert b"\n" in pretty.content
    assert b"\n" not in plain.content.strip()


def test_decimal_order_and_companions_come_back_as_sent(node):
    sent = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.10,"unit":"kg"},'
        b'"extension":[{"url":"http://x","valueDecimal":0.000}],"_status":{"id":"s"}}'
    )
    answer = node.post("/Observation", sent)

    assert answer.status_code == 201
    stored = node.get(f"/Observation/{answer.json['id']}").content
    assert b'"value":1.10' in stored
    assert b'"valueDecimal":0.000' in stored
    assert stored.index(b'"valueQuantity"') < stored.index(b'"extension"') < stored.index(b'"_status"')
