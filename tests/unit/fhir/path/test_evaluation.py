from datetime import UTC, datetime

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.path import PathError, compile_path, evaluate
from ansinh.kernel import clock

TASK = {
    "resourceType": "Task",
    "id": "t1",
    "status": "requested",
    "focus": {"reference": "QuestionnaireResponse/q1"},
    "code": {"coding": [{"system": "http://s", "code": "a"}, {"system": "http://s", "code": "b"}]},
    "contained": [{"resourceType": "Patient", "id": "p", "active": True}],
}


def test_resolve_asks_the_hook_and_takes_what_it_gives():
    asked = []

    def resolve(reference):
        asked.append(reference)
        return {"resourceType": "QuestionnaireResponse", "id": "q1", "status": "completed"}

    assert evaluate("focus.resolve().status", TASK, resolve=resolve) == ["completed"]
    assert asked == ["QuestionnaireResponse/q1"]


def test_resolve_without_the_target_knows_its_type_and_id():
    assert evaluate("focus.resolve() is QuestionnaireResponse", TASK) == [True]
    assert evaluate("focus.resolve().id", TASK, resolve=lambda reference: None) == ["q1"]


def test_resolve_of_a_urn_uses_the_type_beside_it():
    task = {**TASK, "focus": {"reference": "urn:uuid:1", "type": "Patient"}}

    assert evaluate("focus.resolve() is Patient", task) == [True]
    assert evaluate("focus.resolve() is Patient", {**TASK, "focus": {"reference": "urn:uuid:1"}}) == []


def test_resource_context_and_root_are_what_the_caller_says():
    element = TASK["code"]
    path = compile_path("%resource.id | %context.coding.code.first() | %rootResource.status", "CodeableConcept")

    assert path(element, resource=TASK, root=TASK) == ["t1", "a", "requested"]


def test_environment_gives_values_lists_and_resources():
    environment = {"limit": 5, "codes": ["a", "c"], "patient": {"resourceType": "Patient", "active": True}}

    assert evaluate("code.coding.where(code in %codes).code", TASK, environment=environment) == ["a"]
    assert evaluate("%limit + 1", TASK, environment=environment) == [6]
    assert evaluate("%patient.active", TASK, environment=environment) == [True]


def test_member_of_answers_through_the_hook():
    def member_of(system, code, url):
        return {("http://s", "b"): True}.get((system, code), False)

    assert evaluate("code.memberOf('http://vs')", TASK, member_of=member_of) == [True]
    assert evaluate("code.coding.first().memberOf('http://vs')", TASK, member_of=member_of) == [False]
    assert evaluate("status.memberOf('http://vs')", TASK, member_of=lambda *known: None) == []
    with pytest.raises(PathError):
        evaluate("code.memberOf('http://vs')", TASK)


def test_conforms_to_answers_types_itself_and_profiles_through_the_hook():
    base = "http://hl7.org/fhir/StructureDefinition/"

    assert evaluate(f"conformsTo('{base}Task')", TASK) == [True]
    assert evaluate(f"conformsTo('{base}Patient')", TASK) == [False]
    observation = {"resourceType": "Observation"}
    assert evaluate(f"conformsTo('{base}vitalsigns')", observation, conforms_to=lambda one, url: False) == [False]
    with pytest.raises(PathError):
        evaluate("conformsTo('http://nowhere')", TASK)


def test_trace_tells_the_caller_and_changes_nothing():
    seen = []

    found = evaluate("code.coding.trace('codings', code).count()", TASK, trace=lambda name, items: seen.append(name))

    assert (found, seen) == ([2], ["codings"])


def test_now_is_one_moment_of_vietnam():
    with clock.frozen(datetime(2025, 6, 30, 18, 0, tzinfo=UTC)):
        assert evaluate("today()", TASK) == ["2025-07-01"]
        assert evaluate("now()", TASK) == ["2025-07-01T01:00:00.000+07:00"]
        assert evaluate("timeOfDay()", TASK) == ["01:00:00.000"]
        assert evaluate("now() = now()", TASK) == [True]


def test_constants_are_fixed_when_the_path_is_made():
    from ansinh.fhir.path.evaluation import Path

    path = Path("code.coding.where(code = %wanted).system", "Task", {"wanted": "b"})

    assert path.is_simple
    assert path(TASK) == ["http://s"]


@pytest.mark.parametrize(
    "expression",
    [
        "stat",
        "select(stat)",
        "Patient.status",
        "code[0].nothing",
        "code.ofType(CodeableConcept).nothing",
        "$this.nothing",
        "code.coding.nothing",
        "children().first()",
        "descendants()[0]",
        "Task.status.x",
        "(focus as Reference).nothing",
    ],
)
def test_strict_evaluation_refuses_what_cannot_be(expression):
    with pytest.raises(PathError) as raised:
        evaluate(expression, TASK, strict=True)

    assert raised.value.code == "semantic"
    assert evaluate(expression, TASK) is not None


