"""Scores and what follows from them, by the data in the Questionnaire's `questionnaire-score` extension.

Nothing about a tool is written here: total, range, bands, conditions, tasks and their sources stand in
definitions/questionnaires. Conditions are FHIRPath over the response with `%score` and `%patient`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ansinh.clinical.screening.rules.extensions import SCORE, Text, ordinal, part_text
from ansinh.fhir.path import evaluate
from ansinh.fhir.validation.responses.enabling import Scopes, is_enabled, scope
from ansinh.fhir.validation.responses.extensions import extensions, value
from ansinh.fhir.validation.responses.items import answer_value, options, same_value
from ansinh.kernel.errors import Invalid
from ansinh.kernel.phrases import phrase

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """The total of a response. `code`: Coding of the total; `missing`: linkIds of scored questions left open.

    unit: Coding (UCUM) of a measured total, {} for points.
    """

    code: dict
    value: Number
    minimum: Number
    maximum: Number
    missing: tuple[str, ...] = ()
    unit: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the total, both ends included, and what it is called. tone: good, info, warn or bad."""

    minimum: Number
    maximum: Number
    label: Text
    tone: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The Task that a finding asks for. `due_basis` says where `due_days` comes from."""

    code: str
    title: Text
    priority: str
    due_days: int
    due_basis: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds: `positive`, `urgent`, …, why, by which source, and what is to be done."""

    code: str
    reason: Text
    source: str
    follow_up: FollowUp | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that a response means by its questionnaire. `score` is None where the tool has no total."""

    score: Score | None
    band: Band | None
    findings: tuple[Finding, ...]


def score(questionnaire: Mapping, response: Mapping) -> Score | None:
    """The total: the sum of the chosen options' points, or what the tool's expression gives of the answers.

    None where the tool defines none, and where an expression finds no answer. Raises Invalid when the total leaves
    the range that the tool declares: then tool or response is wrong.
    """
    definition = next(extensions(questionnaire, SCORE), None)
    if definition is None:
        return None
    total, missing = _summed(questionnaire, response), []
    if expression := value(definition, "expression"):
        measured = _computed(expression, response, value(definition, "places", 0))
        if measured is None:
            return None
        total = measured
    else:
        missing = [item["linkId"] for item, answers in _answered(questionnaire, response) if not answers]
    low, high = value(definition, "minimum"), value(definition, "maximum")
    if not low <= total <= high:
        span = {"total": total, "low": low, "high": high}
        message = phrase("Tổng điểm %(total)s nằm ngoài khoảng %(low)s–%(high)s của bộ câu hỏi.", **span)
        raise Invalid(message, code="score-range")
    return Score(value(definition, "code"), total, low, high, tuple(missing), value(definition, "unit", {}))


def _answered(questionnaire: Mapping, response: Mapping) -> Iterator[tuple[dict, list[dict]]]:
    return _scored(questionnaire, questionnaire.get("item", []), response.get("item", []), [])


def _summed(questionnaire: Mapping, response: Mapping) -> Number:
    total: Number = 0
    for item, answers in _answered(questionnaire, response):
        total += sum(_points(questionnaire, item, answer) for answer in answers)
    return total


def _computed(expression: Mapping, response: Mapping, places: int) -> Number | None:
    """What a FHIRPath expression gives, in so many decimals; None for no number."""
    found = evaluate(expression["expression"], response)
    if len(found) != 1 or isinstance(found[0], bool) or not isinstance(found[0], int | Decimal):
        return None
    rounded = Decimal(found[0]).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if places else int(rounded)


def bands(questionnaire: Mapping) -> list[Band]:
    """The ranges of the total, lowest first as the file has them."""
    return [
        Band(value(part, "minimum"), value(part, "maximum"), part_text(part, "label"), value(part, "tone", "neutral"))
        for definition in extensions(questionnaire, SCORE)
        for part in extensions(definition, "band")
    ]


def ranges(questionnaires: Iterable[Mapping]) -> dict[tuple[str, str], tuple[Number, Number]]:
    """(smallest, largest) total that each tool declares, by (system, code) of its total."""
    declared = (definition for questionnaire in questionnaires for definition in extensions(questionnaire, SCORE))
    return {
        (value(one, "code")["system"], value(one, "code")["code"]): (value(one, "minimum"), value(one, "maximum"))
        for one in declared
    }


def assess(questionnaire: Mapping, response: Mapping, patient: Mapping | None = None) -> Assessment:
    """Score, band and findings of a valid response. `patient` is the Patient (thresholds may depend on gender)."""
    total = score(questionnaire, response)
    if total is None:
        return Assessment(None, None, ())
    band = next((band for band in bands(questionnaire) if band.minimum <= total.value <= band.maximum), None)
    findings = tuple(_findings(questionnaire, response, total, patient or {"resourceType": "Patient"}))
    return Assessment(total, band, findings)


def _findings(questionnaire: Mapping, response: Mapping, total: Score, patient: Mapping) -> Iterator[Finding]:
    environment = {"score": total.value, "patient": patient}
    for definition in extensions(questionnaire, SCORE):
        for rule in extensions(definition, "rule"):
            expression = value(rule, "condition")["expression"]
            if evaluate(expression, response, environment=environment) == [True]:
                yield Finding(
                    value(rule, "code"), part_text(rule, "reason"), value(rule, "source", ""), _follow_up(rule)
                )


def _follow_up(rule: Mapping) -> FollowUp | None:
    task = next(extensions(rule, "task"), None)
    if task is None:
        return None
    return FollowUp(
        value(task, "code"),
        part_text(task, "title"),
        value(task, "priority", "routine"),
        value(task, "due-days", 0),
        value(task, "due-basis", ""),
    )


def _scored(
    questionnaire: Mapping, items: list[dict], given: list[dict], above: Scopes
) -> Iterator[tuple[dict, list[dict]]]:
    """Enabled questions that carry points, with their answers, once per occurrence."""
    scopes = [scope(items, given), *above]
    for item in items:
        if not is_enabled(item, scopes):
            continue
        inner = item.get("item", [])
        for found in [entry for entry in given if entry.get("linkId") == item["linkId"]] or [{}]:
            if item.get("type") == "group":
                yield from _scored(questionnaire, inner, found.get("item", []), scopes)
                continue
            if any(ordinal(option) is not None for option in options(questionnaire, item)):
                yield item, found.get("answer", [])
            for answer in found.get("answer", []):
                yield from _scored(questionnaire, inner, answer.get("item", []), scopes)


def _points(questionnaire: Mapping, item: Mapping, answer: Mapping) -> Any:
    for option in options(questionnaire, item):
        if same_value(answer_value(option), answer_value(answer)):
            return ordinal(option) or 0
    return 0
