"""Which responses are refused, and that every problem is named with its question."""

from decimal import Decimal

import pytest

from ansinh.fhir.validation.responses import link_of, place_of, validate

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def extension(name, **value):
    return {"url": HL7 + name, **value}


def tool(*items):
    return {"resourceType": "Questionnaire", "url": "u", "version": "1", "item": list(items)}


def response(*items):
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": list(items)}


def answered(link, *values, key="valueString"):
    return {"linkId": link, "answer": [{key: value} for value in values]}


def question(kind="string", **more):
    return {"linkId": "a", "type": kind, "text": "Câu hỏi", **more}


OPTIONS = [{"valueCoding": {"system": "s", "code": code, "display": code}} for code in ("1", "2")]

ACCEPTED = [
    ("boolean", "valueBoolean", False, {}),
    ("decimal", "valueDecimal", Decimal("36.5"), {}),
    ("decimal", "valueDecimal", 36, {}),
    ("integer", "valueInteger", 0, {}),
    ("date", "valueDate", "1948", {}),
    ("date", "valueDate", "2024-02-29", {}),
    ("dateTime", "valueDateTime", "2025-03-27T14:30:00+07:00", {}),
    ("time", "valueTime", "14:30:00", {}),
    ("string", "valueString", "H'Ly", {"maxLength": 4}),
    ("text", "valueString", "hai\ndòng", {}),
    ("url", "valueUri", "https://vidu.vn", {}),
    ("choice", "valueCoding", {"system": "s", "code": "2"}, {"answerOption": OPTIONS}),
    ("open-choice", "valueString", "khác", {"answerOption": OPTIONS}),
    ("quantity", "valueQuantity", {"value": 52, "code": "kg"}, {}),
    ("choice", "valueCoding", {"system": "s", "code": "x"}, {"answerValueSet": "https://example.org/vs"}),
]


@pytest.mark.parametrize(("kind", "key", "value", "more"), ACCEPTED)
def test_value_of_its_type_is_accepted(kind, key, value, more):
    found = validate(tool(question(kind, **more)), response(answered("a", value, key=key)))

    assert found == []


REFUSED = [
    ("boolean", "valueBoolean", "true", {}, "type"),
    ("decimal", "valueDecimal", True, {}, "type"),
    ("integer", "valueInteger", Decimal("1.5"), {}, "type"),
    ("integer", "valueInteger", 2**31, {}, "type"),
    ("integer", "valueDecimal", 1, {}, "type"),
    ("date", "valueDate", "2025-02-31", {}, "type"),
    ("date", "valueDate", "31/01/2025", {}, "type"),
    ("dateTime", "valueDateTime", "2025-13-01T00:00:00+07:00", {}, "type"),
    ("time", "valueTime", "25:00:00", {}, "type"),
    ("string", "valueString", "", {}, "type"),
    ("string", "valueString", "năm chữ", {"maxLength": 3}, "max-length"),
    ("string", "valueString", "ab", {"extension": [extension("minLength", valueInteger=3)]}, "min-length"),
    ("string", "valueString", "12a", {"extension": [extension("regex", valueString="[0-9]+")]}, "regex"),
    ("url", "valueUri", "có dấu cách", {}, "type"),
    ("choice", "valueCoding", {"system": "s", "code": "3"}, {"answerOption": OPTIONS}, "option"),
    ("choice", "valueCoding", {"system": "t", "code": "1"}, {"answerOption": OPTIONS}, "option"),
    ("choice", "valueString", "1", {"answerOption": OPTIONS}, "option"),
    ("choice", "valueCoding", "1", {"answerOption": OPTIONS}, "option"),
    ("open-choice", "valueString", "", {"answerOption": OPTIONS}, "type"),
    ("decimal", "valueDecimal", 29, {"extension": [extension("minValue", valueDecimal=30)]}, "min-value"),
    ("integer", "valueInteger", 46, {"extension": [extension("maxValue", valueInteger=45)]}, "max-value"),
    ("date", "valueDate", "2026-01-01", {"extension": [extension("maxValue", valueDate="2025-12-31")]}, "max-value"),
    ("quantity", "valueQuantity", {"value": "52"}, {}, "type"),
    (
        "quantity",
        "valueQuantity",
        {"value": 52, "code": "g"},
        {"extension": [extension("questionnaire-unit", valueCoding={"code": "kg"})]},
        "unit",
    ),
]


