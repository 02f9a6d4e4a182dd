from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.operations.forms import extensions
from ansinh.fhir.operations.forms.answers import answer_of, initial_answers
from ansinh.fhir.operations.forms.pairing import answered, below
from ansinh.fhir.operations.forms.shaping import Growing, Misfit, converted, steps, tidy

CODING = {"system": "s", "code": "c", "display": "d"}


@pytest.mark.parametrize(
    ("asked", "kind", "found", "answer"),
    [
        ("string", "string", "x", {"valueString": "x"}),
        ("text", "Integer", 5, {"valueString": "5"}),
        ("string", "boolean", True, {"valueString": "true"}),
        ("string", "CodeableConcept", {"coding": [CODING]}, {"valueString": "d"}),
        ("string", "Period", {"start": "2020"}, None),
        ("url", "uri", "http://x", {"valueUri": "http://x"}),
        ("boolean", "boolean", False, {"valueBoolean": False}),
        ("boolean", "string", "true", None),
        ("integer", "integer", 5, {"valueInteger": 5}),
        ("integer", "Decimal", Decimal("5.0"), {"valueInteger": 5}),
        ("integer", "Decimal", Decimal("5.5"), None),
        ("integer", "Integer", 2**40, None),
        ("integer", "boolean", True, None),
        ("decimal", "integer", 5, {"valueDecimal": Decimal(5)}),
        ("decimal", "Quantity", {"value": Decimal("1.10")}, {"valueDecimal": Decimal("1.10")}),
        ("decimal", "string", "NaN", None),
        ("decimal", "string", "1e999999999", None),
        ("date", "dateTime", "2026-01-02T03:04:05Z", {"valueDate": "2026-01-02"}),
        ("date", "Date", "1948", {"valueDate": "1948"}),
        ("date", "string", "2026-01-02", None),
        ("dateTime", "date", "2026-01-02", {"valueDateTime": "2026-01-02"}),
        ("time", "time", "08:30:00", {"valueTime": "08:30:00"}),
        ("time", "string", "08:30:00", None),
        ("quantity", "Quantity", {"value": 5, "unit": "kg", "id": "1"}, {"valueQuantity": {"value": 5, "unit": "kg"}}),
        ("quantity", "integer", 5, {"valueQuantity": {"value": Decimal(5)}}),
        ("reference", "Reference", {"reference": "Patient/1"}, {"valueReference": {"reference": "Patient/1"}}),
        ("reference", "Basic", {"resourceType": "Basic", "id": "1"}, {"valueReference": {"reference": "Basic/1"}}),
        ("reference", "string", "Patient/1", {"valueReference": {"reference": "Patient/1"}}),
        ("reference", "string", "nobody", None),
        ("attachment", "Attachment", {"title": "x"}, {"valueAttachment": {"title": "x"}}),
        ("attachment", "string", "x", None),
    ],
)  # fmt: skip
def test_answer_of_value_fits_the_type_or_is_none(asked, kind, found, answer):
    assert answer_of({"type": asked}, kind, found) == answer


@pytest.mark.parametrize(
    ("options", "found", "answer"),
    [
        ([{"valueCoding": CODING}], CODING, {"valueCoding": CODING}),
        ([{"valueCoding": CODING}], "c", {"valueCoding": CODING}),
        ([{"valueCoding": CODING}], {"coding": [{"code": "c"}]}, {"valueCoding": CODING}),
        ([{"valueCoding": CODING}], {"system": "other", "code": "c"}, None),
        ([{"valueInteger": 3}], 3, {"valueInteger": 3}),
        ([{"valueString": "x"}], "x", {"valueString": "x"}),
        ([], CODING, {"valueCoding": CODING}),
        ([], "c", None),
        ([], {"text": "x"}, None),
    ],
)
def test_answer_of_a_choice_is_one_of_its_options(options, found, answer):
    question = {"type": "choice"} | ({"answerOption": options} if options else {})

    assert answer_of(question, "", found) == answer


def test_initial_answers_are_those_given_else_options_chosen():
    options = [{"valueString": "a", "initialSelected": True}, {"valueString": "b"}]

    assert initial_answers({"answerOption": options}) == [{"valueString": "a"}]
    assert initial_answers({"initial": [{"valueInteger": 1}], "answerOption": options}) == [{"valueInteger": 1}]


@pytest.mark.parametrize(
    ("value", "kind", "wanted", "made"),
    [
        (CODING, "Coding", "CodeableConcept", {"coding": [CODING]}),
        (CODING, "Coding", "code", "c"),
        (CODING, "Coding", "string", "d"),
        ({"coding": [CODING]}, "CodeableConcept", "Coding", CODING),
        ({"coding": [CODING]}, "CodeableConcept", "code", "c"),
        (5, "integer", "Quantity", {"value": 5}),
        (Decimal("5.0"), "decimal", "positiveInt", 5),
        (5, "integer", "string", "5"),
        ({"value": 5}, "Quantity", "decimal", 5),
        ({"value": 5}, "Quantity", "Age", {"value": 5}),
        ("x", "string", "HumanName", {"text": "x"}),
        ("x", "string", "Identifier", {"value": "x"}),
        ("Patient/1", "string", "Reference", {"reference": "Patient/1"}),
        ("2026-01-02T03:04:05Z", "dateTime", "date", "2026-01-02"),
        (True, "boolean", "boolean", True),
    ],
)
def test_converted_value_has_the_wanted_type(value, kind, wanted, made):
    assert converted(value, kind, wanted) == made


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (True, "boolean", "string"),
        ("x", "string", "boolean"),
        ("x", "string", "Quantity"),
        (Decimal("5.5"), "decimal", "integer"),
        ({"start": "2020"}, "Period", "string"),
        (None, "", "string"),
    ],
)
def test_converted_value_that_does_not_fit_is_a_misfit(value, kind, wanted):
    with pytest.raises(Misfit):
        converted(value, kind, wanted)


