"""Bad bodies at the FHIR door: an OperationOutcome in Vietnamese that names the place, and nothing changes."""

import re
from typing import Any

import pytest

from ansinh.clinical.registry import queries
from ansinh.kernel.naming import CCCD, Q
from tests.support.whole_person import answers

pytestmark = pytest.mark.django_db
VIETNAMESE = re.compile("[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]")


def refused(answer: Any, *statuses: int) -> list[str]:
    """The places that an answer names, after checking that it is a sound refusal."""
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    assert answer.json["resourceType"] == "OperationOutcome"
    issues = [issue for issue in answer.json["issue"] if issue["severity"] in ("error", "fatal")]
    assert issues
    for issue in issues:
        assert VIETNAMESE.search(issue["details"]["text"]), issue
    return [place for issue in issues for place in issue.get("expression", [])]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"null", b"[]", b"NaN", b"<Patient/>", b'{"a":1}{"b":2}'])
@pytest.mark.parametrize(("method", "path"), [("POST", "/Patient"), ("PUT", "/Patient/x"), ("POST", "")])
def test_body_that_is_not_a_json_object(door, nothing_changes, body, method, path):
    with nothing_changes():
        refused(door.call(method, path, body), *((400, 411) if not body else (400,)))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"birthDate": "1950-02-31"}, "Patient.birthDate"),
        ({"birthDate": "1950-13"}, "Patient.birthDate"),
        ({"birthDate": 1950}, "Patient.birthDate"),
        ({"gender": "nam"}, "Patient.gender"),
        ({"name": [{"given": "An"}]}, "Patient.name[0].given"),
        ({"hoTen": "An"}, "Patient.hoTen"),
        ({"active": "true"}, "Patient.active"),
        ({"contact": [{"gender": "male"}]}, "Patient.contact[0]"),
        ({"managingOrganization": {"reference": "Organization/no-such"}}, "Patient.managingOrganization"),
        ({"managingOrganization": {"reference": "Patient/x"}}, "Patient.managingOrganization"),
        ({"identifier": [{"system": CCCD, "value": ""}]}, "Patient.identifier[0].value"),
        ({"communication": [{"language": {}}]}, "Patient.communication[0].language"),
        ({"deceasedBoolean": True, "deceasedDateTime": "2026"}, "Patient.deceased"),
    ],
)
def test_person_that_breaks_the_standard(door, binh, an, nothing_changes, change, place):
    patient = door.call("GET", f"/Patient/{an}").json
    created = {key: value for key, value in patient.items() if key not in ("id", "meta")} | change

    with nothing_changes():
        for answer in (door.call("POST", "/Patient", created), door.call("PUT", f"/Patient/{an}", patient | change)):
            places = refused(answer, 400, 422)
            assert any(found.startswith(place) for found in places), places


def test_stay_that_ends_before_it_begins(door, lan, an, nothing_changes):
    stay = door.call("GET", f"/EpisodeOfCare/{queries.person(lan, an).stay.id}").json
    ended = stay | {"status": "finished", "period": {"start": "2026-01-05", "end": "2026-01-04"}}

    with nothing_changes():
        places = refused(door.call("PUT", f"/EpisodeOfCare/{stay['id']}", ended), 422)

    assert any(place.startswith("EpisodeOfCare.period") for place in places)


@pytest.mark.parametrize("if_match", ['W/"9"', '"9"', 'W/"0"'])
def test_update_of_a_version_that_somebody_changed(door, an, nothing_changes, if_match):
    patient = door.call("GET", f"/Patient/{an}").json

    with nothing_changes():
        answer = door.call("PUT", f"/Patient/{an}", patient | {"gender": "female"}, If_Match=if_match)

    assert answer.json["issue"][0]["code"] == "conflict"
    refused(answer, 412)


@pytest.mark.parametrize("if_match", ["x", "W/x", "*", 'W/"1e3"', 'W/"-1"'])
def test_if_match_that_is_none(door, an, nothing_changes, if_match):
    patient = door.call("GET", f"/Patient/{an}").json

    with nothing_changes():
        refused(door.call("PUT", f"/Patient/{an}", patient, If_Match=if_match), 400, 412)


def test_response_with_a_required_binding_broken(door, an, nothing_changes):
    response = answers("phq-9", 0) | {"subject": {"reference": f"Patient/{an}"}, "questionnaire": Q("phq-9")}

    with nothing_changes():
        places = refused(door.call("POST", "/QuestionnaireResponse", response | {"status": "xong"}), 422)

    assert places == ["QuestionnaireResponse.status"]


def test_one_bad_entry_of_a_transaction_refuses_all_and_names_the_entry(door, an, nothing_changes):
    patient = {"resourceType": "Patient", "gender": "male"}
    entries = [
        {"resource": patient, "request": {"method": "POST", "url": "Patient"}},
        {"resource": patient | {"gender": "nam"}, "request": {"method": "POST", "url": "Patient"}},
    ]

    with nothing_changes():
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        places = refused(door.call("POST", "", bundle), 400, 422)

    assert any("entry[1]" in place for place in places), places