@pytest.mark.parametrize(("kind", "key", "value", "more", "rule"), REFUSED)
def test_value_that_breaks_its_question_is_refused(kind, key, value, more, rule):
    found = validate(tool(question(kind, **more)), response(answered("a", value, key=key)))

    assert [problem.key for problem in found] == [rule]
    assert link_of(found[0]) == "a"
    assert "Câu hỏi" in found[0].message


def test_partial_date_is_compared_as_the_whole_it_names():
    limited = question("date", extension=[extension("maxValue", valueDate="1948-06-15")])

    assert validate(tool(limited), response(answered("a", "1948", key="valueDate"))) == []
    assert validate(tool(limited), response(answered("a", "1949", key="valueDate"))) != []


def test_every_open_required_question_is_named_once():
    group = {
        "linkId": "g",
        "type": "group",
        "required": True,
        "item": [{"linkId": "b", "type": "string", "required": True}, {"linkId": "c", "type": "string"}],
    }

    found = validate(tool(question(required=True), group), response())

    assert [(problem.key, link_of(problem)) for problem in found] == [("required", "a"), ("required", "b")]


def test_required_group_without_required_questions_needs_an_answer():
    group = {"linkId": "g", "type": "group", "required": True, "item": [{"linkId": "b", "type": "string"}]}

    assert [problem.key for problem in validate(tool(group), response())] == ["required"]


def test_repeating_group_is_checked_in_each_repetition():
    inner = [{"linkId": "b", "type": "string", "required": True}, {"linkId": "c", "type": "integer"}]
    group = {"linkId": "g", "type": "group", "repeats": True, "item": inner}
    full = {"linkId": "g", "item": [answered("b", "x")]}
    short = {"linkId": "g", "item": [answered("c", 1, key="valueInteger")]}

    assert validate(tool(group), response()) == []
    assert [link_of(problem) for problem in validate(tool(group), response(full, short))] == ["b"]
    assert [problem.key for problem in validate(tool({**group, "repeats": False}), response(full, full))] == [
        "max-occurs"
    ]


CONDITIONAL = question(
    enableWhen=[{"question": "b", "operator": "=", "answerBoolean": True}], required=True
), {"linkId": "b", "type": "boolean"}  # fmt: skip


def test_answer_to_a_question_that_is_not_asked_is_refused():
    off = response(answered("a", "x"), answered("b", False, key="valueBoolean"))

    assert [problem.key for problem in validate(tool(*CONDITIONAL), off)] == ["disabled"]


def test_question_that_is_not_asked_is_not_required():
    assert validate(tool(*CONDITIONAL), response(answered("b", False, key="valueBoolean"))) == []
    assert [p.key for p in validate(tool(*CONDITIONAL), response(answered("b", True, key="valueBoolean")))] == [
        "required"
    ]


def test_question_below_an_answer_is_checked_there():
    parent = question("boolean", item=[{"linkId": "b", "type": "string", "required": True}])
    with_inner = {"linkId": "a", "answer": [{"valueBoolean": True, "item": [answered("b", "x")]}]}
    beside = {"linkId": "a", "answer": [{"valueBoolean": True}], "item": [answered("b", "x")]}

    assert validate(tool(parent), response()) == []
    assert validate(tool(parent), response(with_inner)) == []
    assert [problem.key for problem in validate(tool(parent), response(beside))] == ["question-items", "required"]


def test_counts_of_answers_are_kept():
    several = question(
        repeats=True,
        extension=[
            extension("questionnaire-minOccurs", valueInteger=2),
            extension("questionnaire-maxOccurs", valueInteger=3),
        ],
    )

    assert [p.key for p in validate(tool(question()), response(answered("a", "1", "2")))] == ["max-occurs"]
    assert [p.key for p in validate(tool(several), response(answered("a", "1")))] == ["min-occurs"]
    assert [p.key for p in validate(tool(several), response(answered("a", "1", "2", "3", "4")))] == ["max-occurs"]
    assert validate(tool(several), response(answered("a", "1", "2"))) == []


def test_one_choice_ticked_twice_is_refused():
    item = question("choice", repeats=True, answerOption=OPTIONS)
    twice = [{"system": "s", "code": "1"}, {"system": "s", "code": "1", "display": "khác chữ"}]

    assert [p.key for p in validate(tool(item), response(answered("a", *twice, key="valueCoding")))] == ["duplicate"]


def test_read_only_value_cannot_be_changed():
    item = question(readOnly=True, initial=[{"valueString": "sẵn có"}])

    assert validate(tool(item), response(answered("a", "sẵn có"))) == []
    assert [p.key for p in validate(tool(item), response(answered("a", "khác")))] == ["read-only"]


