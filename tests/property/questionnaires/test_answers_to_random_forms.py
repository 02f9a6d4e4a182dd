"""Random forms and random answers: what answers a form rightly is accepted whole, and each single thing wrong is named.

Forms are made of every type of question, in groups, some required, some repeating, some asked only on a
condition. Who answers them here decides by R4's own words on `enableWhen`, not by the code that judges the answers.
"""

import copy
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansinh.fhir.validation.responses import link_of, place_of, validate

OPTIONS = [{"valueCoding": {"system": "urn:o", "code": code, "display": code}} for code in ("a", "b", "c")]
KEYS = {
    "boolean": "valueBoolean",
    "decimal": "valueDecimal",
    "integer": "valueInteger",
    "date": "valueDate",
    "dateTime": "valueDateTime",
    "time": "valueTime",
    "string": "valueString",
    "text": "valueString",
    "url": "valueUri",
    "choice": "valueCoding",
    "quantity": "valueQuantity",
}
RIGHT: dict[str, list[Any]] = {
    "boolean": [True, False],
    "decimal": [Decimal("36.5"), 0, Decimal("-1.50")],
    "integer": [0, -3, 12],
    "date": ["1948", "1948-03", "2024-02-29"],
    "dateTime": ["2024-02-29T08:00:00+07:00", "2024"],
    "time": ["08:30:00", "23:59:59"],
    "string": ["H'Ly", "Đắk Nông"],
    "text": ["hai\ndòng", "một"],
    "url": ["https://vidu.vn/a", "urn:x"],
    "choice": [{"system": "urn:o", "code": "a"}, {"system": "urn:o", "code": "b", "display": "khác chữ"}],
    "quantity": [{"value": 52, "code": "kg"}, {"value": Decimal("0.5"), "unit": "m"}],
}
WRONG: dict[str, list[Any]] = {
    "boolean": ["true", 1, None],
    "decimal": ["36,5", True],
    "integer": [Decimal("1.5"), "1", True, 2**31],
    "date": ["31/01/2024", "2023-02-29", "2024-13", 1948],
    "dateTime": ["2024-02-29T25:00:00+07:00", "hôm qua"],
    "time": ["8:30", "24:00:00", 830],
    "string": ["", 5, None],
    "text": ["", {"a": 1}],
    "url": ["", "a b"],
    "choice": [{"system": "urn:o", "code": "z"}, {"system": "urn:p", "code": "a"}, "a", {}],
    "quantity": [{"value": "52"}, 52, "52 kg"],
}
# Questions that a condition may ask about: their type, and the condition's value.
CONDITIONS = st.sampled_from(
    [
        ("boolean", {"operator": "=", "answerBoolean": True}),
        ("boolean", {"operator": "!=", "answerBoolean": True}),
        ("boolean", {"operator": "exists", "answerBoolean": True}),
        ("boolean", {"operator": "exists", "answerBoolean": False}),
        ("integer", {"operator": ">", "answerInteger": 0}),
        ("integer", {"operator": "<=", "answerInteger": 0}),
        ("date", {"operator": ">=", "answerDate": "2000-01-01"}),
        ("choice", {"operator": "=", "answerCoding": {"system": "urn:o", "code": "a"}}),
        ("choice", {"operator": "!=", "answerCoding": {"system": "urn:o", "code": "a"}}),
    ]
)


@st.composite
def questions(draw, depth: int = 0) -> dict:
    """A question or group; linkIds are given afterwards."""
    kind = draw(st.sampled_from([*KEYS, *(["group"] if depth < 2 else []), "display"]))
    item: dict[str, Any] = {"type": kind, "text": f"Mục {kind}"}
    if kind == "display":
        return item
    if draw(st.booleans()):
        item["required"] = draw(st.booleans())
    if draw(st.booleans()):
        item["repeats"] = draw(st.booleans())
    if kind == "choice":
        item["answerOption"] = OPTIONS
    if kind == "group":
        item["item"] = draw(st.lists(questions(depth + 1), min_size=1, max_size=3))
    return item


