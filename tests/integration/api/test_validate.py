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


def test_validate_stored_record_is_placed_where_a_read_shows_it(doctor, system, stored):
    vital = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    place = f"/Observation/{system.create(body | {'subject': {'reference': 'Patient/' + stored['id']}}).resource['id']}"

    told = places(doctor.get(f"{place}/$validate?profile={vital}"))

    assert told["Observation.category"] == "Line[1] Col[1]"
    assert places(doctor.get(f"/Patient/{stored['id']}/$validate")) == {}


def test_validate_delete_tells_what_would_be_left_behind(node, stored):
    subject = {"reference": f"Patient/{stored['id']}"}
    node.post(
        "/Observation", {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": subject}
    )

    answer = node.get(f"/Patient/{stored['id']}/$validate?mode=delete")

    assert keys(answer) == {"still-referenced"}
    assert answer.json["issue"][0]["severity"] == "warning"
    assert "Observation" in answer.json["issue"][0]["details"]["text"]
    assert node.get("/Patient/nobody/$validate?mode=delete").status_code == 404


def test_validate_delete_says_that_the_role_may_not(doctor, stored):
    assert keys(doctor.get(f"/Patient/{stored['id']}/$validate?mode=delete")) == {"refused"}


def test_validate_create_as_an_update_of_what_is_not_there_is_not_found(doctor, patient):
    assert doctor.post("/Patient/nobody/$validate?mode=update", patient | {"id": "nobody"}).status_code == 404


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
