"""What pages show of a filled questionnaire: answers in words, results in a row, JSON for the form component."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ansinh.clinical.screening import rules
from ansinh.clinical.screening.queries import Result, full_name
from ansinh.fhir.model import json
from ansinh.fhir.validation.responses.items import answer_value, flat, options, same_value
from ansinh.kernel.text import format_date, format_number
from ansinh.ui.charts import LineChart, Series

_ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


def json_script(value: Any) -> SafeString:
    """A JSON script element; decimals stay numbers, as FHIR wants them."""
    text = json.dumps(value).decode().translate(_ESCAPES)
    return format_html('<script type="application/json">{}</script>', mark_safe(text))


def person_facts(patient: Mapping) -> dict[str, Any]:
    """Name and facts for the banner above a page about a person."""
    genders = {"male": _("Nam"), "female": _("Nữ"), "other": _("Khác"), "unknown": _("Không rõ")}
    return {
        "name": full_name(patient),
        "facts": [
            (_("Ngày sinh"), format_date(patient.get("birthDate"))),
            (_("Giới tính"), genders.get(patient.get("gender", ""), "")),
        ],
    }


def answers(questionnaire: Mapping, response: Mapping, language: str) -> list[tuple[str, str]]:
    """(question, answer in words) for every answered question, in order."""
    known = {item["linkId"]: item for item in flat(questionnaire.get("item", []))}
    return list(_answered(questionnaire, known, response.get("item", []), language))


def _answered(
    questionnaire: Mapping, known: Mapping[str, dict], items: list[dict], language: str
) -> Iterator[tuple[str, str]]:
    for entry in items:
        item = known.get(entry["linkId"], {})
        words = [_words(questionnaire, item, answer, language) for answer in entry.get("answer", [])]
        if words:
            text = rules.text(item, "text").in_language(language) or entry.get("text", "")
            yield " ".join(part for part in (item.get("prefix", ""), text) if part), ", ".join(words)
        yield from _answered(questionnaire, known, entry.get("item", []), language)
        for answer in entry.get("answer", []):
            yield from _answered(questionnaire, known, answer.get("item", []), language)


def _words(questionnaire: Mapping, item: Mapping, answer: Mapping, language: str) -> str:
    given = answer_value(answer)
    for option in options(questionnaire, item):
        if "valueCoding" in option and same_value(answer_value(option), given):
            return rules.text(option["valueCoding"], "display").in_language(language)
    if isinstance(given, bool):
        return _("Có") if given else _("Không")
    if isinstance(given, dict):
        number = format_number(given["value"]) if "value" in given else ""
        return " ".join(part for part in (number, given.get("unit", "")) if part) or given.get("display", "")
    if isinstance(given, str):
        is_date = item.get("type") in ("date", "dateTime")
        return format_date(given) if is_date else given
    return format_number(given)


def history_chart(questionnaire: Mapping, results: list[Result], language: str) -> LineChart | None:
    """The totals of one tool over time, oldest first; None with fewer than two."""
    known = [result for result in reversed(results) if result.value is not None]
    if len(known) < 2:
        return None
    title = rules.text(questionnaire, "title").in_language(language)
    days = [format_date(result.authored) for result in known]
    labels = [day if days.count(day) == 1 else f"{day} ({n})" for n, day in enumerate(days, start=1)]
    ranges = rules.bands(questionnaire)
    return LineChart(
        title=_("Điểm theo thời gian: %(tool)s") % {"tool": title},
        series=[Series(_("Tổng điểm"), [*zip(labels, (result.value for result in known), strict=True)])],
        low=0,
        high=ranges[-1].maximum if ranges else None,
    )
