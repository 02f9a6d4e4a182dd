"""Totals: what is summed, what is not, and what is refused."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.screening import rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.clinical.screening.rules.extensions import ORDINAL, SCORE, ordinal
from ansinh.fhir.validation import responses
from ansinh.fhir.validation.responses.items import flat, options
from ansinh.kernel.errors import Invalid

FOLDER = settings.DEFINITIONS / "questionnaires"
# Forms without a total (the care log of a ward) are no tools.
FORMS = [read_questionnaire(path) for path in sorted(FOLDER.glob("*.yaml"))]
SCORED = [form for form in FORMS if any(one["url"] == SCORE for one in form.get("extension", ()))]
# Tools whose total is measured (seconds, metres) are computed by an expression: tests/unit/clinical/rehab.
TOOLS = [form for form in SCORED if "'valueCode': 'sum'" in str(form["extension"])]


def option(code, points):
    return {"valueCoding": {"system": "s", "code": code}, "extension": [{"url": ORDINAL, "valueDecimal": points}]}


def tool(*items, high=6):
    parts = [
        {"url": "code", "valueCoding": {"system": "http://loinc.org", "code": "x"}},
        {"url": "method", "valueCode": "sum"},
        {"url": "minimum", "valueDecimal": 0},
        {"url": "maximum", "valueDecimal": high},
    ]
    return {"resourceType": "Questionnaire", "extension": [{"url": SCORE, "extension": parts}], "item": list(items)}


def chosen(link, *codes):
    return {"linkId": link, "answer": [{"valueCoding": {"system": "s", "code": code}} for code in codes]}


def response(*items):
    return {"resourceType": "QuestionnaireResponse", "item": list(items)}


TWO = [option("0", 0), option("3", 3)]


def test_tool_without_a_total_has_no_score():
    plain = {"resourceType": "Questionnaire", "item": []}

    assert rules.score(plain, response()) is None
    assert rules.assess(plain, response()).findings == ()


def test_points_are_taken_from_the_option_never_from_the_answer():
    claim = [{"url": ORDINAL, "valueDecimal": 3}]
    lying = {"linkId": "a", "answer": [{"valueCoding": {"system": "s", "code": "0"}, "extension": claim}]}

    found = rules.score(tool({"linkId": "a", "type": "choice", "answerOption": TWO}), response(lying))

    assert found.value == 0


def test_points_on_the_coding_count_too():
    coding = {"valueCoding": {"system": "s", "code": "2", "extension": [{"url": ORDINAL, "valueDecimal": 2}]}}

    found = rules.score(tool({"linkId": "a", "type": "choice", "answerOption": [coding]}), response(chosen("a", "2")))

    assert found.value == 2


def test_open_questions_are_named():
    items = [{"linkId": link, "type": "choice", "answerOption": TWO} for link in ("a", "b")]

    found = rules.score(tool(*items), response(chosen("a", "3")))

    assert (found.value, found.missing) == (3, ("b",))


def test_question_that_is_not_asked_gives_no_points_and_is_not_missing():
    condition = {"question": "a", "operator": "exists", "answerBoolean": True}
    off = {"linkId": "b", "type": "choice", "answerOption": TWO, "enableWhen": [condition]}

    found = rules.score(tool({"linkId": "a", "type": "string"}, off), response(chosen("b", "3")))

    assert (found.value, found.missing) == (0, ())


def test_repeated_groups_and_nested_questions_are_summed():
    nested = {"linkId": "b", "type": "choice", "answerOption": TWO}
    group = {
        "linkId": "g",
        "type": "group",
        "repeats": True,
        "item": [{"linkId": "a", "type": "boolean", "item": [nested]}],
    }
    once = {"linkId": "g", "item": [{"linkId": "a", "answer": [{"valueBoolean": True, "item": [chosen("b", "3")]}]}]}

    assert rules.score(tool(group), response(once, once)).value == 6


def test_total_outside_the_declared_range_is_refused():
    item = {"linkId": "a", "type": "choice", "repeats": True, "answerOption": [option("4", 4), option("5", 5)]}

    with pytest.raises(Invalid) as refused:
        rules.score(tool(item), response(chosen("a", "4", "5")))

    assert refused.value.code == "score-range"
    assert "0–6" in refused.value.message


@st.composite
def filled(draw):
    """A shipped tool with one option drawn for each scored question that is asked."""
    questionnaire = draw(st.sampled_from(TOOLS))
    picks = {}
    for item in flat(questionnaire["item"]):
        scored = [found for found in options(questionnaire, item) if ordinal(found) is not None]
        if scored:
            picks[item["linkId"]] = draw(st.sampled_from(scored))
    if picks.get("audit1", {}).get("valueCoding", {}).get("code") == "LA6270-8":
        picks = {"audit1": picks["audit1"]}

    def build(items):
        found = []
        for item in items:
            if item["type"] == "group":
                found.append({"linkId": item["linkId"], "item": build(item["item"])})
            elif item["linkId"] in picks:
                found.append(
                    {"linkId": item["linkId"], "answer": [{"valueCoding": picks[item["linkId"]]["valueCoding"]}]}
                )
        return found

    return questionnaire, response(*build(questionnaire["item"])), sum(map(ordinal, picks.values()))


@given(filled())
def test_total_is_the_sum_of_the_chosen_points(case):
    questionnaire, answers, expected = case

    found = rules.score(questionnaire, answers)

    assert responses.validate(questionnaire, answers) == []
    assert found.value == expected
    assert found.minimum <= found.value <= found.maximum
    assert found.missing == ()


@given(filled())
def test_every_total_has_exactly_one_band_where_the_tool_has_bands(case):
    questionnaire, answers, _ = case
    bands = rules.bands(questionnaire)
    value = rules.score(questionnaire, answers).value

    assert sum(band.minimum <= value <= band.maximum for band in bands) == (1 if bands else 0)


@given(filled())
def test_more_points_never_end_a_positive_result(case):
    questionnaire, answers, _ = case
    if questionnaire["id"] == "barthel":
        return
    found = {finding.code for finding in rules.assess(questionnaire, answers).findings}
    highest = {finding.code for finding in rules.assess(questionnaire, _highest(questionnaire)).findings}

    assert found <= highest


def _highest(questionnaire):
    def build(items):
        found = []
        for item in items:
            if item["type"] == "group":
                found.append({"linkId": item["linkId"], "item": build(item["item"])})
            elif scored := [o for o in options(questionnaire, item) if ordinal(o) is not None]:
                found.append(
                    {"linkId": item["linkId"], "answer": [{"valueCoding": max(scored, key=ordinal)["valueCoding"]}]}
                )
        return found

    return response(*build(questionnaire["item"]))
