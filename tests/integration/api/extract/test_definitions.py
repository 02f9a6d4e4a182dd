"""QuestionnaireResponse/$extract by definition: questions name the elements that their answers are."""

import pytest

from tests.support.questionnaires import code, ext, form, item, resources, said

pytestmark = pytest.mark.django_db

PATIENT = "http://hl7.org/fhir/StructureDefinition/Patient"
OBSERVATION = "http://hl7.org/fhir/StructureDefinition/Observation"
NO_TEMPLATE = {"valueReference": {"reference": "#none"}}


def defined(path: str, of: str = PATIENT) -> dict:
    return {"definition": f"{of}#{path}"}


def value(path: str, of: str = PATIENT, by: str = "", **fixed) -> dict:
    expression = {"valueExpression": {"language": "text/fhirpath", "expression": by}}
    part = ("expression", expression) if by else ("fixed-value", fixed)
    return ext("definitionExtractValue", parts=[("definition", {"valueUri": f"{of}#{path}"}), part])


def asks(canonical: str, *parts) -> dict:
    return ext("definitionExtract", parts=[("definition", {"valueCanonical": canonical}), *parts])


def contact(link: str, kind: str) -> dict:
    fixed = value(f"Patient.telecom:{link}.system", valueCode=kind)
    return item(link, "string", fixed, **defined(f"Patient.telecom:{link}.value"))


def register(weight: str) -> dict:
    """A form of a person and their weights; `weight`: the element that a weight is."""
    kin = item(
        "kin",
        "group",
        repeats=True,
        **defined("Patient.contact"),
        item=[
            item("kin-name", "string", **defined("Patient.contact.name.text")),
            item("kin-role", "choice", **defined("Patient.contact.relationship")),
        ],
    )
    measure = item(
        "measure",
        "group",
        asks(OBSERVATION),
        value("Observation.status", OBSERVATION, valueCode="final"),
        value("Observation.code", OBSERVATION, valueCodeableConcept={"coding": code("29463-7")}),
        value("Observation.subject.reference", OBSERVATION, by="%NewPatient"),
        value("Observation.effective[x]", OBSERVATION, by="%resource.authored"),
        repeats=True,
        item=[item("weight", "decimal", **defined(weight, OBSERVATION))],
    )
    return form(
        item("family", "string", **defined("Patient.name.family")),
        item("given", "string", repeats=True, **defined("Patient.name.given")),
        item("sex", "choice", **defined("Patient.gender")),
        item("born", "date", **defined("Patient.birthDate")),
        contact("phone", "phone"),
        contact("mail", "email"),
        kin,
        measure,
        extension=[
            ext("extractAllocateId", valueString="NewPatient"),
            asks(PATIENT, ("fullUrl", {"valueString": "%NewPatient"})),
            value("Patient.active", valueBoolean=True),
        ],
    )


def registered(response, *weights, **more) -> dict:
    gender = {"valueCoding": {"system": "http://hl7.org/fhir/administrative-gender", "code": "female", "display": "Nữ"}}
    role = {"valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N"}}
    return response(
        said("family", "Trần"),
        said("given", "Thị", "Sáu"),
        said("sex", gender),
        said("born", {"valueDate": "1948-03-05"}),
        said("phone", "0912345678"),
        said("mail", "sau@example.org"),
        said("kin", item=[said("kin-name", "Lê Văn Bảy"), said("kin-role", role)]),
        said("kin", item=[said("kin-name", "Lê Thị Tám")]),
        *(said("measure", item=[said("weight", one)]) for one in weights),
        **more,
    )


def test_extract_by_definition_builds_the_resources_that_questions_name(extract, response):
    bundle, issues = extract(register("Observation.valueQuantity.value"), registered(response, 61.5, 60.0))

    person = resources(bundle, "Patient")[0]
    assert person == {
        "resourceType": "Patient",
        "active": True,
        "name": [{"family": "Trần", "given": ["Thị", "Sáu"]}],
        "gender": "female",
        "birthDate": "1948-03-05",
        "telecom": [
            {"system": "phone", "value": "0912345678"},
            {"system": "email", "value": "sau@example.org"},
        ],
        "contact": [
            {
                "name": {"text": "Lê Văn Bảy"},
                "relationship": [
                    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N"}]}
                ],
            },
            {"name": {"text": "Lê Thị Tám"}},
        ],
    }
    assert [float(one["valueQuantity"]["value"]) for one in resources(bundle, "Observation")] == [61.5, 60.0]
    assert issues == []


def test_extract_by_definition_links_resources_and_is_stored_whole(extract, post, response):
    bundle, issues = extract(register("Observation.value[x]"), registered(response, 61.5, id="r1"))

    first = bundle["entry"][0]
    assert issues == []
    assert (first["request"], first["fullUrl"][:9]) == ({"method": "POST", "url": "Patient"}, "urn:uuid:")
    assert bundle["entry"][1]["resource"]["subject"]["reference"] == first["fullUrl"]
    assert bundle["entry"][1]["resource"]["valueQuantity"]["value"] == 61.5
    kept = post(bundle)
    assert kept["Observation"][0]["subject"]["reference"] == f"Patient/{kept['Patient'][0]['id']}"
    assert kept["Patient"][0]["gender"] == "female"


def test_extract_by_definition_of_an_id_updates(extract, response, stored):
    questionnaire = form(
        item("born", "date", **defined("Patient.birthDate")),
        extension=[asks(PATIENT, ("ifMatch", {"valueString": "'W/\"1\"'"})), value("Patient.id", by="%patient.id")],
    )
    bundle, issues = extract(questionnaire, response(said("born", {"valueDate": "1950-02-03"})))

    entry = bundle["entry"][0]
    assert issues == []
    assert entry["request"] == {"method": "PUT", "url": f"Patient/{stored['id']}", "ifMatch": 'W/"1"'}
    assert entry["resource"] == {"resourceType": "Patient", "birthDate": "1950-02-03", "id": stored["id"]}


@pytest.mark.parametrize(
    "questionnaire",
    [
        form(item("q", "string", **defined("Patient.birthday")), extension=[asks(PATIENT)]),
        form(item("q", "string", **defined("Patient.active")), extension=[asks(PATIENT)]),
        form(item("q", "string", asks("http://example.org/None"))),
        form(item("q", "string", value("Patient.active", valueBoolean=True))),
        form(item("q", "string", ext("templateExtract", parts=[("template", NO_TEMPLATE)]))),
        form(item("q", "string"), extension=[ext("templateExtractBundle", **NO_TEMPLATE)]),
    ],
)
def test_extract_what_cannot_be_done_is_told_and_the_rest_goes_on(extract, response, questionnaire):
    coded = item("n", "integer", ext("observationExtract", valueBoolean=True), code=code("96761-2"))
    bundle, issues = extract(
        questionnaire | {"item": [*questionnaire["item"], coded]}, response(said("q", "x"), said("n", 1))
    )

    assert len(resources(bundle, "Observation")) == 1
    assert len(issues) == 1


def test_extract_definitions_of_profiles_name_the_profile(extract, response):
    vital = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
    questionnaire = form(
        item("w", "quantity", **defined("Observation.value[x]", vital)),
        extension=[asks(vital), value("Observation.status", vital, valueCode="final")],
    )
    bundle, issues = extract(questionnaire, response(said("w", {"valueQuantity": {"value": 60, "unit": "kg"}})))

    assert bundle["entry"][0]["resource"] == {
        "resourceType": "Observation",
        "meta": {"profile": [vital]},
        "status": "final",
        "valueQuantity": {"value": 60, "unit": "kg"},
    }
    assert issues == []
