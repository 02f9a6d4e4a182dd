"""A Questionnaire as a plain form: what is shown, and what becomes of what was typed."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation

from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.clinical.screening.plain_form import PlainForm
from ansinh.fhir.validation import responses
from ansinh.fhir.validation.responses.items import flat
from ansinh.kernel.errors import Invalid

UCUM = "http://unitsofmeasure.org"
YES_NO = {
    "answerOption": [
        {"valueCoding": {"system": "s", "code": "y", "display": "Có đau", "extension": [{"url": "x"}]}},
        {"valueCoding": {"system": "s", "code": "n", "display": "Không đau"}},
    ]
}
CENTIMETRES = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit",
            "valueCoding": {"system": UCUM, "code": "cm", "display": "cm"},
        }
    ]
}


def form_of(*items, data=None):
    made = PlainForm({"resourceType": "Questionnaire", "item": list(items)}, "vi", data)
    if data is not None:
        made.is_valid()
    return made


def ask(kind, **more):
    return {"linkId": "a", "text": "Câu hỏi", "type": kind, **more}


@pytest.mark.parametrize(
    ("item", "typed", "answers"),
    [
        (ask("integer"), "12", [{"valueInteger": 12}]),
        (ask("decimal"), "36,5", [{"valueDecimal": Decimal("36.5")}]),
        (ask("boolean"), "true", [{"valueBoolean": True}]),
        (ask("boolean"), "false", [{"valueBoolean": False}]),
        (ask("date"), "5/3/1948", [{"valueDate": "1948-03-05"}]),
        (ask("dateTime"), "27/03/2025 14:30", [{"valueDateTime": "2025-03-27T14:30:00+07:00"}]),
        (ask("time"), "14:30", [{"valueTime": "14:30:00"}]),
        (ask("string"), "  hai  chữ ", [{"valueString": "hai chữ"}]),
        (ask("text"), "một\nhai", [{"valueString": "một\nhai"}]),
        (ask("url"), "https://vidu.vn", [{"valueUri": "https://vidu.vn"}]),
        (
            ask("quantity", **CENTIMETRES),
            "1,5",
            [{"valueQuantity": {"value": Decimal("1.5"), "unit": "cm", "system": UCUM, "code": "cm"}}],
        ),
        (ask("choice", **YES_NO), "1", [{"valueCoding": {"system": "s", "code": "n", "display": "Không đau"}}]),
        (
            ask("choice", repeats=True, **YES_NO),
            ["0", "1"],
            [
                {"valueCoding": {"system": "s", "code": "y", "display": "Có đau"}},
                {"valueCoding": {"system": "s", "code": "n", "display": "Không đau"}},
            ],
        ),
        (ask("choice", answerOption=[{"valueInteger": 3}]), "0", [{"valueInteger": 3}]),
    ],
)  # fmt: skip
def test_typed_answer_becomes_the_value_of_its_type(item, typed, answers):
    form = form_of(item, data={"q-a": typed})

    assert form.errors == {}
    assert form.response()["item"] == [{"linkId": "a", "answer": answers}]
    assert responses.validate({"item": [item]}, form.response()) == []


CHOSEN = {"valueCoding": {"system": "s", "code": "n", "display": "Không đau"}}
OWN = {"valueString": "Đau khi trở trời"}


@pytest.mark.parametrize(
    ("more", "typed", "answers"),
    [
        ({}, {"q-a": "1"}, [CHOSEN]),
        ({}, {"q-a": "other", "other-a": " Đau khi trở trời "}, [OWN]),
        ({}, {"other-a": "Đau khi trở trời"}, [OWN]),
        ({"repeats": True}, {"q-a": ["1"], "other-a": "Đau khi trở trời"}, [CHOSEN, OWN]),
        ({"repeats": True}, {"other-a": "Đau khi trở trời"}, [OWN]),
        ({"answerOption": []}, {"q-a": "Đau khi trở trời"}, [OWN]),
    ],
)
def test_open_choice_takes_an_option_or_own_words(more, typed, answers):
    item = ask("open-choice", **{**YES_NO, "required": True, **more})
    form = form_of(item, data=typed)

    assert form.errors == {}
    assert form.response()["item"] == [{"linkId": "a", "answer": answers}]
    assert responses.validate({"item": [item]}, form.response()) == []


def test_option_and_own_words_where_one_answer_is_asked_are_refused_at_the_question():
    item = ask("open-choice", **YES_NO)
    form = form_of(item, data={"q-a": "1", "other-a": "Đau khi trở trời"})
    form.refuse(Invalid("x", problems=responses.validate({"item": [item]}, form.response())))

    assert list(form.errors) == ["q-a"]
    assert (form["q-a"].value(), form["other-a"].value()) == ("1", "Đau khi trở trời")


def test_own_words_that_were_chosen_but_not_written_are_no_answer():
    item = ask("open-choice", required=True, **YES_NO)
    form = form_of(item, data={"q-a": "other", "other-a": "  "})

    assert form.response()["item"] == []
    assert responses.validate({"item": [item]}, form.response()) != []


def test_own_words_stand_below_their_question_and_name_it():
    item = ask("open-choice", **YES_NO)
    rows = [(row.field, field.label) for row, field in form_of(item, {**item, "linkId": "b"}).shown()]

    assert [name for name, _label in rows] == ["q-a", "other-a", "q-b", "other-b"]
    assert rows[1][1] == "Câu trả lời khác cho «Câu hỏi»"


def test_closed_choice_has_no_field_for_own_words():
    assert list(form_of(ask("choice", **YES_NO)).fields) == ["q-a"]


@pytest.mark.parametrize("kind", ["integer", "decimal", "boolean", "date", "string", "text", "quantity", "choice"])
def test_open_question_has_no_item(kind):
    assert form_of(ask(kind, **YES_NO), data={"q-a": ""}).response()["item"] == []


@pytest.mark.parametrize(
    ("item", "typed"),
    [
        (ask("integer"), "mười"),
        (ask("decimal"), "36,5,5"),
        (ask("date"), "31/02/2025"),
        (ask("dateTime"), "27/03/2025"),
        (ask("choice", **YES_NO), "7"),
        (ask("choice", **YES_NO), "-1"),
    ],
)
def test_unreadable_answer_is_refused_at_its_field_and_stays_typed(item, typed):
    form = form_of(item, data={"q-a": typed})

    assert list(form.errors) == ["q-a"]
    assert form["q-a"].value() == typed


def test_problem_of_the_engine_stands_at_its_question_without_naming_it_again():
    item = ask("time")
    form = form_of(item, data={"q-a": "99:99"})
    problems = responses.validate({"item": [item]}, form.response())
    form.refuse(Invalid("Phiếu còn chỗ chưa đúng.", problems=problems))

    assert form.errors == {"q-a": ["Cần giờ và phút, ví dụ 14:30."]}


def test_problem_of_a_group_stands_above_the_form():
    form = form_of({"linkId": "g", "text": "Nhóm", "type": "group", "item": [ask("string")]}, data={})
    form.refuse(
        Invalid("x", problems=[responses.response.problem({"linkId": "g", "text": "Nhóm"}, "v", "k", "thiếu.")])
    )

    assert form.general_errors() == ["“Nhóm”: thiếu."]


def test_questions_below_a_question_stand_in_its_answer():
    below = {"linkId": "b", "text": "Câu con", "type": "string"}
    form = form_of(ask("boolean", item=[below]), data={"q-a": "true", "q-b": "vì"})

    assert form.response()["item"] == [
        {
            "linkId": "a",
            "answer": [{"valueBoolean": True, "item": [{"linkId": "b", "answer": [{"valueString": "vì"}]}]}],
        }
    ]


def test_answer_below_an_open_question_is_not_dropped_but_refused():
    item = ask("boolean", item=[{"linkId": "b", "text": "Câu con", "type": "string"}])
    form = form_of(item, data={"q-b": "vì"})

    assert responses.validate({"item": [item]}, form.response()) != []


@pytest.mark.parametrize(
    ("behaviour", "conditions", "note"),
    [
        ("all", [{"question": "a", "operator": "=", "answerCoding": {"system": "s", "code": "y"}}],
         "Chỉ trả lời khi câu «Câu hỏi» là «Có đau»."),
        ("all", [{"question": "a", "operator": "!=", "answerCoding": {"system": "s", "code": "y"}}],
         "Chỉ trả lời khi câu «Câu hỏi» khác «Có đau»."),
        ("any", [{"question": "b", "operator": "=", "answerBoolean": True},
                 {"question": "c", "operator": "=", "answerBoolean": True}],
         "Chỉ trả lời khi một trong các câu 2, 3 là «Có»."),
        ("all", [{"question": "b", "operator": "exists", "answerBoolean": True},
                 {"question": "c", "operator": ">", "answerInteger": 4}],
         "Chỉ trả lời khi câu 2 đã được trả lời và câu 3 > 4."),
    ],
)  # fmt: skip
def test_note_says_when_a_question_is_asked(behaviour, conditions, note):
    others = [{"linkId": link, "prefix": f"{n}.", "text": link, "type": "boolean"} for n, link in ((2, "b"), (3, "c"))]
    last = {"linkId": "z", "text": "Sau", "type": "string", "enableWhen": conditions, "enableBehavior": behaviour}
    form = form_of(ask("choice", **YES_NO), *others, last)

    assert form["q-z"].help_text == note


def test_choice_that_need_not_be_answered_can_be_left_open_again():
    open_one, required = form_of(ask("choice", **YES_NO)), form_of(ask("choice", required=True, **YES_NO))

    assert ("", "Không trả lời") in open_one.fields["q-a"].choices
    assert ("", "Không trả lời") not in required.fields["q-a"].choices


@pytest.mark.parametrize("kind", ["attachment", "reference"])
def test_question_that_a_plain_form_cannot_ask_is_named_with_the_reason(kind):
    (row, field), *_ = form_of(ask(kind)).shown()

    assert (row.text, field) == ("Câu hỏi", None)
    assert "JavaScript" in row.note


@pytest.mark.parametrize("path", sorted((settings.DEFINITIONS / "questionnaires").glob("*.yaml")), ids=lambda p: p.stem)
@pytest.mark.parametrize("spoken", ["vi", "en"])
def test_every_question_of_a_shipped_tool_is_on_the_form(path, spoken):
    definition = read_questionnaire(path)
    with translation.override(spoken):
        rows = list(PlainForm(definition, spoken).shown())

    asked = [item for item in flat(definition["item"]) if item["type"] not in ("group", "display")]
    assert [field.name for _row, field in rows if field] == [f"q-{item['linkId']}" for item in asked]
    assert all(field.label for _row, field in rows if field)
