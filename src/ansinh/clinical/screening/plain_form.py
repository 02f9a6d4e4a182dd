"""A Questionnaire as an ordinary form, for browsers without JavaScript.

    definition ─► PlainForm.rows (headings, texts, fields) ─► page ─► POST ─► PlainForm.response() ─► actions

Every question is shown, also one that is asked only after certain answers: a note says when. What was asked and
whether the answers are right is decided by `fhir.validation.responses`, as for the form component; its problems come
back to their fields. A group or a question that may repeat is answered once, a choice as often as it has options; a
choice that is open has a field for own words below it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.screening import rules
from ansinh.fhir.validation import responses
from ansinh.fhir.validation.responses.extensions import HL7, value
from ansinh.fhir.validation.responses.items import VALUE_KEYS, answer_value, by_link, options, same_value
from ansinh.kernel.errors import Problem, UserError
from ansinh.kernel.phrases import Phrase
from ansinh.kernel.text import format_number
from ansinh.ui import forms
from ansinh.ui.refusals import refusal_in_language

UNIT = f"{HL7}questionnaire-unit"
_TYPED = {
    "boolean": forms.RadioField,
    "decimal": forms.DecimalField,
    "integer": forms.IntegerField,
    "date": forms.DateField,
    "dateTime": forms.DateTimeField,
    "time": forms.CharField,
    "string": forms.CharField,
    "text": forms.TextField,
    "url": forms.CharField,
    "quantity": forms.DecimalField,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form: a heading (level 2 to 6), a text (level 0) or a field by its name."""

    text: str = ""
    note: str = ""
    level: int = 0
    field: str = ""


