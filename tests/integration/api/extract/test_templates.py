"""QuestionnaireResponse/$extract by template: contained resources are filled in and left out."""

import pytest

from tests.support.questionnaires import code, ext, form, item, said

pytestmark = pytest.mark.django_db

PERSON = {"resourceType": "Patient", "id": "t"}
UCUM = "http://unitsofmeasure.org"


def told(text: str) -> dict:
    return {"extension": [ext("templateExtractValue", valueString=text)]}


TEMPLATE = {
    "resourceType": "Patient",
    "id": "person",
    "active": True,
    "name": [
        {
            "extension": [ext("templateExtractContext", valueString="item.where(linkId = 'name')")],
            "use": "official",
            "_text": told("item.where(linkId = 'given').answer.value.first() + ' ' + answer.value.first()"),
            "_family": told("answer.value"),
        }
    ],
    "telecom": [
        {
            "extension": [ext("templateExtractContext", valueString="item.where(linkId = 'phone').answer.value")],
            "system": "phone",
            "_value": told("$this"),
        }
    ],
    "_gender": told("item.where(linkId = 'sex').answer.value.code"),
    "_birthDate": told("item.where(linkId = 'born').answer.value"),
    "maritalStatus": {"coding": [{**told("item.where(linkId = 'married').answer.value")}]},
}
OBSERVED = {
    "resourceType": "Observation",
    "id": "measured",
    "status": "final",
    "code": {"coding": code("29463-7")},
    "subject": {"_reference": told("%NewPatient")},
    "_effectiveDateTime": told("%resource.authored"),
    "valueQuantity": {"_value": told("answer.value"), "unit": "kg", "system": UCUM, "code": "kg"},
}
TEMPLATED = form(
    item("name", "string"),
    item("phone", "string", repeats=True),
    item("sex", "choice"),
    item("born", "date"),
    item("married", "choice"),
    item(
        "weight",
        "decimal",
        ext("templateExtract", parts=[("template", {"valueReference": {"reference": "#measured"}})]),
    ),
    contained=[TEMPLATE, OBSERVED],
    extension=[
        ext("extractAllocateId", valueString="NewPatient"),
        ext(
            "templateExtract",
            parts=[
                ("template", {"valueReference": {"reference": "#person"}}),
                ("fullUrl", {"valueString": "%NewPatient"}),
                ("ifNoneExist", {"valueString": "'phone=' + item.where(linkId = 'phone').answer.value.first()"}),
            ],
        ),
    ],
)


