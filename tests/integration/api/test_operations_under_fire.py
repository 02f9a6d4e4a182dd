"""Parameters broken at random: an operation answers or refuses; it never falls and never stores anything."""

import copy
import random

import pytest

from ansinh.fhir.store import journal

pytestmark = pytest.mark.django_db

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
EXAMPLES = 25
JUNK = (None, "", "x", 0, -1, True, [], {}, [None], [[]], {"x": {}}, "%", "((", "Patient/1", 10**30, "a" * 300)


def expression(kind: str, text: str, **more) -> dict:
    return {"url": f"{SDC}{kind}", "valueExpression": {"language": "text/fhirpath", "expression": text, **more}}


def fixed(path: str, value: str) -> dict:
    definition = {"url": "definition", "valueUri": f"http://hl7.org/fhir/StructureDefinition/Patient#{path}"}
    return {
        "url": f"{SDC}definitionExtractValue",
        "extension": [definition, {"url": "fixed-value", "valueCode": value}],
    }


TOLD = {"extension": [{"url": f"{SDC}templateExtractValue", "valueString": "answer.value"}]}
FORM = {
    "resourceType": "Questionnaire",
    "url": "http://example.org/form",
    "status": "active",
    "contained": [{"resourceType": "Patient", "id": "t", "name": [{"_text": TOLD}], "_gender": TOLD}],
    "extension": [
        {"url": f"{SDC}launchContext", "extension": [{"url": "name", "valueCoding": {"code": "patient"}}]},
        {"url": f"{SDC}extractAllocateId", "valueString": "New"},
        {
            "url": f"{SDC}definitionExtract",
            "extension": [{"url": "definition", "valueCanonical": "http://hl7.org/fhir/StructureDefinition/Patient"}],
        },
        fixed("Patient.gender", "female"),
        expression("calculatedExpression", "1"),
    ],
    "item": [
        {
            "linkId": "group",
            "type": "group",
            "repeats": True,
            "extension": [expression("itemPopulationContext", "%patient.name", name="one")],
            "item": [
                {
                    "linkId": "name",
                    "type": "string",
                    "definition": "http://hl7.org/fhir/StructureDefinition/Patient#Patient.name.text",
                    "extension": [
                        expression("initialExpression", "%one.text"),
                        {
                            "url": f"{SDC}templateExtract",
                            "extension": [{"url": "template", "valueReference": {"reference": "#t"}}],
                        },
                    ],
                }
            ],
        },
        {
            "linkId": "n",
            "type": "integer",
            "code": [{"system": "http://loinc.org", "code": "96761-2"}],
            "initial": [{"valueInteger": 1}],
            "extension": [
                {"url": f"{SDC}observationExtract", "valueBoolean": True},
                {"url": f"{SDC}observationLinkPeriod", "valueDuration": {"value": 1, "code": "a"}},
            ],
        },
        {"linkId": "c", "type": "choice", "answerOption": [{"valueCoding": {"code": "m"}, "initialSelected": True}]},
        {"linkId": "s", "type": "integer", "extension": [expression("calculatedExpression", "1 + 1")]},
    ],
}
RESPONSE = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "http://example.org/form",
    "status": "completed",
    "subject": {"reference": "Patient/1"},
    "authored": "2026-11-20",
    "item": [
        {"linkId": "group", "item": [{"linkId": "name", "answer": [{"valueString": "Sáu"}]}]},
        {"linkId": "n", "answer": [{"valueInteger": 3}]},
    ],
}
PERSON = {
    "resourceType": "Patient",
    "name": [{"text": "Trần Thị Sáu", "given": ["Sáu"]}],
    "birthDate": "1948-03-05",
    "identifier": [{"system": "https://ansinh.vn/fhir/id/cccd", "value": "037148001234"}],
    "telecom": [{"system": "phone", "value": "0912345678"}],
    "address": [{"text": "Nho Quan", "line": ["x"]}],
}
SET = {
    "resourceType": "ValueSet",
    "status": "active",
    "compose": {
        "include": [
            {
                "system": "http://hl7.org/fhir/administrative-gender",
                "filter": [{"property": "concept", "op": "is-a", "value": "male"}],
                "concept": [{"code": "male", "display": "x"}],
                "valueSet": ["http://hl7.org/fhir/ValueSet/administrative-gender"],
            }
        ],
        "exclude": [{"system": "x", "concept": [{"code": "y"}]}],
    },
    "expansion": {"contains": [{"system": "s", "code": "c", "contains": [{"code": "d"}]}]},
}
MAP = {
    "resourceType": "ConceptMap",
    "url": "m",
    "group": [
        {
            "source": "s",
            "target": "t",
            "element": [{"code": "a", "target": [{"code": "b", "dependsOn": [{"property": "p"}]}]}],
            "unmapped": {"mode": "fixed", "code": "z"},
        }
    ],
}  # fmt: skip
SYSTEM = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/s",
    "content": "complete",
    "concept": [
        {"code": "a", "display": "A", "property": [{"code": "p", "valueCode": "v"}], "concept": [{"code": "b"}]}
    ],
}


