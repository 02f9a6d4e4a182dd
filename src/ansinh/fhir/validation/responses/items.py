"""Walking a Questionnaire: its items, and the options that an item offers."""

from collections.abc import Iterator, Mapping
from typing import Any

VALUE_KEYS = {
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
    "open-choice": "valueCoding",
    "quantity": "valueQuantity",
    "attachment": "valueAttachment",
    "reference": "valueReference",
}


def flat(items: list[dict]) -> Iterator[dict]:
    """Every item below, in the order in which a person reads them."""
    for item in items:
        yield item
        yield from flat(item.get("item", []))


def by_link(questionnaire: Mapping) -> dict[str, dict]:
    """Items by linkId."""
    return {item["linkId"]: item for item in flat(questionnaire.get("item", []))}


def options(questionnaire: Mapping, item: Mapping) -> list[dict]:
    """Answer options of an item: its own, or the codes of a contained value set. [] when it offers none here."""
    if "answerOption" in item:
        return item["answerOption"]
    reference = item.get("answerValueSet", "")
    for resource in questionnaire.get("contained", ()):
        if reference == f"#{resource.get('id')}" and resource.get("resourceType") == "ValueSet":
            return [{"valueCoding": coding} for coding in _codings(resource)]
    return []


def _codings(value_set: Mapping) -> Iterator[dict]:
    if "expansion" in value_set:
        yield from value_set["expansion"].get("contains", ())
        return
    for include in value_set.get("compose", {}).get("include", ()):
        for concept in include.get("concept", ()):
            yield {"system": include.get("system", ""), **concept}


def answer_value(answer: Mapping) -> Any:
    """The value of an answer or an option, whatever its type; None when it has none."""
    return next((content for key, content in answer.items() if key.startswith("value")), None)


def answer_key(answer: Mapping) -> str:
    """The name of its value element (`valueCoding`); "" when it has none."""
    return next((key for key in answer if key.startswith("value")), "")


def same_value(one: Any, other: Any) -> bool:
    """Equality of answers: codings by system and code, the rest by value."""
    if isinstance(one, dict) and isinstance(other, dict):
        if "code" in one or "code" in other:
            return (one.get("system") or "", one.get("code")) == (other.get("system") or "", other.get("code"))
        return one == other
    return (
        type(one) is type(other) and one == other if isinstance(one, bool) or isinstance(other, bool) else one == other
    )
