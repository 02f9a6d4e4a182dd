"""enableWhen: which items of a Questionnaire are asked, given the answers so far.

The same table of cases (tests/spec/screening/enable_when.json) is run against this module and against the form
component in the browser. A question without an answer satisfies only `exists = false` (FHIR R4, Questionnaire
`item.enableWhen`); the question meant is the nearest one with that linkId, looking outwards from the item.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ansinh.fhir.validation.responses.items import answer_key, answer_value, flat, same_value


class Scope(NamedTuple):
    """One level of a form: the questions it has (with those below them), and what was answered."""

    defines: frozenset[str]
    given: list[dict]


Scopes = Sequence[Scope]
"""What an item sees: its own level first, then each level above."""


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def is_enabled(item: Mapping, scopes: Scopes) -> bool:
    """True when the item is asked; `enableBehavior` any or all (all when it is not given)."""
    conditions = item.get("enableWhen", [])
    if not conditions:
        return True
    decide = any if item.get("enableBehavior") == "any" else all
    return decide(_holds(condition, _answers(condition["question"], scopes)) for condition in conditions)


def scope(items: list[dict], given: list[dict]) -> Scope:
    """The level of these items of a Questionnaire with these items of a response."""
    return Scope(frozenset(item["linkId"] for item in flat(items)), given)


def _answers(link_id: str, scopes: Scopes) -> list[dict]:
    """Answers of the nearest question: an open one near by hides an answered one further out."""
    level = next((level for level in scopes if link_id in level.defines), Scope(frozenset(), []))
    return [
        answer for item in _below(level.given) if item.get("linkId") == link_id for answer in item.get("answer", [])
    ]


def _below(items: list[dict]) -> Iterator[dict]:
    for item in items:
        yield item
        yield from _below(item.get("item", []))
        for answer in item.get("answer", []):
            yield from _below(answer.get("item", []))


def _holds(condition: Mapping, answers: list[dict]) -> bool:
    expected_key = next(key for key in condition if key.startswith("answer"))
    expected = condition[expected_key]
    if condition["operator"] == "exists":
        return bool(answers) == expected
    return any(_compare(condition["operator"], answer, expected) for answer in answers)


def _compare(sign: str, answer: Mapping, expected: Any) -> bool:
    given = answer_value(answer)
    if sign in ("=", "!="):
        return same_value(given, expected) == (sign == "=")
    if answer_key(answer) == "valueQuantity":
        if not (isinstance(given, dict) and isinstance(expected, dict)) or _unit(given) != _unit(expected):
            return False
        given, expected = given.get("value"), expected.get("value")
    return _kind(given) is not None and _kind(given) is _kind(expected) and _ORDER[sign](given, expected)


def _unit(quantity: Mapping) -> Any:
    return quantity.get("code", quantity.get("unit"))


def _kind(value: Any) -> type | None:
    """What a value can be ordered against: numbers against numbers, text (dates, times) against text."""
    if isinstance(value, str):
        return str
    return int if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None