def test_growing_puts_values_into_lists_slices_and_opened_groups():
    growing = Growing("Patient")
    growing.put(steps("Patient.name.given"), "string", "A")
    growing.put(steps("Patient.name.given"), "string", "B")
    growing.put(steps("Patient.telecom:one.value"), "string", "1")
    growing.put(steps("Patient.telecom:two.value"), "string", "2")
    growing.put(steps("Patient.telecom:one.system"), "code", "phone")
    for name in "xy":
        growing.open(steps("Patient.contact"))
        growing.put(steps("Patient.contact.name.text"), "string", name)
    growing.close(steps("Patient.contact"))
    growing.put(steps("Patient.deceased[x]"), "boolean", False)
    growing.put(steps("Patient.multipleBirthInteger"), "integer", 2)

    assert growing.resource == {
        "resourceType": "Patient",
        "name": [{"given": ["A", "B"]}],
        "telecom": [{"value": "1", "system": "phone"}, {"value": "2"}],
        "contact": [{"name": {"text": "x"}}, {"name": {"text": "y"}}],
        "deceasedBoolean": False,
        "multipleBirthInteger": 2,
    }


@pytest.mark.parametrize(
    "path", ["Patient", "Person.name", "Patient.nothing", "Patient.name.nothing", "Patient.deceased[x]"]
)
def test_growing_refuses_paths_and_values_that_are_none(path):
    with pytest.raises(Misfit):
        Growing("Patient").put(steps(path), "Quantity", {"value": 1})


@pytest.mark.parametrize("text", ["", "Patient..name", "Patient.name where", "1.2"])
def test_steps_of_what_is_no_path_is_a_misfit(text):
    with pytest.raises(Misfit):
        steps(text)


_elements = [
    (f"{kind}.{name}", element)
    for kind in ("Patient", "Observation", "Condition", "Encounter")
    for name, element in definitions().children(kind).items()
]


@given(st.sampled_from(_elements), st.sampled_from(["string", "Coding", "integer", "boolean", "Quantity", "date"]))
def test_growing_any_element_is_put_as_the_standard_has_it_or_refused(pair, kind):
    path, element = pair
    values = {"string": "x", "Coding": CODING, "integer": 1, "boolean": True, "Quantity": {"value": 1}, "date": "2026"}
    growing = Growing(path.partition(".")[0])
    try:
        growing.put(steps(path), kind, values[kind])
    except Misfit:
        assert growing.resource == {"resourceType": growing.kind}
        return

    ((key, made),) = [(key, value) for key, value in growing.resource.items() if key != "resourceType"]
    assert definitions().json_element(growing.kind, key) is not None
    assert isinstance(made, list) is (element.max != 1)


def test_tidy_leaves_no_empty_parts_but_keeps_false_and_nothing():
    assert tidy({"a": {}, "b": [{}, {"c": [[]]}], "d": False, "e": [None, {"f": 0}]}) == {
        "d": False,
        "e": [None, {"f": 0}],
    }


def test_answered_pairs_follow_the_form_and_look_under_answers():
    questions = [{"linkId": "b", "item": [{"linkId": "c"}]}, {"linkId": "a"}, "odd"]
    items = [{"linkId": "a"}, {"linkId": "b", "answer": [{"valueInteger": 1, "item": [{"linkId": "c"}]}]}, None]

    pairs = list(answered(questions, items))

    assert [(question["linkId"], item["linkId"]) for question, item in pairs] == [("b", "b"), ("a", "a")]
    assert below(pairs[0][1]) == [{"linkId": "c"}]
    assert list(answered(None, items)) == []


def test_extensions_are_read_with_their_types_and_odd_ones_passed_over():
    element = {
        "extension": [
            {"url": "u", "valueCode": "c"},
            {"url": "u", "valueCodeableConcept": {"text": "t"}},
            {"url": "u", "extension": [{"url": "p", "valueString": "1"}, {"url": "p", "valueString": "2"}, "odd"]},
            "odd",
        ]
    }

    assert extensions.values(element, "u") == ["c", {"text": "t"}]
    assert extensions.parts(element, "u")[2] == {"p": "1"}
    assert extensions.typed(element["extension"][0]) == ("code", "c")
    assert extensions.typed(element["extension"][1]) == ("CodeableConcept", {"text": "t"})
    assert extensions.values({"extension": "odd"}, "u") == []