def test_answers_where_none_belong_are_refused():
    display = {"linkId": "d", "type": "display", "text": "Lời dẫn"}
    group = {"linkId": "g", "type": "group", "item": [{"linkId": "b", "type": "string"}]}
    both = {"linkId": "g", "answer": [{"valueString": "x"}], "item": [answered("b", "x")]}

    assert [p.key for p in validate(tool(display), response(answered("d", "x")))] == ["display"]
    assert [p.key for p in validate(tool(group), response(both))] == ["group-answer"]
    assert [p.key for p in validate(tool(question()), response(answered("lạ", "x")))] == ["unknown-item"]


@pytest.mark.parametrize(
    "items",
    ["chữ", [1], [{}], [{"linkId": 5}], [{"linkId": "a", "answer": "x"}], [{"linkId": "a", "answer": [5]}],
     [{"linkId": "a", "item": "x"}], [{"linkId": "a", "answer": [{"item": [3]}]}], None],
)  # fmt: skip
def test_body_of_another_shape_is_refused_without_failing(items):
    found = validate(tool(question()), {"resourceType": "QuestionnaireResponse", "item": items})

    assert [problem.key for problem in found] == ["structure"]


def test_answer_without_a_value_is_refused():
    assert [p.key for p in validate(tool(question()), response({"linkId": "a", "answer": [{}]}))] == ["empty"]


def test_contained_value_set_gives_the_options():
    value_set = {
        "resourceType": "ValueSet",
        "id": "v",
        "compose": {"include": [{"system": "s", "concept": [{"code": "1", "display": "một"}]}]},
    }
    expanded = {"resourceType": "ValueSet", "id": "v", "expansion": {"contains": [{"system": "s", "code": "1"}]}}

    for contained in (value_set, expanded):
        asked = {**tool(question("choice", answerValueSet="#v")), "contained": [contained]}
        assert validate(asked, response(answered("a", {"system": "s", "code": "1"}, key="valueCoding"))) == []
        refused = validate(asked, response(answered("a", {"system": "s", "code": "9"}, key="valueCoding")))
        assert [problem.key for problem in refused] == ["option"]


CODED = question("choice", answerValueSet="https://example.org/vs")
IN_SET = answered("a", {"system": "s", "code": "1"}, key="valueCoding")


@pytest.mark.parametrize(("verdict", "keys"), [(True, []), (None, []), (False, ["option"])])
def test_code_of_a_set_kept_elsewhere_is_decided_by_terminology(verdict, keys):
    asked = []

    def decide(*what):
        asked.append(what)
        return verdict

    found = validate(tool(CODED), response(IN_SET), decide=decide)

    assert [one.key for one in found] == keys
    assert asked == [("https://example.org/vs", "s", "1")]


def test_response_in_progress_may_leave_required_questions_but_not_answer_wrongly():
    form = tool(question(required=True), {"linkId": "b", "type": "integer", "text": "Số"})

    assert validate(form, response(), complete=False) == []
    wrong = validate(form, response(answered("b", "x")), complete=False)
    assert [one.key for one in wrong] == ["type"]


def test_question_stated_twice_is_refused():
    found = validate(tool(question(repeats=True)), response(answered("a", "x"), answered("a", "y")))

    assert [one.key for one in found] == ["item-twice"]


def test_reference_by_identifier_is_an_answer():
    given = answered("a", {"identifier": {"value": "1"}}, key="valueReference")

    assert validate(tool(question("reference")), response(given)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"extension": [extension("regex", valueString="[")]},
        {"extension": [extension("minValue", valueInteger=3)]},
    ],
)
def test_limit_of_the_form_that_makes_no_sense_is_not_held_against_the_answer(more):
    assert validate(tool(question(**more)), response(answered("a", "x"))) == []


def test_condition_that_compares_a_quantity_with_a_number_is_not_met():
    dependent = {"linkId": "b", "type": "string", "text": "B"} | {
        "enableWhen": [{"question": "a", "operator": ">", "answerInteger": 3}]
    }
    weight = answered("a", {"value": 52, "code": "kg"}, key="valueQuantity")

    assert validate(tool(question("quantity"), dependent), response(weight)) == []


def test_place_of_a_question_is_where_its_answer_stands():
    inner = {"linkId": "c", "answer": [{"valueInteger": 1}]}
    given = response(answered("a", "x"), {"linkId": "b", "answer": [{"valueBoolean": True, "item": [inner]}]})

    assert place_of(given, "c") == "QuestionnaireResponse.item[1].answer[0].item[0]"
    assert place_of(given, "b") == "QuestionnaireResponse.item[1]"
    assert place_of(given, "missing") == "QuestionnaireResponse.item"
