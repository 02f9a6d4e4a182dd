"""QuestionnaireResponse/$extract by observation: coded questions that ask for it become Observations."""

import pytest

from tests.support.questionnaires import code, ext, form, item, resources, said

pytestmark = pytest.mark.django_db

SURVEY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}]}
UCUM = "http://unitsofmeasure.org"


def test_extract_observations_of_coded_questions_that_ask_for_it(extract, post, response, stored):
    unit = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"}
    unit |= {"valueCoding": {"system": UCUM, "code": "kg", "display": "kg"}}
    questionnaire = form(
        item(
            "group",
            "group",
            ext("observationExtract", valueBoolean=True),
            ext("observation-extract-category", valueCodeableConcept=SURVEY),
            item=[
                item("score", "integer", code=code("96761-2")),
                item("weight", "decimal", unit, code=code("29463-7")),
                item("yes", "boolean", code=code("11111-1")),
                item("day", "date", code=code("22222-2")),
                item("choice", "choice", code=code("33333-3"), repeats=True),
                item("left", "string", ext("observationExtract", valueBoolean=False), code=code("44444-4")),
                item("uncoded", "string"),
                item("file", "attachment", code=code("55555-5")),
            ],
        ),
        item("outside", "string", code=code("66666-6")),
    )
    choices = [{"valueCoding": {"system": "s", "code": one}} for one in "ab"]
    bundle, issues = extract(
        questionnaire,
        response(
            said(
                "group",
                item=[
                    said("score", 85),
                    said("weight", 61.5),
                    said("yes", False),
                    said("day", {"valueDate": "2026-01-02"}),
                    said("choice", *choices),
                    said("left", "x"),
                    said("uncoded", "y"),
                    said("file", {"valueAttachment": {"title": "z"}}),
                ],
            ),
            said("outside", "z"),
            id="r1",
        ),
    )

    found = resources(bundle, "Observation")
    by_code = {}
    for one in found:
        by_code.setdefault(one["code"]["coding"][0]["code"], []).append(one)
    assert {key: len(rows) for key, rows in by_code.items()} == {
        "96761-2": 1, "29463-7": 1, "11111-1": 1, "22222-2": 1, "33333-3": 2,
    }  # fmt: skip
    assert by_code["96761-2"][0]["valueInteger"] == 85
    assert by_code["29463-7"][0]["valueQuantity"] == {"value": 61.5, "unit": "kg", "system": UCUM, "code": "kg"}
    assert by_code["11111-1"][0]["valueBoolean"] is False
    assert by_code["22222-2"][0]["valueDateTime"] == "2026-01-02"
    assert [one["valueCodeableConcept"]["coding"][0]["code"] for one in by_code["33333-3"]] == ["a", "b"]
    assert {str(one["category"]) for one in found} == {str([SURVEY])}
    assert {one["effectiveDateTime"] for one in found} == {"2026-11-20T08:30:00+07:00"}
    assert {one["derivedFrom"][0]["reference"] for one in found} == {"QuestionnaireResponse/r1"}
    assert len(issues) == 1
    for one in found:
        del one["derivedFrom"]
    kept = post(bundle)["Observation"]
    assert {one["subject"]["reference"] for one in kept} == {f"Patient/{stored['id']}"}
    assert len(kept) == 6


def test_extract_response_amended_by_a_person_says_so(extract, response):
    coded = item("n", "integer", ext("observationExtract", valueBoolean=True), code=code("96761-2"))
    author = {"reference": "Practitioner/1"}
    bundle, _ = extract(form(coded), response(said("n", 1), status="amended", author=author))

    observed = resources(bundle, "Observation")[0]
    assert (observed["status"], observed["performer"]) == ("amended", [author])
