"""What is refused of screening at every door: answers that their Questionnaire does not allow, totals out of range.

A response is judged by the very version that it names. One of a form that nobody here knows cannot be judged. A total
is judged by the tools of this node that have its code; their ranges are read anew every few seconds at most.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ansinh.clinical.screening import queries, rules
from ansinh.clinical.screening.rules.scoring import Number
from ansinh.fhir.store.rules import register
from ansinh.fhir.terminology import valuesets
from ansinh.fhir.validation import responses
from ansinh.fhir.views import live, rebuilding
from ansinh.kernel.errors import NotFound, Problem

Resource = dict[str, Any]

# A response that is still being filled in, was broken off or was a mistake need not be whole.
_WHOLE = ("completed", "amended")
_FRESH_SECONDS = 5.0
_VALUES = ("valueQuantity", "valueInteger")

type Ranges = dict[tuple[str, str], tuple[Number, Number]]

_ranges: tuple[float, Ranges] = (-_FRESH_SECONDS, {})


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("QuestionnaireResponse", answers_problems)
    # Once more within the transaction, where the form may have come into being with its answers.
    register("QuestionnaireResponse", answers_problems, locked=True)
    register("Observation", total_problems)


def answers_problems(response: Resource) -> Iterator[Problem]:
    """Everything wrong with the answers, each problem at its item."""
    try:
        questionnaire = queries.questionnaire_named(response.get("questionnaire", ""))
    except NotFound as error:
        yield Problem("not-found", error.message, "QuestionnaireResponse.questionnaire", key="questionnaire-version")
        return
    if questionnaire is None:
        return
    whole = response["status"] in _WHOLE
    for problem in responses.validate(questionnaire, response, complete=whole, decide=valuesets.contains):
        yield replace(problem, expression=responses.place_of(response, responses.link_of(problem)))


def total_problems(observation: Resource) -> Iterator[Problem]:
    """A total that no filled form of its tool can have."""
    survey = _is_survey(observation)
    if survey or _counts_points(observation):
        yield from _beyond(observation, "Observation")
    for number, component in enumerate(observation.get("component", [])):
        if survey or _counts_points(component):
            yield from _beyond(component, f"Observation.component[{number}]")


def _is_survey(observation: Resource) -> bool:
    codings = (coding for category in observation.get("category", []) for coding in category.get("coding", []))
    return any(coding.get("code") == "survey" for coding in codings)


def _counts_points(part: Resource) -> bool:
    """A total that is not called one: a number without a unit, or of points. What has a unit was measured."""
    return "valueInteger" in part or part.get("valueQuantity", {"code": "?"}).get("code", "{score}") == "{score}"


def _beyond(part: Resource, place: str) -> Iterator[Problem]:
    """What is wrong with the value of an Observation or of one of its components."""
    kind = next((name for name in _VALUES if name in part), None)
    value = part[kind].get("value") if kind == "valueQuantity" else part[kind] if kind else None
    if value is None:
        return
    for coding in part["code"].get("coding", []):
        low, high = known_ranges().get((coding.get("system", ""), coding.get("code", "")), (value, value))
        if not low <= value <= high:
            text = f"Tổng điểm {_plain(value)} nằm ngoài khoảng {_plain(low)}–{_plain(high)} của bộ câu hỏi."
            spot = f"{place}.value.value" if kind == "valueQuantity" else f"{place}.value"
            yield Problem("value", text, spot, key="score-range")


def known_ranges() -> Ranges:
    """Smallest and largest total by its code, of the tools in force; at most some seconds old."""
    global _ranges
    if time.monotonic() - _ranges[0] >= _FRESH_SECONDS:
        _ranges = time.monotonic(), rules.ranges(queries.tools_in_force()) if _are_listed() else _ranges[1]
    return _ranges[1]


def _are_listed() -> bool:
    """False on a node that keeps no list of questionnaires, and while it is made anew."""
    return "questionnaire" in live.known(("questionnaire",)) and "questionnaire" not in rebuilding.unready()


def _plain(value: Number) -> str:
    return f"{Decimal(value).normalize():f}"