class PlainForm(forms.Form):
    """The questions of one definition; `rows` is their order on the page."""

    mark = "none"

    def __init__(self, definition: Mapping[str, Any], spoken: str, data: Any = None):
        super().__init__(data)
        self.definition, self.spoken = definition, spoken
        self.known = by_link(definition)
        self.rows: list[Row] = []
        self._take_in(definition.get("item", []), level=2)

    def shown(self) -> Iterator[tuple[Row, Any]]:
        """(row, its bound field or None) in the order of the page."""
        for row in self.rows:
            yield row, self[row.field] if row.field else None

    def response(self) -> dict[str, Any]:
        """The answers as a QuestionnaireResponse; call it after `is_valid()`."""
        return {"resourceType": "QuestionnaireResponse", "item": self._items(self.definition.get("item", []))}

    def refuse(self, error: UserError) -> None:
        """Show each problem at its question, or above the form."""
        for problem in error.problems:
            name = _name(responses.link_of(problem))
            self.add_error(name if name in self.fields else None, _sentence(problem, at_field=name in self.fields))

    def _take_in(self, items: list[dict], level: int) -> None:
        for item in items:
            text = " ".join(part for part in (item.get("prefix", ""), self._text(item)) if part)
            note = self._note(item)
            if item["type"] == "group":
                self.rows.append(Row(text, note, level=min(level, 6)))
            elif item["type"] == "display":
                self.rows.append(Row(text, note))
            elif made := self._field(item, text, note):
                self.fields[_name(item["linkId"])] = made
                self.rows.append(Row(field=_name(item["linkId"])))
                if item["type"] == "open-choice" and self._options(item):
                    self.fields[_other(item["linkId"])] = self._own_words(text)
                    self.rows.append(Row(field=_other(item["linkId"])))
            elif not item.get("readOnly"):
                self.rows.append(Row(text, _("Câu này chỉ trả lời được khi trình duyệt bật JavaScript.")))
            self._take_in(item.get("item", []), level + 1)

    def _text(self, element: Mapping) -> str:
        return rules.text(element, "text").in_language(self.spoken)

    def _field(self, item: Mapping, label: str, note: str) -> Any:
        """The field of a question; None where a plain form has none (files, references, codes kept elsewhere)."""
        about: dict[str, Any] = {"label": label, "help_text": note, "required": False}
        if item.get("readOnly"):
            return None
        if item["type"] in ("choice", "open-choice"):
            return self._choice(item, about)
        if item["type"] == "boolean":
            about["choices"] = [("true", _("Có")), ("false", _("Không")), ("", _("Không trả lời"))]
        if item["type"] == "time":
            about["help_text"] = " ".join(part for part in (note, _("Giờ và phút, ví dụ 14:30.")) if part)
        if item["type"] == "quantity":
            about["suffix"] = (value(item, UNIT) or {}).get("display", "")
        kind = _TYPED.get(item["type"])
        return kind(**about) if kind else None

    def _own_words(self, question: str) -> Any:
        """Where an answer is written that is none of the options."""
        return forms.CharField(label=_("Câu trả lời khác cho «%(question)s»") % {"question": question}, required=False)

    def _choice(self, item: Mapping, about: dict[str, Any]) -> Any:
        offered = [(str(place), self._option(option)) for place, option in enumerate(self._options(item))]
        is_open = item["type"] == "open-choice"
        if not offered:
            return forms.CharField(**about) if is_open else None
        if item.get("repeats"):
            return forms.CheckboxesField(choices=offered, **about)
        if is_open:  # an option that was chosen can be let go of for one's own words
            offered.append((_OTHER, _("Câu trả lời khác, ghi ở dưới")))
        may_stay_open = not item.get("required") or "enableWhen" in item
        return forms.RadioField(choices=[*offered, *([("", _("Không trả lời"))] if may_stay_open else [])], **about)

    def _options(self, item: Mapping) -> list[dict]:
        return options(self.definition, item)

    def _option(self, option: Mapping) -> str:
        given = answer_value(option)
        if isinstance(given, dict):
            return rules.text(given, "display").in_language(self.spoken) or given.get("code", "")
        return format_number(given) if isinstance(given, int) else str(given)

    def _note(self, item: Mapping) -> str:
        """When the question is asked, in words."""
        conditions = item.get("enableWhen", [])
        if not conditions:
            return ""
        either = item.get("enableBehavior") == "any"
        tests = ((self._test(condition), self._number(condition["question"])) for condition in conditions)
        told = []
        for test, found in groupby(tests, key=lambda pair: pair[0]):
            numbers = [number for _test, number in found]
            values = {"questions": ", ".join(numbers), "test": test}
            several = either and len(numbers) > 1
            told.append(
                (_("một trong các câu %(questions)s %(test)s") if several else _("câu %(questions)s %(test)s")) % values
            )
        return _("Chỉ trả lời khi %(conditions)s.") % {"conditions": (_(" hoặc ") if either else _(" và ")).join(told)}

    def _number(self, link: str) -> str:
        item = self.known.get(link, {})
        return item.get("prefix", "").rstrip(".") or f"«{self._text(item) or link}»"

    def _test(self, condition: Mapping) -> str:
        operator = condition["operator"]
        wanted = next((content for key, content in condition.items() if key.startswith("answer")), None)
        if operator == "exists":
            return _("đã được trả lời") if wanted else _("không được trả lời")
        values = {"operator": operator, "answer": self._wanted(condition["question"], wanted)}
        words = {"=": _("là «%(answer)s»"), "!=": _("khác «%(answer)s»")}
        return words.get(operator, "%(operator)s %(answer)s") % values

    def _wanted(self, link: str, wanted: Any) -> str:
        if isinstance(wanted, bool):
            return _("Có") if wanted else _("Không")
        for option in self._options(self.known.get(link, {})) if isinstance(wanted, dict) else ():
            if same_value(answer_value(option), wanted):
                return self._option(option)
        return self._option({"value": wanted})

    def _items(self, items: list[dict]) -> list[dict[str, Any]]:
        found = []
        for item in items:
            below, answers = self._items(item.get("item", [])), self._answers(item)
            entry: dict[str, Any] = {"linkId": item["linkId"]}
            if answers:
                entry["answer"] = answers
            if below and answers:
                answers[0]["item"] = below
            elif below:
                entry["item"] = below
            if len(entry) > 1:
                found.append(entry)
        return found

    def _answers(self, item: Mapping) -> list[dict[str, Any]]:
        given = self.cleaned_data.get(_name(item["linkId"]))
        if item["type"] in ("choice", "open-choice"):
            return self._chosen(item, given)
        if given in (None, "", []):
            return []
        return [{VALUE_KEYS[item["type"]]: _value(item, given)}]

    def _chosen(self, item: Mapping, given: Any) -> list[dict[str, Any]]:
        """The options that were chosen, and own words; whether a question takes both is for the engine to say."""
        offered = self._options(item)
        places = given if isinstance(given, list) else [given]
        words = self.cleaned_data.get(_other(item["linkId"])) if offered else given
        found = [_answer(offered[int(place)]) for place in places if place and place != _OTHER] if offered else []
        return [*found, *([{"valueString": words}] if words else [])]


_OTHER = "other"


def _name(link: str) -> str:
    return f"q-{link}"


def _other(link: str) -> str:
    return f"other-{link}"


def _sentence(problem: Problem, *, at_field: bool) -> str:
    """What is wrong; at the question itself without naming it again."""
    message = problem.message
    if at_field and isinstance(message, Phrase) and "wrong" in message.values:
        said = refusal_in_language(message.values["wrong"])
        return said[:1].upper() + said[1:]
    return refusal_in_language(message)


def _answer(option: Mapping[str, Any]) -> dict[str, Any]:
    """An option as an answer: its value alone, a coding without extensions."""
    key, given = next((key, content) for key, content in option.items() if key.startswith("value"))
    if isinstance(given, dict):
        given = {name: given[name] for name in ("system", "version", "code", "display") if name in given}
    return {key: given}


def _value(item: Mapping, given: Any) -> Any:
    if item["type"] == "boolean":
        return given == "true"
    if item["type"] == "time":
        return f"{given}:00" if given.count(":") == 1 else given
    if item["type"] == "quantity":
        unit = value(item, UNIT) or {}
        named = {"unit": unit.get("display", ""), "system": unit.get("system", ""), "code": unit.get("code", "")}
        return {"value": given, **{key: content for key, content in named.items() if content}}
    return given
