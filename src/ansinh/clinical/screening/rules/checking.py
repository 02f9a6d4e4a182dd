"""Is a Questionnaire file sound? What the standard cannot know: links, bands, conditions, the range of the total."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from ansinh.clinical.screening.rules.extensions import SCORE, ordinal
from ansinh.clinical.screening.rules.scoring import bands
from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.validation.responses.extensions import extensions, value
from ansinh.fhir.validation.responses.items import flat, options
from ansinh.kernel.errors import Problem

PRIORITIES = ("routine", "urgent", "asap", "stat")


def definition_problems(questionnaire: Mapping) -> list[Problem]:
    """Everything that would make the tool misbehave; [] when it is sound."""
    return [*_identity(questionnaire), *_links(questionnaire), *_scoring(questionnaire)]


def _identity(questionnaire: Mapping) -> Iterator[Problem]:
    for name in ("id", "url", "version", "title", "status"):
        if not questionnaire.get(name):
            yield Problem("required", f"thiếu “{name}”.", f"Questionnaire.{name}", key="questionnaire-identity")


def _links(questionnaire: Mapping) -> Iterator[Problem]:
    links = Counter(item.get("linkId") for item in flat(questionnaire.get("item", [])))
    for link, count in links.items():
        if not link or count > 1:
            yield Problem(
                "duplicate", f"linkId “{link}” trống hoặc dùng {count} lần.", "Questionnaire.item", key="link-id"
            )
    for item in flat(questionnaire.get("item", [])):
        for condition in item.get("enableWhen", []):
            if condition.get("question") not in links:
                sentence = f"câu “{item.get('linkId')}” phụ thuộc câu “{condition.get('question')}” không có."
                yield Problem("not-found", sentence, "Questionnaire.item.enableWhen", key="enable-when")


def _scoring(questionnaire: Mapping) -> Iterator[Problem]:
    definition = next(extensions(questionnaire, SCORE), None)
    if definition is None:
        return
    low, high = value(definition, "minimum"), value(definition, "maximum")
    method = value(definition, "method")
    if value(definition, "code") is None or low is None or high is None or method not in ("sum", "expression"):
        yield _problem("thang điểm cần code, minimum, maximum và method sum hoặc expression.", "score")
        return
    yield from _expression(definition) if method == "expression" else _reachable(questionnaire, high)
    yield from _bands(questionnaire, low, high)
    for rule in extensions(definition, "rule"):
        yield from _rule(rule)


def _reachable(questionnaire: Mapping, high: object) -> Iterator[Problem]:
    reachable = sum(_best(questionnaire, item) for item in flat(questionnaire.get("item", [])))
    if reachable != high:
        yield _problem(f"tổng điểm cao nhất của các câu là {reachable}, không phải {high}.", "score-range")


def _expression(definition: Mapping) -> Iterator[Problem]:
    """A measured total names what it is computed from, and its unit."""
    try:
        compile_path((value(definition, "expression") or {}).get("expression", ""))
    except PathError as error:
        yield _problem(f"biểu thức của thang điểm không đọc được: {error.message}", "score-expression")
    if not (value(definition, "unit") or {}).get("code"):
        yield _problem("thang điểm theo biểu thức cần đơn vị (unit).", "score-unit")


def _best(questionnaire: Mapping, item: Mapping) -> int:
    points = [found for option in options(questionnaire, item) if (found := ordinal(option)) is not None]
    return max(points, default=0) if not item.get("repeats") else sum(points)


def _bands(questionnaire: Mapping, low: int, high: int) -> Iterator[Problem]:
    found = bands(questionnaire)
    if not found:
        return
    ends = [(band.minimum, band.maximum) for band in found]
    joined = all(after[0] == before[1] + 1 for before, after in pairwise(ends))
    if ends[0][0] != low or ends[-1][1] != high or not joined or any(start > end for start, end in ends):
        yield _problem(f"các mức phải nối tiếp nhau từ {low} đến {high}.", "score-bands")


def _rule(rule: Mapping) -> Iterator[Problem]:
    name = value(rule, "code", "?")
    condition = value(rule, "condition") or {}
    try:
        compile_path(condition.get("expression", ""))
    except PathError as error:
        yield _problem(f"điều kiện của quy tắc “{name}” không đọc được: {error.message}", "score-rule")
    if not value(rule, "source"):
        yield _problem(f"quy tắc “{name}” thiếu nguồn (source).", "score-source")
    for task in extensions(rule, "task"):
        if not value(task, "code") or value(task, "priority") not in PRIORITIES or value(task, "due-days", -1) < 0:
            yield _problem(f"việc của quy tắc “{name}” cần code, priority và due-days từ 0.", "score-task")
        if not value(task, "due-basis"):
            yield _problem(f"việc của quy tắc “{name}” phải nói due-days dựa vào đâu (due-basis).", "score-due-basis")


def _problem(sentence: str, key: str) -> Problem:
    return Problem("invalid", sentence, f"Questionnaire.extension('{SCORE}')", key=key)
