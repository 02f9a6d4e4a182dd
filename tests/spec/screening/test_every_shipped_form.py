"""Every form that is shipped, whoever wrote it: it can be answered, its score means what it declares, and what is shown
has its English and its source.

Answers are drawn from what each question offers: its options, or numbers and words within its limits. Nothing here
knows a form by its name.
"""

import copy
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from hypothesis import assume, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from ansinh.clinical.screening import rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.clinical.screening.rules.extensions import SCORE, ordinal
from ansinh.fhir.validation import responses, validate
from ansinh.fhir.validation.responses.enabling import is_enabled, scope
from ansinh.fhir.validation.responses.extensions import HL7, extensions, value
from ansinh.fhir.validation.responses.items import VALUE_KEYS, flat, options

FORMS = {
    path.stem: read_questionnaire(path) for path in sorted((settings.DEFINITIONS / "questionnaires").glob("*.yaml"))
}
SCORED = [name for name, form in FORMS.items() if any(extensions(form, SCORE))]
SUMMED = [name for name in SCORED if not value(next(extensions(FORMS[name], SCORE)), "expression")]
TRANSLATION = f"{HL7}translation"
PLAIN = {
    "boolean": [True, False],
    "date": ["2025-03-01", "2024"],
    "dateTime": ["2025-03-01T08:00:00+07:00"],
    "time": ["08:30:00"],
    "string": ["Bình thường", "H'Ly"],
    "text": ["Hai\ndòng.", "Không có gì thêm."],
    "url": ["https://vidu.vn"],
    "quantity": [{"value": 5, "code": "kg"}],
    "reference": [{"display": "x"}],
}


def limit(item: dict, name: str, default: int) -> Any:
    return value(item, f"{HL7}{name}", default)


