"""QuestionnaireResponse/$extract by observation: coded questions that ask for it become Observations."""

import pytest

from tests.support.questionnaires import code, ext, form, item, resources, said

pytestmark = pytest.mark.django_db

SURVEY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}]}
UCUM = "http://unitsofmeasure.org"


def of_codes(found) -> dict[str, list]:
    """Code → its Observations."""
    by_code: dict[str, list] = {}
    for one in found:
        by_code.setdefault(one["code"]["coding"][0]["code"], []).append(one)
    return by_code


def observed(*items):
    """A form with a group whose coded questions become Observations of the category `survey`."""
    category = ext("observation-extract-category", valueCodeableConcept=SURVEY)
    asks = ext("observationExtract", valueBoolean=True)
    return form(item("group", "group", asks, category, item=list(items)), item("o", "string", code=code("66666-6")))


UNIT = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"}
UNIT |= {"valueCoding": {"system": UCUM, "code": "kg", "display": "kg"}}
CHOICES = [{"valueCoding": {"system": "s", "code": one}} for one in "ab"]
# Question, its answers, what the Observations say.
KINDS = {
    "integer": (item("q", "integer", code=code("96761-2")), [85], [("valueInteger", 85)]),
    "decimal with a unit": (
        item("q", "decimal", UNIT, code=code("29463-7")),
        [61.5],
        [("valueQuantity", {"value": 61.5, "unit": "kg", "system": UCUM, "code": "kg"})],
    ),
    "boolean": (item("q", "boolean", code=code("11111-1")), [False], [("valueBoolean", False)]),
    "date": (
        item("q", "date", code=code("22222-2")),
        [{"valueDate": "2026-01-02"}],
        [("valueDateTime", "2026-01-02")],
    ),
    "several choices": (
        item("q", "choice", code=code("33333-3"), repeats=True),
        CHOICES,
        [("valueCodeableConcept", {"coding": [one["valueCoding"]]}) for one in CHOICES],
    ),
}


@pytest.mark.parametrize("case", KINDS)
def test_extract_observations_of_coded_questions_that_ask_for_it(extract, response, case):
    question, answers, expected = KINDS[case]

    bundle, issues = extract(observed(question), response(said("group", item=[said("q", *answers)]), said("o", "z")))

    found = resources(bundle, "Observation")
    assert [(name, one[name]) for one, (name, _) in zip(found, expected, strict=True)] == expected
    assert {str(one["category"]) for one in found} == {str([SURVEY])}
    assert {one["effectiveDateTime"] for one in found} == {"2026-11-20T08:30:00+07:00"}
    assert issues == []


def test_extract_leaves_out_what_is_not_asked_for_and_tells_what_cannot_be_observed(extract, response):
    questions = [
        item("left", "string", ext("observationExtract", valueBoolean=False), code=code("44444-4")),
        item("uncoded", "string"),
        item("file", "attachment", code=code("55555-5")),
    ]
    said_of = [said("left", "x"), said("uncoded", "y"), said("file", {"valueAttachment": {"title": "z"}})]

    bundle, issues = extract(observed(*questions), response(said("group", item=said_of)))

    assert resources(bundle, "Observation") == []
    assert len(issues) == 1


def test_extracted_observations_name_their_response_and_can_be_stored(extract, post, response, stored):
    coded = item("n", "integer", code=code("96761-2")), item("yes", "boolean", code=code("11111-1"))
    bundle, _ = extract(observed(*coded), response(said("group", item=[said("n", 85), said("yes", True)]), id="r1"))

    found = resources(bundle, "Observation")
    assert {one["derivedFrom"][0]["reference"] for one in found} == {"QuestionnaireResponse/r1"}
    for one in found:
        del one["derivedFrom"]  # the response itself was not sent to be stored
    kept = of_codes(post(bundle)["Observation"])
    assert {key: len(rows) for key, rows in kept.items()} == {"96761-2": 1, "11111-1": 1}
    assert {one["subject"]["reference"] for rows in kept.values() for one in rows} == {f"Patient/{stored['id']}"}


def test_extract_response_amended_by_a_person_says_so(extract, response):
    coded = item("n", "integer", ext("observationExtract", valueBoolean=True), code=code("96761-2"))
    author = {"reference": "Practitioner/1"}
    bundle, _ = extract(form(coded), response(said("n", 1), status="amended", author=author))

    found = resources(bundle, "Observation")[0]
    assert (found["status"], found["performer"]) == ("amended", [author])