@st.composite
def forms(draw) -> dict:
    """A Questionnaire; some of its questions at the top depend on a question before them."""
    items = draw(st.lists(questions(), min_size=1, max_size=5))
    for item in list(items):
        if draw(st.booleans()):
            kind, condition = draw(CONDITIONS)
            asked = {"type": kind, "text": "Câu quyết định"} | ({"answerOption": OPTIONS} if kind == "choice" else {})
            items.insert(0, asked)
            item["enableWhen"] = [{"question": asked, **condition}]
    numbered(items, "")
    for item in items:
        for condition in item.get("enableWhen", []):
            condition["question"] = condition["question"]["linkId"]
    return {"resourceType": "Questionnaire", "url": "urn:form", "status": "active", "item": items}


def numbered(items: list[dict], above: str) -> None:
    for number, item in enumerate(items, 1):
        item["linkId"] = f"{above}{number}"
        numbered(item.get("item", []), f"{above}{number}.")


# --- answering -----------------------------------------------------------------------------------------------------


def is_asked(item: dict, given: dict[str, list[Any]]) -> bool:
    """R4, Questionnaire.item.enableWhen, for one condition on a question at the top."""
    for condition in item.get("enableWhen", []):
        answers = given.get(condition["question"], [])
        expected = next(value for key, value in condition.items() if key.startswith("answer"))
        sign = condition["operator"]
        if sign == "exists":
            return bool(answers) == expected
        return any(compares(sign, answer, expected) for answer in answers)
    return True


def compares(sign: str, answer: Any, expected: Any) -> bool:
    if isinstance(answer, dict):
        answer, expected = (answer["system"], answer["code"]), (expected["system"], expected["code"])
    return {
        "=": lambda: answer == expected,
        "!=": lambda: answer != expected,
        ">": lambda: answer > expected,
        "<=": lambda: answer <= expected,
        ">=": lambda: answer >= expected,
    }[sign]()


def answered(draw, items: list[dict], given: dict[str, list[Any]]) -> list[dict]:
    """Right answers to all that is asked and required, and to some of the rest."""
    made = []
    for item in items:
        if item["type"] == "display" or not is_asked(item, given):
            continue
        if item["type"] == "group":
            for _ in range(2 if item.get("repeats") and draw(st.booleans()) else 1):
                if inner := answered(draw, item["item"], given):
                    made.append({"linkId": item["linkId"], "item": inner})
        elif item.get("required") or draw(st.booleans()):
            most = 2 if item.get("repeats") else 1
            values = draw(st.lists(st.sampled_from(RIGHT[item["type"]]), min_size=1, max_size=most, unique_by=repr))
            given[item["linkId"]] = values
            made.append({"linkId": item["linkId"], "answer": [{KEYS[item["type"]]: value} for value in values]})
    return made


def needs_answers(items: list[dict]) -> bool:
    """A required group has to hold something, whatever is in it."""
    return any(item.get("required") or needs_answers(item.get("item", [])) for item in items)


@st.composite
def answered_forms(draw) -> tuple[dict, dict]:
    form = draw(forms())
    for item in everything(form["item"]):
        if item["type"] == "group":
            item.pop("required", None)  # whether a group is filled is drawn; its questions say what must be
    made = answered(draw, form["item"], {})
    return form, {"resourceType": "QuestionnaireResponse", "status": "completed", "item": made}


def everything(items: list[dict]) -> list[dict]:
    return [found for item in items for found in (item, *everything(item.get("item", [])))]


def leaves(items: list[dict]) -> list[dict]:
    """Every answered question of a response."""
    return [one for item in items for one in ([item] if "answer" in item else leaves(item.get("item", [])))]


def by_link(form: dict) -> dict[str, dict]:
    return {item["linkId"]: item for item in everything(form["item"])}


# --- what must hold ------------------------------------------------------------------------------------------------


@given(answered_forms())
@settings(max_examples=120)
def test_right_answers_are_accepted_whole(pair):
    form, response = pair

    assert validate(form, response) == []
    assert validate(form, response, complete=False) == []