def answers_to(draw, form: dict, item: dict) -> dict:
    """One answer that the question offers."""
    kind = item["type"]
    if kind in ("choice", "open-choice"):
        chosen = draw(st.sampled_from(options(form, item)))
        return {key: content for key, content in chosen.items() if key.startswith("value")}
    if kind in ("integer", "decimal"):
        low, high = limit(item, "minValue", 0), limit(item, "maxValue", 40)
        number = draw(st.sampled_from([low, high, low + (high - low) / 2 if kind == "decimal" else (low + high) // 2]))
        return {VALUE_KEYS[kind]: int(number) if kind == "integer" else Decimal(str(number))}
    found = draw(st.sampled_from(PLAIN[kind]))
    return {VALUE_KEYS[kind]: found[: item.get("maxLength", 10_000)] if isinstance(found, str) else found}


def answered(draw, form: dict, items: list[dict], above: list, *, everything: bool) -> list[dict]:
    """Answers to what is asked: all of it, or what is required and some of the rest."""
    made: list[dict] = []
    for item in items:
        scopes = [scope(items, made), *above]
        if item["type"] == "display" or item.get("readOnly") or not is_enabled(item, scopes):
            continue
        if item["type"] == "group":
            if inner := answered(draw, form, item["item"], scopes, everything=everything):
                made.append({"linkId": item["linkId"], "item": inner})
        elif everything or item.get("required") or draw(st.booleans()):
            made.append({"linkId": item["linkId"], "answer": [answers_to(draw, form, item)]})
    return made


@st.composite
def responses_to(draw, form: dict, *, everything: bool = False) -> dict:
    items = answered(draw, form, form["item"], [], everything=everything)
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}


def leaves(items: list[dict]) -> list[dict]:
    return [one for item in items for one in ([item] if "answer" in item else leaves(item.get("item", [])))]


# --- every form ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_form_is_a_questionnaire_of_the_standard(name):
    assert [problem.message for problem in validate(FORMS[name]) if problem.severity == "error"] == []


@pytest.mark.parametrize("name", FORMS)
@given(data=st.data())
@tries(max_examples=8)
def test_whatever_the_form_offers_is_a_right_answer(name, data):
    form = FORMS[name]
    response = data.draw(responses_to(form, everything=data.draw(st.booleans())))
    assume(response["item"] or not any(item.get("required") for item in flat(form["item"])))

    assert [one.message for one in responses.validate(form, response)] == []


@pytest.mark.parametrize("name", FORMS)
def test_nothing_at_all_is_refused_just_where_something_is_required(name):
    form = FORMS[name]
    empty = {"resourceType": "QuestionnaireResponse", "status": "completed"}

    found = responses.validate(form, empty)

    assert bool(found) == any(item.get("required") and not item.get("enableWhen") for item in flat(form["item"]))
    assert {one.key for one in found} <= {"required"}


@pytest.mark.parametrize("name", FORMS)
def test_title_and_every_question_have_their_english(name):
    form = FORMS[name]
    shown = [(name, form, "title"), *((item["linkId"], item, "text") for item in flat(form["item"]) if "text" in item)]

    untold = [
        place
        for place, element, key in shown
        if "en" not in [value(one, "lang") for one in extensions(element.get(f"_{key}", {}), TRANSLATION)]
    ]

    assert untold == []


@pytest.mark.parametrize("name", FORMS)
def test_questions_are_named_once_and_conditions_ask_about_questions_of_the_form(name):
    items = list(flat(FORMS[name]["item"]))
    links = [item["linkId"] for item in items]

    assert len(set(links)) == len(links)
    assert all(condition["question"] in links for item in items for condition in item.get("enableWhen", []))
    assert all(item.get("text") or item["type"] == "group" for item in items)


# --- every score ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCORED)
def test_score_says_its_range_its_source_and_bands_that_meet_without_gap(name):
    definition = next(extensions(FORMS[name], SCORE))
    low, high = value(definition, "minimum"), value(definition, "maximum")
    bands = rules.bands(FORMS[name])

    assert low < high
    assert value(definition, "source")
    assert value(definition, "code")["code"]
    if bands:
        assert (bands[0].minimum, bands[-1].maximum) == (low, high)
        assert all(band.minimum <= band.maximum for band in bands)
        assert all(0 < upper.minimum - lower.maximum <= 1 for lower, upper in pairwise(bands))
        assert len({str(band.label) for band in bands}) == len(bands)
        assert all(band.label.in_language("en") != str(band.label) for band in bands)


@pytest.mark.parametrize("name", SCORED)
@given(data=st.data())
@tries(max_examples=15)
def test_any_answers_give_a_total_within_the_range_and_one_band(name, data):
    form = FORMS[name]
    response = data.draw(responses_to(form, everything=True))

    told = rules.assess(form, response)

    if told.score is not None:
        assert told.score.minimum <= told.score.value <= told.score.maximum
        bands = [band for band in rules.bands(form) if band.minimum <= told.score.value <= band.maximum]
        assert len(bands) <= 1
        assert told.band == (bands[0] if bands else None)
        assert not rules.bands(form) or bands
    assert all(str(finding.reason) and finding.source for finding in told.findings)
    assert all(finding.follow_up is None or str(finding.follow_up.title) for finding in told.findings)


def by_points(form: dict, best) -> dict:
    """Every scored question with the option that `best` picks by its points."""

    def pick(items: list[dict]) -> list[dict]:
        made = []
        for item in items:
            if item["type"] == "group":
                made.append({"linkId": item["linkId"], "item": pick(item["item"])})
            elif found := [one for one in options(form, item) if ordinal(one) is not None]:
                chosen = best(found, key=ordinal)
                kept = {key: content for key, content in chosen.items() if key.startswith("value")}
                made.append({"linkId": item["linkId"], "answer": [kept]})
        return made

    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": pick(form["item"])}


@pytest.mark.parametrize("name", SUMMED)
def test_highest_options_give_the_highest_total_and_lowest_the_lowest(name):
    form = FORMS[name]
    definition = next(extensions(form, SCORE))
    highest, lowest = rules.score(form, by_points(form, max)), rules.score(form, by_points(form, min))

    assert highest is not None
    assert lowest is not None
    assert highest.value == value(definition, "maximum")
    assert lowest.value == value(definition, "minimum")


@pytest.mark.parametrize("name", SUMMED)
@given(data=st.data())
@tries(max_examples=12)
def test_total_is_the_sum_of_the_points_and_more_points_never_make_it_less(name, data):
    form = FORMS[name]
    response = data.draw(responses_to(form, everything=True))
    known = {item["linkId"]: item for item in flat(form["item"])}

    def points(leaf: dict) -> list:
        chosen = leaf["answer"][0].get("valueCoding", {})
        return [
            ordinal(one)
            for one in options(form, known[leaf["linkId"]])
            if one.get("valueCoding", {}).get("code") == chosen.get("code") and ordinal(one) is not None
        ]

    def total(answer: dict):
        found = rules.score(form, answer)
        assert found is not None
        return found.value

    assert total(response) == sum(sum(points(leaf)) for leaf in leaves(response["item"]))
    better = copy.deepcopy(response)
    scored = [leaf for leaf in leaves(better["item"]) if points(leaf)]
    assume(scored)
    leaf = data.draw(st.sampled_from(scored))
    best = max((one for one in options(form, known[leaf["linkId"]]) if ordinal(one) is not None), key=ordinal)
    leaf["answer"] = [{"valueCoding": best["valueCoding"]}]
    assume(responses.validate(form, better) == [])
    assert total(better) >= total(response)