def test_extract_by_template_fills_what_was_answered_and_leaves_out_the_rest(extract, response):
    sex = {"valueCoding": {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"}}
    bundle, issues = extract(
        TEMPLATED,
        response(
            said("name", "Trần"), said("phone", "0912000001", "0912000002"), said("sex", sex), said("weight", 61.5)
        ),
    )

    person, observed = (one["resource"] for one in bundle["entry"])
    assert person == {
        "resourceType": "Patient",
        "active": True,
        "name": [{"use": "official", "family": "Trần"}],
        "telecom": [{"system": "phone", "value": "0912000001"}, {"system": "phone", "value": "0912000002"}],
        "gender": "male",
    }
    assert observed["valueQuantity"] == {"value": 61.5, "unit": "kg", "system": UCUM, "code": "kg"}
    assert observed["effectiveDateTime"] == "2026-11-20T08:30:00+07:00"
    assert bundle["entry"][0]["request"] == {"method": "POST", "url": "Patient", "ifNoneExist": "phone=0912000001"}
    assert issues == []


def test_extract_by_template_is_stored_whole_and_once(extract, post, response):
    answers = response(said("name", "Trần"), said("phone", "0912000001"), said("weight", 61.5))
    kept = post(extract(TEMPLATED, answers)[0])
    again = post(extract(TEMPLATED, answers)[0])

    assert kept["Observation"][0]["subject"]["reference"] == f"Patient/{kept['Patient'][0]['id']}"
    assert again["Patient"][0]["id"] == kept["Patient"][0]["id"]


def test_extract_bundle_template_gives_its_entries(extract, post, response):
    whole = {
        "resourceType": "Bundle",
        "id": "all",
        "type": "transaction",
        "entry": [
            {
                "_fullUrl": told("%NewPatient"),
                "resource": {
                    "resourceType": "Patient",
                    "name": [{"_text": told("item.where(linkId = 'name').answer.value")}],
                },
                "request": {"method": "POST", "url": "Patient"},
            },
            {
                "extension": [ext("templateExtractContext", valueString="item.where(linkId = 'phone')")],
                "resource": {"resourceType": "Basic", "code": {"text": "điện thoại"}},
                "request": {"method": "POST", "url": "Basic"},
            },
        ],
    }
    questionnaire = form(
        item("name", "string"),
        item("phone", "string"),
        contained=[whole],
        extension=[
            ext("extractAllocateId", valueString="%NewPatient"),
            ext("templateExtractBundle", valueReference={"reference": "#all"}),
        ],
    )
    bundle, issues = extract(questionnaire, response(said("name", "Trần")))

    assert [one["resource"]["resourceType"] for one in bundle["entry"]] == ["Patient"]
    assert issues == []
    assert post(bundle)["Patient"][0]["name"] == [{"text": "Trần"}]


def test_extract_template_that_grows_without_end_stops_at_a_limit(extract, response):
    every = "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10)"
    nested: dict = {"url": "leaf", "valueInteger": 1}
    for depth in range(5):
        grown = ext("templateExtractContext", valueString=every)
        nested = {"url": f"level{depth}", "extension": [grown, nested]}
    template = {"resourceType": "Basic", "id": "basic", "code": {"text": "x"}, "extension": [nested]}
    rule = ext("templateExtract", parts=[("template", {"valueReference": {"reference": "#basic"}})])

    bundle, issues = extract(form(item("q", "string"), contained=[template], extension=[rule]), response())

    assert str(bundle).count("leaf") <= 5000
    assert [text for text in issues if "5000" in text]


def test_extract_variables_and_resource_ids_of_templates(extract, response, stored):
    template = {"resourceType": "Patient", "id": "t", "_birthDate": told("%born"), "_gender": told("%patient.gender")}
    rule = [("template", {"valueReference": {"reference": "#t"}}), ("resourceId", {"valueString": "%patient.id"})]
    variable = {
        "url": "http://hl7.org/fhir/StructureDefinition/variable",
        "valueExpression": {"name": "born", "language": "text/fhirpath", "expression": "item.answer.value"},
    }
    questionnaire = form(
        item("born", "date"), contained=[template], extension=[variable, ext("templateExtract", parts=rule)]
    )

    bundle, issues = extract(questionnaire, response(said("born", {"valueDate": "1950-02-03"})))

    assert bundle["entry"][0]["request"] == {"method": "PUT", "url": f"Patient/{stored['id']}"}
    assert bundle["entry"][0]["resource"] == {
        "resourceType": "Patient", "id": stored["id"], "birthDate": "1950-02-03", "gender": "male",
    }  # fmt: skip
    assert issues == []


@pytest.mark.parametrize(
    ("element", "kept"),
    [
        ({"_birthDate": told("%patient")}, {}),
        ({"_birthDate": told("((")}, {}),
        ({"_birthDate": {"extension": [{"url": "http://example.org/other", "valueString": "x"}]}}, "as it is"),
        ({"name": [{"text": "A"}, {"_text": told("{}")}]}, {"name": [{"text": "A"}]}),
        ({"contact": [{"name": told("%patient.name.first()")}]}, "complex"),
        ({"active": True, "contact": [{"gender": "male", "_gender": told("{}")}]}, {"active": True}),
    ],
)
def test_extract_template_elements_one_by_one(extract, response, element, kept):
    rule = ext("templateExtract", parts=[("template", {"valueReference": {"reference": "#t"}})])
    bundle, _ = extract(form(item("q", "string"), contained=[PERSON | element], extension=[rule]), response())

    made = {key: one for key, one in bundle["entry"][0]["resource"].items() if key != "resourceType"}
    if kept == "complex":
        assert made["contact"][0]["name"]["text"] == "Nguyễn Văn Mẫu"
    else:
        assert made == (element if kept == "as it is" else kept)