@given(answered_forms(), st.data())
@settings(max_examples=80)
def test_one_wrong_value_is_named_by_its_question_and_by_nothing_else(pair, data):
    form, response = pair
    assume(leaves(response["item"]))
    conditions = {one["question"] for item in form["item"] for one in item.get("enableWhen", [])}
    changed = copy.deepcopy(response)
    leaf = data.draw(st.sampled_from(leaves(changed["item"])))
    assume(leaf["linkId"] not in conditions)
    kind = by_link(form)[leaf["linkId"]]["type"]
    leaf["answer"][0] = {KEYS[kind]: data.draw(st.sampled_from(WRONG[kind]))}

    found = validate(form, changed)

    assert {link_of(one) for one in found} == {leaf["linkId"]}
    assert all(one.message for one in found)
    assert place_of(changed, leaf["linkId"]).startswith("QuestionnaireResponse.item[")


@given(answered_forms(), st.data())
@settings(max_examples=80)
def test_required_answer_that_is_left_out_is_asked_for_unless_it_may_wait(pair, data):
    form, response = pair
    known = by_link(form)
    conditions = {one["question"] for item in form["item"] for one in item.get("enableWhen", [])}
    needed = [
        item["linkId"]
        for item in response["item"]
        if "answer" in item and known[item["linkId"]].get("required") and item["linkId"] not in conditions
    ]
    assume(needed)
    gone = data.draw(st.sampled_from(needed))
    changed = {**response, "item": [item for item in response["item"] if item["linkId"] != gone]}

    assert [(one.key, link_of(one)) for one in validate(form, changed)] == [("required", gone)]
    assert validate(form, changed, complete=False) == []


@given(answered_forms())
def test_answer_to_a_question_of_no_form_is_named_as_such(pair):
    form, response = pair
    stray = {**response, "item": [*response["item"], {"linkId": "lạ", "answer": [{"valueString": "x"}]}]}

    assert [(one.key, link_of(one)) for one in validate(form, stray)] == [("unknown-item", "lạ")]


@given(answered_forms(), st.data())
@settings(max_examples=80)
def test_answer_to_what_was_not_asked_is_refused(pair, data):
    form, response = pair
    given_values = {
        item["linkId"]: [next(iter(answer.values())) for answer in item["answer"]]
        for item in response["item"]
        if "answer" in item
    }
    closed = [
        item
        for item in form["item"]
        if item["type"] in KEYS and item.get("enableWhen") and not is_asked(item, given_values)
    ]
    assume(closed)
    item = data.draw(st.sampled_from(closed))
    extra = {"linkId": item["linkId"], "answer": [{KEYS[item["type"]]: RIGHT[item["type"]][0]}]}
    changed = {**response, "item": [*response["item"], extra]}

    assert ("disabled", item["linkId"]) in [(one.key, link_of(one)) for one in validate(form, changed)]


@given(answered_forms(), st.data())
@settings(max_examples=100)
def test_second_answer_where_one_is_asked_is_too_many(pair, data):
    form, response = pair
    known = by_link(form)
    changed = copy.deepcopy(response)
    single = [leaf for leaf in leaves(changed["item"]) if not known[leaf["linkId"]].get("repeats")]
    assume(single)
    leaf = data.draw(st.sampled_from(single))
    kind = known[leaf["linkId"]]["type"]
    held = next(iter(leaf["answer"][0].values()))
    leaf["answer"].append({KEYS[kind]: next(value for value in RIGHT[kind] if value != held)})

    assert ("max-occurs", leaf["linkId"]) in [(one.key, link_of(one)) for one in validate(form, changed)]


@given(answered_forms(), st.randoms(use_true_random=False))
def test_order_in_which_items_are_sent_does_not_matter(pair, random):
    form, response = pair
    shuffled = list(response["item"])
    random.shuffle(shuffled)

    assert validate(form, {**response, "item": shuffled}) == []


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["linkId", "answer", "item", "valueString", "valueCoding", "text"]), inner)
    ),
    max_leaves=10,
)


@given(forms(), junk)
@settings(max_examples=80)
def test_any_json_in_place_of_answers_is_judged_and_never_breaks(form, items):
    for complete in (True, False):
        found = validate(form, {"resourceType": "QuestionnaireResponse", "item": items}, complete=complete)
        assert all(one.message.strip() and one.expression.startswith("QuestionnaireResponse") for one in found)
