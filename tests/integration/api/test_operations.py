"""The operations of the door: each does what R4 says, for nobody who may not, and stores nothing it should not."""

import pytest

from ansinh.fhir.store import journal

pytestmark = pytest.mark.django_db

LOINC = "http://loinc.org"
GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def given(**values) -> dict:
    listed = []
    for name, value in values.items():
        key = "resource" if isinstance(value, dict) and "resourceType" in value else "valueString"
        listed.append({"name": name, **(value if isinstance(value, dict) and key == "valueString" else {key: value})})
    return {"resourceType": "Parameters", "parameter": listed}


def value_of(answer, name: str):
    one = next(part for part in answer.json["parameter"] if part["name"] == name)
    return next(value for key, value in one.items() if key.startswith("value"))


def severities(answer) -> set[str]:
    assert answer.json["resourceType"] == "OperationOutcome"
    return {issue["severity"] for issue in answer.json["issue"]}


def observed(person: dict, code: str, day: str) -> dict:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{person['id']}"},
        "effectiveDateTime": day,
    }


def test_validate_says_what_is_wrong_and_stores_nothing(doctor, patient):
    before = journal.position()

    assert severities(doctor.post("/Patient/$validate", patient)) == {"information"}
    assert "error" in severities(doctor.post("/Patient/$validate", patient | {"gender": "x"}))
    assert "error" in severities(doctor.post("/Patient/$validate", given(resource=patient | {"birthDate": "1948-13"})))
    assert journal.position() == before


def test_validate_against_a_profile_by_name(doctor, stored):
    vital = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
    body = observed(stored, "8867-4", "2025-01-01")

    assert "error" in severities(doctor.post(f"/Observation/$validate?profile={vital}", body))
    assert "error" in severities(doctor.post("/Observation/$validate?profile=http://unknown", body))
    assert "error" not in severities(doctor.post("/Observation/$validate", body))


def test_validate_of_a_mode_looks_at_rights_and_ids(doctor, node, stored):
    path = f"/Patient/{stored['id']}/$validate"

    assert severities(doctor.get(path)) == {"information"}
    assert severities(doctor.get(f"{path}?mode=delete")) == {"error"}
    assert severities(node.get(f"{path}?mode=delete")) == {"information"}
    assert severities(doctor.post(f"{path}?mode=update", {**stored, "id": "other"})) == {"error"}
    assert doctor.get(f"{path}?mode=guess").status_code == 400
    assert doctor.post("/Patient/$validate", {"resourceType": "Person"}).status_code == 400


def test_validate_of_a_strangers_record_is_not_found(stranger, stored):
    assert stranger.get(f"/Patient/{stored['id']}/$validate").status_code == 404


def test_meta_is_read_added_to_and_taken_from(doctor, stored):
    path = f"/Patient/{stored['id']}"
    tag = {"name": "meta", "valueMeta": {"tag": [{"system": "s", "code": "t"}]}}
    body = {"resourceType": "Parameters", "parameter": [tag]}

    added = doctor.post(f"{path}/$meta-add", body)
    again = doctor.post(f"{path}/$meta-add", body)
    assert value_of(added, "return")["tag"] == [{"system": "s", "code": "t"}]
    assert value_of(again, "return")["versionId"] == "2"
    assert value_of(doctor.get(f"{path}/$meta"), "return")["tag"] == [{"system": "s", "code": "t"}]
    assert "tag" not in value_of(doctor.post(f"{path}/$meta-delete", body), "return")
    assert doctor.post(f"{path}/$meta-add", given(meta="x")).status_code == 400


def test_lastn_keeps_the_newest_of_each_code(doctor, stored):
    for code in ("8867-4", "9279-1"):
        for day in ("2025-01-01", "2025-03-01", "2025-02-01"):
            doctor.post("/Observation", observed(stored, code, day))
    path = f"/Observation/$lastn?patient={stored['id']}"

    def days(query: str) -> list[str]:
        return sorted(one["resource"]["effectiveDateTime"] for one in doctor.get(path + query).json["entry"])

    assert days("") == ["2025-03-01", "2025-03-01"]
    assert days("&max=2") == ["2025-02-01", "2025-02-01", "2025-03-01", "2025-03-01"]
    assert days("&code=8867-4") == ["2025-03-01"]
    assert doctor.get("/Observation/$lastn").status_code == 400


