"""The door under fire: whatever method, address, header or body, valid ones broken at random.

Never a 5xx; an error is an OperationOutcome that is itself sound, and it has written nothing.
"""

import base64
import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.access import tokens
from ansinh.api.operations import TABLE
from ansinh.fhir.model import json
from ansinh.fhir.store import journal
from ansinh.fhir.validation import validate
from ansinh.kernel.context import Context

pytestmark = pytest.mark.django_db

FIRE = settings(max_examples=150, suppress_health_check=list(HealthCheck))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
TYPES = (
    "Patient",
    "Observation",
    "EpisodeOfCare",
    "Questionnaire",
    "QuestionnaireResponse",
    "Bundle",
    "List",
    "Binary",
)
CODE = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Cân nặng"}

PATIENT = {
    "resourceType": "Patient",
    "id": "fire",
    "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/Patient"], "tag": [{"system": "s", "code": "c"}]},
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><a href="#x">x</a></div>'},
    "contained": [{"resourceType": "Organization", "id": "x", "name": "Cơ sở"}],
    "extension": [{"url": "http://example.org/e", "valueQuantity": {"value": 1.10, "unit": "kg"}}],
    "identifier": [{"system": "https://ansinh.vn/fhir/id/cccd", "value": "037200123456", "period": {"start": "2020"}}],
    "name": [{"text": "Nguyễn Văn Mẫu", "family": "Nguyễn", "given": ["Văn", None], "_given": [None, {"id": "g"}]}],
    "birthDate": "1950-02-28",
    "_birthDate": {"extension": [{"url": "http://example.org/t", "valueDateTime": "1950-02-28T07:00:00+07:00"}]},
    "generalPractitioner": [{"reference": "#x"}],
    "contact": [{"relationship": [CODE], "telecom": [{"system": "phone", "value": "0912345678", "rank": 1}]}],
}
OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": CODE,
    "subject": {"reference": "Patient/fire"},
    "effectivePeriod": {"start": "2025-01-01", "end": "2025-01-02T10:00:00Z"},
    "valueQuantity": {"value": 51.50, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    "component": [
        {
            "code": {"text": "Sóng"},
            "valueSampledData": {"origin": {"value": 0}, "period": 1, "dimensions": 1, "data": "1"},
        }
    ],
}
STAY = {
    "resourceType": "EpisodeOfCare",
    "status": "finished",
    "patient": {"reference": "Patient/fire"},
    "period": {"start": "2025-01-01", "end": "2025-02-01"},
}
FORM = {
    "resourceType": "Questionnaire",
    "id": "fire",
    "url": "http://example.org/fire",
    "version": "1",
    "status": "active",
    "item": [
        {"linkId": "a", "type": "choice", "required": True, "answerOption": [{"valueCoding": {"code": "x"}}]},
        {
            "linkId": "b",
            "type": "quantity",
            "enableWhen": [{"question": "a", "operator": "=", "answerCoding": {"code": "x"}}],
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 5}],
            "item": [{"linkId": "c", "type": "date"}],
        },
    ],
}
ANSWERS = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "http://example.org/fire|1",
    "status": "completed",
    "item": [
        {"linkId": "a", "answer": [{"valueCoding": {"code": "x"}}]},
        {"linkId": "b", "answer": [{"valueQuantity": {"value": 2}, "item": [{"linkId": "c", "answer": []}]}]},
    ],
}
ANSWERS["item"][1]["answer"][0]["item"][0]["answer"] = [{"valueDate": "2025-01-01"}]
LIST = {
    "resourceType": "List",
    "status": "current",
    "mode": "working",
    "entry": [{"item": {"reference": "Patient/fire"}, "date": "2025-01-01"}],
}
JSON_PATCH = [
    {"op": "test", "path": "/birthDate", "value": "1950-02-28"},
    {"op": "add", "path": "/name/0/given/-", "value": "Thêm"},
    {"op": "move", "from": "/name/0/family", "path": "/name/0/text"},
    {"op": "remove", "path": "/contact/0/relationship/0/text"},
]
FHIRPATH_PATCH = {
    "resourceType": "Parameters",
    "parameter": [
        {
            "name": "operation",
            "part": [
                {"name": "type", "valueCode": "add"},
                {"name": "path", "valueString": "Patient.name[0]"},
                {"name": "name", "valueString": "given"},
                {"name": "value", "valueString": "Thêm"},
            ],
        }
    ],
}
VALIDATE = {
    "resourceType": "Parameters",
    "parameter": [{"name": "resource", "resource": PATIENT}, {"name": "mode", "valueCode": "create"}],
}


def _patch_of_the_form() -> dict[str, Any]:
    parts = [{"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Questionnaire.status"}]
    parts.append({"name": "value", "valueCode": "retired"})
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}


