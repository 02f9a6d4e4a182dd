"""PATCH through the door: both kinds of patch, versions, conditions, and patches within Bundles."""

import base64

import pytest

from ansinh.fhir.model import json

pytestmark = pytest.mark.django_db

PATCH = "application/json-patch+json"


def json_patch(*operations: dict) -> bytes:
    return json.dumps(list(operations))


def fhirpath_patch(kind: str, path: str, **value) -> dict:
    parts = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    parts += [{"name": "value", **value}] if value else []
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}


FEMALE = json_patch({"op": "replace", "path": "/gender", "value": "female"})


def test_json_patch_makes_a_new_version(doctor, stored):
    answer = doctor.call("PATCH", f"/Patient/{stored['id']}", FEMALE, Content_Type=PATCH)

    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert doctor.get(f"/Patient/{stored['id']}").json["gender"] == "female"


def test_fhirpath_patch_makes_a_new_version(doctor, stored):
    document = fhirpath_patch("replace", "Patient.gender", valueCode="other")

    answer = doctor.call("PATCH", f"/Patient/{stored['id']}", document)

    assert (answer.status_code, answer.json["gender"]) == (200, "other")


def test_patch_of_a_stale_version_is_412(doctor, stored):
    path = f"/Patient/{stored['id']}"
    doctor.call("PATCH", path, FEMALE, Content_Type=PATCH)

    answer = doctor.call("PATCH", path, FEMALE, Content_Type=PATCH, If_Match='W/"1"')

    assert answer.status_code == 412
    assert doctor.get(path).headers["etag"] == 'W/"2"'


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (json_patch({"op": "replace", "path": "/gender", "value": "nonsense"}), 422),
        (json_patch({"op": "test", "path": "/gender", "value": "female"}), 422),
        (json_patch({"op": "replace", "path": "/id", "value": "other"}), 400),
        (json_patch({"op": "replace", "path": "/resourceType", "value": "Person"}), 400),
        (b"[", 400),
        (b"{}", 400),
    ],
)
def test_patch_that_cannot_be_done_changes_nothing(doctor, stored, document, status):
    path = f"/Patient/{stored['id']}"

    answer = doctor.call("PATCH", path, document, Content_Type=PATCH)

    assert answer.status_code == status
    assert doctor.get(path).headers["etag"] == 'W/"1"'


def test_patch_of_another_kind_is_415(doctor, stored):
    answer = doctor.call("PATCH", f"/Patient/{stored['id']}", b"<diff/>", Content_Type="application/xml-patch+xml")

    assert answer.status_code == 415


def test_patch_of_a_strangers_record_is_not_found(stranger, stored):
    assert stranger.call("PATCH", f"/Patient/{stored['id']}", FEMALE, Content_Type=PATCH).status_code == 404


def test_conditional_patch_needs_exactly_one_match(doctor, stored, patient):
    assert doctor.call("PATCH", f"/Patient?_id={stored['id']}", FEMALE, Content_Type=PATCH).status_code == 200
    assert doctor.call("PATCH", "/Patient?_id=nobody", FEMALE, Content_Type=PATCH).status_code == 404
    doctor.post("/Patient", patient | {"gender": "female"})
    assert doctor.call("PATCH", "/Patient?gender=female", FEMALE, Content_Type=PATCH).status_code == 412
    assert doctor.call("PATCH", "/Patient", FEMALE, Content_Type=PATCH).status_code == 400


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_bundle_patches_by_id_and_by_condition(doctor, stored, kind):
    binary = {"resourceType": "Binary", "contentType": PATCH, "data": base64.b64encode(FEMALE).decode()}
    document = fhirpath_patch("replace", "Patient.birthDate", valueDate="1951")
    entries = [
        {"request": {"method": "PATCH", "url": f"Patient/{stored['id']}"}, "resource": binary},
        {
            "request": {"method": "PATCH", "url": f"Patient?_id={stored['id']}&active:missing=true"},
            "resource": document,
        },
    ]
    if kind == "transaction":  # two entries of a transaction may not write one resource
        entries = entries[1:]

    answer = doctor.post("/", {"resourceType": "Bundle", "type": kind, "entry": entries})

    assert [one["response"]["status"][:3] for one in answer.json["entry"]] == ["200"] * len(entries)
    found = doctor.get(f"/Patient/{stored['id']}").json
    assert found["birthDate"] == "1951"
    assert found["gender"] == ("female" if kind == "batch" else "male")


def test_transaction_with_a_patch_that_fails_does_nothing(doctor, stored, patient):
    document = fhirpath_patch("replace", "Patient.telecom", valueString="x")
    entries = [
        {"request": {"method": "POST", "url": "Patient"}, "resource": patient},
        {"request": {"method": "PATCH", "url": f"Patient/{stored['id']}"}, "resource": document},
    ]

    answer = doctor.post("/", {"resourceType": "Bundle", "type": "transaction", "entry": entries})

    assert answer.status_code == 422
    assert answer.json["issue"][0]["expression"][0].startswith("Bundle.entry[1]")
    assert doctor.get("/Patient?_total=accurate&_count=0").json["total"] == 1


@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
def test_merge_patch_changes_what_it_names_and_takes_away_what_is_null(doctor, stored, media_type):
    document = json.dumps({"gender": "female", "birthDate": None})

    answer = doctor.call("PATCH", f"/Patient/{stored['id']}", document, Content_Type=media_type)

    assert (answer.status_code, answer.json["gender"]) == (200, "female")
    assert "birthDate" not in answer.json
    assert answer.json["name"] == stored["name"]


@pytest.mark.parametrize(
    ("document", "status"),
    [({"gender": "unheard of"}, 422), ({"id": "other"}, 400), ({"resourceType": "Person"}, 400), ([], 400), ("x", 400)],
)
def test_merge_patch_that_breaks_the_resource_is_refused_and_changes_nothing(doctor, stored, document, status):
    answer = doctor.call(
        "PATCH", f"/Patient/{stored['id']}", json.dumps(document), Content_Type="application/merge-patch+json"
    )

    assert answer.status_code == status, answer.text
    assert doctor.get(f"/Patient/{stored['id']}").json == stored


def test_fhirpath_patch_sent_as_plain_json_is_applied(doctor, stored):
    document = json.dumps(fhirpath_patch("replace", "Patient.gender", valueCode="other"))

    answer = doctor.call("PATCH", f"/Patient/{stored['id']}", document, Content_Type="application/json")

    assert (answer.status_code, answer.json["gender"]) == (200, "other")