def test_lastn_and_meta_by_post_say_the_same(doctor, stored):
    for day in ("2025-01-01", "2025-03-01"):
        doctor.post("/Observation", observed(stored, "8867-4", day))
    by_get = doctor.get(f"/Observation/$lastn?patient={stored['id']}").json["entry"]
    by_body = doctor.post("/Observation/$lastn", given(patient=stored["id"])).json["entry"]
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    by_form = doctor.post("/Observation/$lastn", f"patient={stored['id']}".encode(), **form).json["entry"]

    assert by_get == by_body == by_form
    path = f"/Patient/{stored['id']}/$meta"
    assert doctor.post(path).json == doctor.get(path).json


def test_lookup_and_validation_of_codes(doctor):
    assert value_of(doctor.get(f"/CodeSystem/$lookup?system={ROLES}&code=MTH"), "display") == "mother"
    assert doctor.get(f"/CodeSystem/$lookup?system={ROLES}&code=NOTHING").status_code == 404
    assert doctor.get("/CodeSystem/$lookup?code=x").status_code == 400
    assert value_of(doctor.get(f"/CodeSystem/$validate-code?url={ROLES}&code=MTH"), "result") is True
    assert value_of(doctor.get(f"/CodeSystem/$validate-code?url={ROLES}&code=NO"), "result") is False
    assert doctor.get("/CodeSystem/$validate-code?url=http://unknown&code=NO").status_code == 404


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ("PRN", "MTH", "subsumes"),
        ("MTH", "PRN", "subsumed-by"),
        ("MTH", "MTH", "equivalent"),
        ("MTH", "NBOR", "not-subsumed"),
    ],
)
def test_subsumes_tells_who_stands_above(doctor, one, other, outcome):
    body = given(system=ROLES, codeA=one, codeB=other)

    assert value_of(doctor.post("/CodeSystem/$subsumes", body), "outcome") == outcome


def test_expansion_lists_and_finds_codes(doctor):
    whole = doctor.get(f"/ValueSet/$expand?url={GENDER}").json["expansion"]["contains"]
    found = doctor.get(f"/ValueSet/$expand?url={GENDER}&filter=fem").json["expansion"]["contains"]

    assert {one["code"] for one in whole} == {"male", "female", "other", "unknown"}
    assert [one["code"] for one in found] == ["female"]
    assert len(doctor.get(f"/ValueSet/$expand?url={GENDER}&count=2").json["expansion"]["contains"]) == 2


def test_value_set_that_cannot_be_decided_is_refused_and_not_answered_with_false(doctor):
    undecided = "http://hl7.org/fhir/ValueSet/observation-codes"
    query = f"url={undecided}&system={LOINC}&code=8867-4"

    assert doctor.get(f"/ValueSet/$expand?url={undecided}").status_code == 422
    assert doctor.get(f"/ValueSet/$validate-code?{query}").status_code == 422
    good = f"url={GENDER}&system=http://hl7.org/fhir/administrative-gender"
    assert value_of(doctor.get(f"/ValueSet/$validate-code?{good}&code=male"), "result") is True
    assert value_of(doctor.get(f"/ValueSet/$validate-code?{good}&code=m"), "result") is False


VIEW = {
    "resourceType": "ViewDefinition",
    "name": "people",
    "status": "active",
    "resource": "Patient",
    "select": [{"column": [{"name": "id", "path": "getResourceKey()"}, {"name": "gender", "path": "gender"}]}],
}


def test_view_runs_over_what_the_caller_may_see(doctor, stranger, stored):
    run = "/ViewDefinition/$viewdefinition-run"

    assert doctor.post(run, given(viewResource=VIEW)).json == [{"id": stored["id"], "gender": "male"}]
    assert stranger.post(run, given(viewResource=VIEW)).json == []
    lines = doctor.post(run, given(viewResource=VIEW, _format="csv")).text.splitlines()
    assert lines == ["id,gender", f"{stored['id']},male"]
    assert doctor.post(run, given(viewResource=VIEW, _limit="0")).json == []
    assert doctor.post(run, given(viewResource=VIEW, _format="xml")).status_code == 400
    assert doctor.post(run, given()).status_code == 400


def test_operations_are_announced(nobody):
    rest = nobody.get("/metadata").json["rest"][0]
    patient = next(one for one in rest["resource"] if one["type"] == "Patient")

    assert {"validate", "meta", "viewdefinition-run"} <= {one["name"] for one in rest["operation"]}
    assert {"everything", "match"} <= {one["name"] for one in patient["operation"]}


def test_operation_that_is_not_there_is_not_found(doctor, stored):
    assert doctor.get(f"/Patient/{stored['id']}/$fly").status_code == 404
    assert doctor.get("/Patient/$fly").status_code == 404
