"""$validate: modes, and the line and column of each problem in what was sent."""

import pytest

pytestmark = pytest.mark.django_db

BODY = """{
  "resourceType": "Patient",
  "name": [{"text": "Nguyễn Văn Mẫu"}],
  "gender": "unheard-of",
  "birthDate": "1948-13"
}""".encode()


def places(answer) -> dict[str, str]:
    assert answer.json["resourceType"] == "OperationOutcome", answer.text
    return {
        issue["expression"][0]: issue["location"][0]
        for issue in answer.json["issue"]
        if "expression" in issue and "location" in issue
    }


def keys(answer) -> set[str]:
    return {issue["details"]["coding"][0]["code"] for issue in answer.json["issue"]}


def test_validate_each_problem_names_line_and_column_of_the_body(doctor):
    answer = doctor.post("/Patient/$validate", BODY)

    assert places(answer) == {"Patient.gender": "Line[4] Col[13]", "Patient.birthDate": "Line[5] Col[16]"}
    issue = next(one for one in answer.json["issue"] if one["expression"] == ["Patient.birthDate"])
    assert [one["valueInteger"] for one in issue["extension"]] == [5, 16]


def test_validate_within_parameters_counts_lines_of_the_whole_body(doctor):
    body = b'{"resourceType": "Parameters", "parameter": [\n {"name": "mode", "valueCode": "create"},\n'
    body += b' {"name": "resource", "resource":\n' + BODY + b"}]}"

    assert places(doctor.post("/Patient/$validate", body))["Patient.gender"] == "Line[7] Col[13]"


def test_validate_missing_element_is_placed_at_what_should_hold_it(doctor):
    answer = doctor.post("/Observation/$validate", b'{"resourceType": "Observation",\n "code": {"text": "x"}}')

    assert places(answer)["Observation.status"] == "Line[1] Col[1]"


def test_validate_stored_record_has_no_lines(doctor, stored):
    assert places(doctor.get(f"/Patient/{stored['id']}/$validate")) == {}


@pytest.mark.parametrize(
    ("at", "mode", "change", "key"),
    [
        ("", "create", {"id": "abc"}, "id-ignored"),
        ("", "create", {}, "valid"),
        ("", "update", {}, "id-required"),
        ("", "update", {"id": "abc"}, "valid"),
        ("stored", "update", {"id": "abc"}, "id-differs"),
        ("stored", "create", {}, "create-with-id"),
    ],
)
def test_validate_mode_says_what_the_interaction_would(doctor, patient, stored, at, mode, change, key):
    path = f"/Patient/{stored['id']}/$validate" if at else "/Patient/$validate"

    assert key in keys(doctor.post(f"{path}?mode={mode}", patient | change))


def test_validate_mode_profile_checks_against_the_profile_named(doctor, patient):
    vital = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}

    assert doctor.post("/Patient/$validate?mode=profile", patient).status_code == 400
    answer = doctor.post(f"/Observation/$validate?mode=profile&profile={vital}", body)
    assert "error" in {issue["severity"] for issue in answer.json["issue"]}


@pytest.mark.parametrize("path", ["/$closure", "/ConceptMap/$closure", "/$graphql", "/Patient/1/$graphql"])
def test_operation_left_out_on_purpose_says_so(doctor, nobody, path):
    answer = doctor.post(path, {"resourceType": "Parameters"})

    assert answer.status_code == 501
    assert answer.json["issue"][0]["code"] == "not-supported"
    assert "cố ý" in answer.json["issue"][0]["details"]["text"]
    assert nobody.get(path).status_code == 401
