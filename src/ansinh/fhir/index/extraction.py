"""From a resource to its index rows."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ansinh.fhir.index import numbers, values
from ansinh.fhir.index.parameters import Parameter, by_key
from ansinh.fhir.index.rows import Rows

Value = Any


def extract(resource: dict[str, Any]) -> Rows:
    """The rows of every search parameter that finds something in the resource."""
    rows, kind = Rows(), resource["resourceType"]
    for parameter in _wanted(kind, (*resource, *(f"meta.{key}" for key in resource.get("meta", ())))):
        if parameter.type == "composite":
            _composite(rows, parameter, resource)
        elif found := parameter.evaluate(resource):
            _RULES[parameter.type](rows, parameter, found)
    return rows


@lru_cache(maxsize=4096)
def _wanted(kind: str, keys: tuple[str, ...]) -> tuple[Parameter, ...]:
    """The parameters that may read one of the keys, each once. Resources of a kind mostly have the same few keys."""
    return tuple({one.code: one for key in keys for one in by_key(kind, key)}.values())


def _token(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for value in found:
        for system, code in values.codes(value):
            _name(rows, parameter.number, system, code)
        if parameter.serves_text:
            for text in values.words(value):
                _name(rows, parameter.variant("text"), values.WORDS, text)
        if parameter.code == "identifier":
            for kind, code in values.identifier_types(value):
                _name(rows, parameter.variant("of-type"), kind, code)


def _name(rows: Rows, number: int, system: str, code: str) -> None:
    tok = numbers.token(system, code)
    rows.tokens[tok] = (system, code)
    rows.add("ix_token", number, tok)


def _reference(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for value in found:
        for target in values.targets(value):
            rows.add("ix_ref", parameter.number, target)
        identifier = value.get("identifier") if isinstance(value, dict) else None
        for system, code in values.codes(identifier) if isinstance(identifier, dict) else ():
            _name(rows, parameter.variant("identifier"), system, code)


def _date(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for value in found:
        if interval := values.interval(value):
            rows.add("ix_date", parameter.number, *interval)


def _string(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    texts = [text for value in found for text in values.texts(value) if isinstance(text, str)]
    for folded, exact in values.string_rows(texts, parameter.words):
        rows.add("ix_string", parameter.number, folded, exact)


def _number(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for value in found:
        if not isinstance(value, str | bool | dict):
            rows.add("ix_number", parameter.number, float(value))


def _uri(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for value in found:
        if isinstance(value, str):
            rows.add("ix_uri", parameter.number, value)


def _quantity(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    _quantities(rows, parameter.number, 0, found)


def _quantities(rows: Rows, number: int, tok: int, found: list[Value]) -> None:
    for value in found:
        for amount, unit in values.quantities(value):
            rows.tokens[numbers.token(*unit)] = unit
            rows.add("ix_quantity", number, tok, numbers.token(*unit), amount)


def _composite(rows: Rows, parameter: Parameter, resource: dict[str, Any]) -> None:
    """Pairs of a code and something else, one row for each instance. Other composites are not indexed."""
    if len(parameter.component_types) != 2 or parameter.component_types[0] != "token":
        return
    for part in parameter.parts:
        (_, first), (kind, second) = part.components
        for node in part.instances(resource):
            others = second(node)
            for value in first(node) if others else ():
                for system, code in values.codes(value):
                    tok = numbers.token(system, code)
                    rows.tokens[tok] = (system, code)
                    _pair(rows, parameter.number, tok, kind, others)


def _pair(rows: Rows, number: int, tok: int, kind: str, others: list[Value]) -> None:
    if kind == "quantity":
        _quantities(rows, number, tok, others)
    for other in others if kind != "quantity" else ():
        if kind == "token":
            for names in values.codes(other):
                rows.tokens[numbers.token(*names)] = names
                rows.add("ix_quantity", number, tok, numbers.token(*names), 0.0)
        elif kind == "date" and (interval := values.interval(other)):
            rows.add("ix_quantity", number, tok, 0, float(interval[0]))
        elif kind == "string" and isinstance(other, str):
            rows.add("ix_quantity", number, tok, numbers.exact(values.searchable(other)), 0.0)
        elif kind == "reference":
            for target in values.targets(other):
                rows.add("ix_quantity", number, tok, target, 0.0)


_RULES: dict[str, Callable[[Rows, Parameter, list[Value]], None]] = {
    "token": _token,
    "reference": _reference,
    "date": _date,
    "string": _string,
    "number": _number,
    "uri": _uri,
    "quantity": _quantity,
}