@pytest.mark.parametrize(
    "expression",
    [
        "status",
        "Task.code.coding.code",
        "code.coding.first().code",
        "code.text",
        "children().count()",
        "id",
        "input.value",
    ],
)
def test_strict_evaluation_lets_the_right_ones_through(expression):
    assert evaluate(expression, TASK, strict=True) == evaluate(expression, TASK)


def test_typed_names_nested_elements_by_path():
    patient = {"resourceType": "Patient", "contact": [{"name": {"text": "An"}}]}

    assert compile_path("Patient.contact").typed(patient) == [("Patient.contact", {"name": {"text": "An"}})]
    assert compile_path("contact.name.text & '!'").typed(patient) == [("String", "An!")]


def test_element_without_a_type_still_finds_its_choice():
    assert evaluate("value.ofType(Quantity).value", {"valueQuantity": {"value": 3}}) == [3]


def test_variable_defined_in_an_operand_stays_there():
    with pytest.raises(PathError):
        evaluate("(defineVariable('x', 1).select(%x)) | %x", TASK)
    assert evaluate("defineVariable('x', 1) is Task and true", TASK) == [True]


def test_variable_cannot_be_defined_twice_nor_hide_a_known_one():
    for expression in ("defineVariable('x', 1).defineVariable('x', 2)", "defineVariable('resource', 1)"):
        with pytest.raises(PathError):
            evaluate(expression, TASK)


def test_repeat_without_an_end_is_stopped():
    with pytest.raises(PathError, match="dừng"):
        evaluate("(1).repeat($this + 1)", TASK)


def test_quantities_come_out_as_fhir_json():
    assert evaluate("2 'mg' * 3", TASK) == [
        {"value": 6, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    ]
    assert evaluate("1 week", TASK) == [{"value": 1, "unit": "week"}]


def test_contained_targets_are_found_and_hash_alone_is_the_container():
    task = {**TASK, "for": {"reference": "#p"}, "owner": {"reference": "#"}, "requester": {"reference": "#none"}}

    assert evaluate("for.resolve().active", task) == [True]
    assert evaluate("owner.resolve().status", task) == ["requested"]
    assert evaluate("requester.resolve()", task) == []
    assert compile_path("Task.for.where(resolve() is Patient).reference")(task) == ["#p"]
    assert evaluate("for.where(resolve() is DomainResource).reference", task) == ["#p"]


def test_numbers_read_by_other_json_readers_are_exact_too():
    observation = {"resourceType": "Observation", "valueQuantity": {"value": 0.1, "code": "mg"}}

    assert evaluate("value.value + 0.2 = 0.3", observation) == [True]
    assert evaluate("value + 0.2 'mg' = 0.3 'mg'", observation) == [True]


def test_quantity_with_a_comparator_or_no_number_is_no_system_quantity():
    observation = {"resourceType": "Observation", "valueQuantity": {"value": 5, "comparator": "<", "code": "mg"}}

    assert evaluate("value = 5 'mg'", observation) == [False]
    with pytest.raises(PathError):
        evaluate("value > 1 'mg'", observation)


def test_ids_of_primitives_are_members():
    patient = {"resourceType": "Patient", "birthDate": "1948", "_birthDate": {"id": "b"}}

    assert evaluate("birthDate.id", patient) == ["b"]
    assert evaluate("birthDate.children().count()", patient) == [1]


def test_element_named_like_a_primitive_type_is_the_element():
    assert evaluate("code.coding.where(code = 'a').system", TASK) == ["http://s"]


def test_profile_without_a_validator_is_refused():
    with pytest.raises(PathError):
        evaluate("conformsTo('http://hl7.org/fhir/StructureDefinition/bp')", {"resourceType": "Observation"})


def test_path_shows_its_expression():
    assert repr(compile_path("Task.status")) == "<Path Task.status>"
    assert repr(compile_path("code").items(TASK)) == "[<CodeableConcept>]"


@pytest.mark.parametrize("number", ["1e2", "100", "100.0", "1E+2"])
def test_number_has_its_type_and_worth_however_it_is_written(number):
    observation = json.loads(f'{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}')

    for expression in (
        "value.value = 100",
        "value.value is decimal",
        "(value.value + 1) is System.Decimal",
        "value.value.round(0).toString() = '100'",
    ):
        assert compile_path(expression, "Observation")(observation) == [True], expression
