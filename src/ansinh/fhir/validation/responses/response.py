"""Is this QuestionnaireResponse a valid answer to its Questionnaire? Every problem, not only the first.

Walks both trees together: unknown questions, missing required ones, answers to questions that were not asked
(enableWhen), too many or too few answers, and each value (`values`). The browser checks the same; the server
never trusts that it did.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.validation.responses.enabling import Scopes, is_enabled, scope
from ansinh.fhir.validation.responses.extensions import HL7, value
from ansinh.fhir.validation.responses.items import answer_value, same_value
from ansinh.fhir.validation.responses.values import Decide, undecided, wrong_value
from ansinh.kernel.errors import Problem
from ansinh.kernel.phrases import phrase

MIN_OCCURS = f"{HL7}questionnaire-minOccurs"
MAX_OCCURS = f"{HL7}questionnaire-maxOccurs"
_LINK = re.compile(r"linkId = '([^']*)'")


@dataclass(frozen=True, slots=True)
class _Form:
    """What the walk carries along. complete: required questions must be answered."""

    questionnaire: Mapping
    complete: bool
    decide: Decide


def validate(
    questionnaire: Mapping, response: Mapping, *, complete: bool = True, decide: Decide = undecided
) -> list[Problem]:
    """Problems of a response; [] when it may be saved. Each names its question in `expression`.

    complete: False for one that is still being filled in, which may leave required questions open. decide: asked for
    codes of value sets that are not within the Questionnaire; what it cannot decide is not a problem.
    """
    items = response.get("item", [])
    if not _is_items(items):
        return [
            Problem("structure", "Phần trả lời không đúng cấu trúc.", "QuestionnaireResponse.item", key="structure")
        ]
    return list(_level(_Form(questionnaire, complete, decide), questionnaire.get("item", []), items, []))


def link_of(problem: Problem) -> str:
    """The linkId that a problem of `validate` is about; "" when it is about the whole response."""
    found = _LINK.search(problem.expression)
    return found[1] if found else ""


def place_of(response: Mapping, link: str) -> str:
    """FHIRPath of the first item with this linkId; of the whole list of items when the response has none."""
    return _place(response.get("item", ()), link, "QuestionnaireResponse.item") or "QuestionnaireResponse.item"


def _place(items: Iterable[Mapping], link: str, above: str) -> str:
    for index, item in enumerate(items):
        here = f"{above}[{index}]"
        if item["linkId"] == link:
            return here
        inner = [(item.get("item", ()), f"{here}.item")]
        inner += [(one.get("item", ()), f"{here}.answer[{at}].item") for at, one in enumerate(item.get("answer", ()))]
        if found := next((place for below, at in inner if (place := _place(below, link, at))), ""):
            return found
    return ""


def problem(item: Mapping, code: str, key: str, sentence: str) -> Problem:
    """A problem of one question, named by its number and text."""
    label = " ".join(part for part in (item.get("prefix", ""), item.get("text", item["linkId"])) if part)
    where = f"QuestionnaireResponse.descendants().where(linkId = '{item['linkId']}')"
    return Problem(code, phrase("“%(question)s”: %(wrong)s", question=_short(label), wrong=sentence), where, key=key)


def _short(label: str) -> str:
    return label if len(label) <= 60 else f"{label[:57].rstrip()}…"


def _is_items(items: Any) -> bool:
    """True for what can be walked: lists of objects with a linkId, down to the last answer."""
    return isinstance(items, list) and all(
        isinstance(item, dict)
        and isinstance(item.get("linkId"), str)
        and _is_items(item.get("item", []))
        and isinstance(item.get("answer", []), list)
        and all(isinstance(answer, dict) and _is_items(answer.get("item", [])) for answer in item.get("answer", []))
        for item in items
    )


def _level(form: _Form, asked: list[dict], given: list[dict], above: Scopes) -> Iterator[Problem]:
    scopes = [scope(asked, given), *above]
    known = {item["linkId"] for item in asked}
    for stray in given:
        if stray["linkId"] not in known:
            where = f"QuestionnaireResponse.descendants().where(linkId = '{stray['linkId'][:60]}')"
            yield Problem("value", "Có câu trả lời cho câu hỏi không thuộc bộ câu hỏi này.", where, key="unknown-item")
    for item in asked:
        found = [entry for entry in given if entry["linkId"] == item["linkId"]]
        yield from _item(form, item, found, scopes)


def _item(form: _Form, item: Mapping, found: list[dict], scopes: Scopes) -> Iterator[Problem]:
    if not is_enabled(item, scopes):
        if any(map(_has_answers, found)):
            yield problem(
                item, "business-rule", "disabled", phrase("câu này không được hỏi nên không được có câu trả lời.")
            )
    elif item.get("type") == "group":
        yield from _group(form, item, found, scopes)
    elif item.get("type") == "display":
        if any(map(_has_answers, found)):
            yield problem(item, "structure", "display", phrase("đây là lời dẫn, không phải câu hỏi."))
    else:
        yield from _question(form, item, found, scopes)


def _group(form: _Form, item: Mapping, found: list[dict], scopes: Scopes) -> Iterator[Problem]:
    """Each repetition that has answers; a group that does not repeat, or is required, also without any."""
    if any(entry.get("answer") for entry in found):
        yield problem(item, "structure", "group-answer", phrase("nhóm câu hỏi không có câu trả lời riêng."))
    filled = [entry for entry in found if _has_answers(entry)]
    look = filled or ([{}] if item.get("required") or not item.get("repeats") else [])
    inner = [wrong for entry in look for wrong in _level(form, item.get("item", []), entry.get("item", []), scopes)]
    yield from inner
    if not inner:
        yield from _count(form, item, len(filled))


def _question(form: _Form, item: Mapping, found: list[dict], scopes: Scopes) -> Iterator[Problem]:
    answers = [answer for entry in found for answer in entry.get("answer", [])]
    yield from _count(form, item, len(answers))
    if len(found) > 1:
        yield problem(item, "structure", "item-twice", phrase("câu hỏi này được nêu hai lần."))
    if any(entry.get("item") for entry in found):
        yield problem(item, "structure", "question-items", phrase("câu hỏi con phải nằm trong câu trả lời."))
    if item.get("readOnly") and [*map(answer_value, answers)] != [*map(answer_value, item.get("initial", []))]:
        yield problem(item, "business-rule", "read-only", phrase("mục này không được sửa."))
    for answer in answers:
        if wrong := wrong_value(form.questionnaire, item, answer, form.decide):
            yield problem(item, wrong.code, wrong.key, wrong.sentence)
        if item.get("item") or answer.get("item"):
            yield from _level(form, item.get("item", []), answer.get("item", []), scopes)
    yield from _repeated(item, answers)


def _count(form: _Form, item: Mapping, count: int) -> Iterator[Problem]:
    if item.get("required") and not count and form.complete:
        yield problem(item, "required", "required", phrase("cần trả lời câu này."))
        return
    least, most = value(item, MIN_OCCURS, 0), value(item, MAX_OCCURS)
    if not item.get("repeats"):
        most = 1
    if 0 < count < least and form.complete:
        yield problem(item, "required", "min-occurs", phrase("cần ít nhất %(least)s câu trả lời.", least=least))
    if most is not None and count > most:
        yield problem(
            item, "structure", "max-occurs", phrase("chỉ được có nhiều nhất %(most)s câu trả lời.", most=most)
        )


def _repeated(item: Mapping, answers: list[dict]) -> Iterator[Problem]:
    values = [answer_value(answer) for answer in answers]
    if item.get("type") in ("choice", "open-choice") and any(
        same_value(one, other) for index, one in enumerate(values) for other in values[:index]
    ):
        yield problem(item, "duplicate", "duplicate", phrase("một lựa chọn được ghi hai lần."))


def _has_answers(entry: Mapping) -> bool:
    return bool(entry.get("answer")) or any(map(_has_answers, entry.get("item", [])))