def parameters(**values) -> dict:
    listed = []
    for name, value in values.items():
        key = "resource" if isinstance(value, dict) and "resourceType" in value else "valueString"
        key = "valueReference" if isinstance(value, dict) and "reference" in value else key
        key = "valueCoding" if isinstance(value, dict) and "code" in value else key
        listed.append({"name": name, key: value})
    return {"resourceType": "Parameters", "parameter": listed}


CODING = {"system": "s", "code": "a"}
CALLS = {
    "/Questionnaire/$populate": parameters(questionnaire=FORM, subject={"reference": "Patient/SUBJECT"}),
    "/QuestionnaireResponse/$extract": {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "questionnaire", "resource": FORM},
            {"name": "questionnaire-response", "resource": RESPONSE},
        ],
    },
    "/Patient/$match": parameters(resource=PERSON, count="3"),
    "/ValueSet/$expand": parameters(valueSet=SET, filter="ma", count="5", offset="0"),
    "/ValueSet/$validate-code": parameters(valueSet=SET, coding=CODING, display="x", date="2026-01-01"),
    "/CodeSystem/$validate-code": parameters(codeSystem=SYSTEM, code="a", display="A"),
    "/CodeSystem/$lookup": parameters(coding=CODING, property="child"),
    "/CodeSystem/$subsumes": parameters(
        system="http://hl7.org/fhir/administrative-gender", codeA="male", codeB="female"
    ),
    "/ConceptMap/$translate": parameters(conceptMap=MAP, coding=CODING, reverse="false"),
    "/Patient/$summary": parameters(identifier="x|y", language="vi"),
}


def places(value, path=()):
    yield path
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(below, (*path, key))


def broken(body: dict, chance: random.Random) -> dict:
    """The body with one to three parts replaced by junk, taken away or said twice."""
    body = copy.deepcopy(body)
    for _ in range(chance.randint(1, 3)):
        found = list(places(body))[1:]
        if not found:
            break
        *outer, last = chance.choice(found)
        holder = body
        for key in outer:
            holder = holder[key]
        action = chance.random()
        if action < 0.2:
            del holder[last]
        elif action < 0.3 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            holder[last] = copy.deepcopy(chance.choice(JUNK))
    return body


@pytest.mark.parametrize("path", CALLS)
def test_operation_with_parameters_broken_at_random_answers_or_refuses(doctor, stored, path):
    chance = random.Random(path)
    whole = CALLS[path]
    if "subject" in str(whole):
        whole = copy.deepcopy(whole)
        for one in whole["parameter"]:
            if one["name"] == "subject":
                one["valueReference"] = {"reference": f"Patient/{stored['id']}"}
    before = journal.position()

    statuses = [doctor.post(path, broken(whole, chance)).status_code for _ in range(EXAMPLES)]

    assert set(statuses) <= {200, 400, 404, 409, 422}
    assert journal.position() == before