def bundle(kind: str) -> dict[str, Any]:
    """Every verb, a urn:uuid, a condition, a conditional reference, both patches."""
    patch = {"resourceType": "Binary", "contentType": "application/json-patch+json"}
    patch["data"] = base64.b64encode(json.dumps(JSON_PATCH[1:2])).decode()
    person = "urn:uuid:0d6a7d3c-0000-4000-8000-000000000001"
    asked = [
        (PATIENT | {"id": "fresh"}, {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=x|y"}),
        (OBSERVATION | {"subject": {"reference": person}}, {"method": "POST", "url": "Observation"}),
        (LIST | {"id": "fire", "subject": {"reference": "Patient?_id=fire"}}, {"method": "PUT", "url": "List/fire"}),
        (patch, {"method": "PATCH", "url": "Patient/fire", "ifMatch": 'W/"1"'}),
        (_patch_of_the_form(), {"method": "PATCH", "url": "Questionnaire?_id=fire"}),
        (None, {"method": "DELETE", "url": "List?_id=none"}),
        (None, {"method": "GET", "url": "Patient/fire", "ifNoneMatch": 'W/"9"'}),
        (None, {"method": "GET", "url": "Patient?name=mau&_count=1"}),
    ]
    entries = [{"request": request} | ({"resource": one} if one else {}) for one, request in asked]
    entries[0]["fullUrl"] = person
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


# What is sent when nothing is broken: method, path, content type, body.
SOUND: list[tuple[str, str, str, Any]] = [
    ("PUT", "/Patient/fire", "application/fhir+json", PATIENT),
    ("POST", "/Observation", "application/fhir+json", OBSERVATION),
    ("POST", "/EpisodeOfCare", "application/fhir+json", STAY),
    ("PUT", "/Questionnaire/fire", "application/fhir+json", FORM),
    ("POST", "/QuestionnaireResponse", "application/fhir+json", ANSWERS),
    ("POST", "/List", "application/fhir+json", LIST),
    ("POST", "", "application/fhir+json", bundle("transaction")),
    ("POST", "", "application/fhir+json", bundle("batch")),
    ("PATCH", "/Patient/fire", "application/json-patch+json", JSON_PATCH),
    ("PATCH", "/Patient/fire", "application/fhir+json", FHIRPATH_PATCH),
    ("PATCH", "/Patient/fire", "application/merge-patch+json", {"gender": "male", "name": None}),
    ("POST", "/Patient/$validate", "application/fhir+json", VALIDATE),
]
ODD = st.sampled_from(
    [
        None, True, False, 0, -1, 10**30, 1e308, "", " ", "\x00", "Patient", "Patient/fire", "#", "#x",
        "urn:uuid:", "x" * 3000,
        "2025-02-30", "9999-12-31T23:59:60Z", "0000", "http://[", "Patient?", "Patient?name", "..", "%", "(",
        "$this", "a.b(",
        "\ud7ff\ufffd", "ﬃ", [], {}, [[]], [None], {"resourceType": "Patient"}, {"reference": 1}, {"extension": [{}]},
        {"": ""}, {"coding": [None]}, ["x", 1], {"value": "1"}, {"resourceType": "Bundle", "type": "batch",
        "entry": [{}]},
    ]
).map(copy.deepcopy)  # fmt: skip


@pytest.fixture
def machine(node, monkeypatch):
    """One who may do everything and is checked in everything, with the records that the sound requests speak of."""
    context = Context(actor="Device/fire", role="machine", reach=frozenset({"*"}), may={"*": frozenset({"*"})})
    monkeypatch.setattr(tokens, "context_from_bearer", lambda token: context)
    for method, path, _, body in SOUND[:4:3]:
        assert node.call(method, path, body).status_code == 201
    return node


def places(value: Any) -> list[list[Any]]:
    """Every path within a value, the root last."""
    found: list[list[Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        found += [[key, *rest] for rest in places(child)]
    return [*found, []]


@st.composite
def broken(draw, sound: Any) -> Any:
    """A copy with one to three things wrong."""
    value = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(places(value)[:-1] or [[None]]))
        if last is None:
            return draw(ODD)
        holder = value
        for step in above:
            holder = holder[step]
        act = draw(st.sampled_from(("replace", "remove", "rename", "wrap", "twice")))
        if act == "remove":
            del holder[last]
        elif act == "rename" and isinstance(holder, dict):
            holder[draw(st.sampled_from(("_" + last, last + "x", "resourceType", "id", "extension")))] = holder.pop(
                last
            )
        elif act == "wrap":
            holder[last] = [holder[last]]
        elif act == "twice" and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            holder[last] = draw(ODD)
    return value


def holds(machine, method: str, path: str, body: bytes | None = None, **headers: str) -> None:
    """Send, and check what must always be so."""
    before = journal.position()

    answer = machine.call(method, path, body, **headers)

    told = f"{method} {path} {headers} {body!r} → {answer.status_code} {answer.text[:500]}"
    assert answer.status_code < 500, told
    after = journal.position()
    if answer.status_code >= 400 and method != "HEAD":
        assert answer.json["resourceType"] == "OperationOutcome", told
        assert [one for one in validate(answer.json) if one.severity == "error"] == [], told
        assert after == before, told


def test_sound_requests_are_taken(machine):
    """Else the fire would only ever meet the first check."""
    statuses = [
        machine.call(method, path, body, Content_Type=kind).status_code for method, path, kind, body in SOUND[1:]
    ]

    assert [status for status in statuses if status >= 400] == []


@pytest.mark.parametrize("number", range(len(SOUND)))
def test_body_broken_at_random_is_taken_or_refused(machine, number):
    method, path, kind, sound = SOUND[number]

    @settings(FIRE, max_examples=30)
    @given(body=broken(sound))
    def fire(body):
        holds(machine, method, path, json.dumps(body), Content_Type=kind)

    fire()


@FIRE
@given(
    request=st.sampled_from(SOUND),
    cut=st.floats(0, 1),
    noise=st.binary(max_size=4),
    act=st.sampled_from(("cut", "insert", "overwrite")),
)
def test_bytes_broken_at_random_are_taken_or_refused(machine, request, cut, noise, act):
    method, path, kind, sound = request
    data = json.dumps(sound)
    at = int(cut * len(data))
    rest = {"cut": b"", "insert": data[at:], "overwrite": data[at + len(noise) :]}[act]

    holds(machine, method, path, data[:at] + noise + rest, Content_Type=kind)


PIECES = st.sampled_from(
    [*TYPES, "fire", "none", "_history", "_search", "metadata", "*", "1", "999999999999", "$validate",
    "$everything", "$x",
     "%00", "..", "%2e%2e", "Pátient", "a" * 70, "", " ", "$export", "$meta", "$lastn", "patient", "_history/1"]
)  # fmt: skip
ADDRESSES = st.lists(PIECES, max_size=4).map(lambda pieces: "".join(f"/{piece}" for piece in pieces)) | st.sampled_from(
    [f"/{one.address}".replace("{kind}", "Patient").replace("{identity}", "fire") for one in TABLE]
)
NAMES = st.sampled_from(
    ["_id", "_count", "_sort", "_include", "_revinclude", "_has:Observation:patient:code", "name",
    "name:exact", "birthdate",
     "identifier", "general-practitioner", "general-practitioner:missing", "_lastUpdated", "_summary",
     "_elements", "_format",
     "_pretty", "_since", "_at", "_cursor", "_type", "_total", "_list", "value-quantity", "code", "code:in",
     "date", "url",
     "code-value-quantity", "subject:Patient.name", "near", "_text", "_filter", "phonetic", "_tag:not", "mode",
     "profile"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["", "x", "fire", "0", "-1", "1e9", "true", "count", "json", "xml", "name,-birthdate", "Patient:*", "*",
    "Patient:link",
     "Observation:subject:Patient", "eq2025", "lt2025-02-30", "ge", "ap1e400",
     "5|http://unitsofmeasure.org|kg", "|", "||", "$",
     "a$b$c", "\\", "\\,", ",,,", "%", "%25", "%FF", "é", "٣", "Patient/fire", "http://x/Patient/fire",
     "http://[", "accurate",
     "Patient,Observation", "Nothing", "x" * 500, "2025-01-01T00:00:00+07:00", "name,birthDate.foo", "text",
     "data", "'; --", "1.0"]
) | st.text(max_size=6)  # fmt: skip
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "If_Match": st.sampled_from(['W/"1"', '"1"', "1", "*", "x", 'W/"99999999999999999999"', ""]),
        "If_None_Match": st.sampled_from(['W/"1"', "*", "x", "W/1,W/2", ""]),
        "If_Modified_Since": st.sampled_from(["Sat, 29 Oct 2044 19:43:31 GMT", "x", "", "0",
        "Mon, 99 Abc 99999 25:61:61 X"]),
        "If_None_Exist": st.sampled_from(["identifier=x|y", "_id=fire", "?", "", "colour=red", "%", "name=a&name=b"]),
        "Prefer": st.sampled_from(["return=minimal", "return=OperationOutcome", "handling=strict", "=;,",
        "respond-async", ""]),
        "Accept": st.sampled_from(["application/fhir+json", "*/*", "text/html", "application/fhir+xml", "x",
        "", ";q=2", "a/b;q=x"]),
        "Content_Type": st.sampled_from(
            ["application/fhir+json", "application/json", "text/plain", "application/json-patch+json", "x", "",
             "application/fhir+json; charset=latin1", "application/x-www-form-urlencoded", "multipart/form-data"]
        ),
        "Content_Length": st.sampled_from(["0", "99999999999", "3"]),
        "X_Forwarded_Host": st.sampled_from(["evil.example", "", "["]),
    },
)  # fmt: skip


@settings(FIRE, max_examples=400)
@given(
    method=st.sampled_from(METHODS[:5]) | st.sampled_from(METHODS),
    address=ADDRESSES,
    query=st.lists(st.tuples(NAMES, VALUES), max_size=3),
    headers=HEADERS,
    body=st.sampled_from(
        [None, b"", b"name=mau", json.dumps(PATIENT), json.dumps(VALIDATE), json.dumps(bundle("batch"))]
    ),
)
def test_any_method_address_and_header_is_answered_or_refused(machine, method, address, query, headers, body):
    asked = "&".join(f"{name}={value}" for name, value in query)
    path = address + (f"?{asked}" if asked else "")

    holds(machine, method, path.encode("utf-8").decode("latin-1"), body, **headers)
