"""From a resource to its index rows."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ansinh.fhir.index import numbers, parameters, places, values
from ansinh.fhir.index.parameters import Evaluate, Parameter, by_key
from ansinh.fhir.index.rows import Rows
from ansinh.fhir.index.sounds import sounds

Value = Any


def extract(resource: dict[str, Any]) -> Rows:
    """The rows of every search parameter that finds something in the resource."""
    rows, kind = Rows(), resource["resourceType"]
    for parameter, evaluate in _wanted(kind, (*resource, *(f"meta.{key}" for key in resource.get("meta", ())))):
        if parameter.type == "composite":
            _composite(rows, parameter, resource)
        elif found := evaluate(resource):
            _RULES[parameter.kind](rows, parameter, found)
    return rows


@lru_cache(maxsize=4096)
def _wanted(kind: str, keys: tuple[str, ...]) -> tuple[tuple[Parameter, Evaluate], ...]:
    """The parameters that may read one of the keys, each once. Resources of a kind mostly have the same few keys."""
    found = {one.code: one for key in keys for one in by_key(kind, key) if one.has_rows}
    return tuple((one, one.evaluate) for one in found.values())


def forget() -> None:
    """Read the project's own parameters again (a test changed them)."""
    parameters.forget()
    _wanted.cache_clear()


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
    rows.name(tok, system, code)
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
    texts = strings(parameter, found)
    for folded, exact in values.string_rows(texts, parameter.words):
        rows.add("ix_string", parameter.number, folded, exact)


def strings(parameter: Parameter, found: list[Value]) -> list[str]:
    """The texts that a parameter finds in its values; `phonetic` looks at whole names as they sound."""
    if parameter.code == "phonetic":
        return [sounds(text) for value in found if isinstance(text := next(values.texts(value), None), str)]
    return [text for value in found for text in values.texts(value) if isinstance(text, str)]


def _number(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for value in found:
        if not isinstance(value, str | bool | dict):
            rows.add("ix_number", parameter.number, float(value))


def _uri(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for value in found:
        if isinstance(value, str):
            rows.add("ix_uri", parameter.number, numbers.short(value))


def _quantity(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    _quantities(rows, parameter.number, 0, found)


def _quantities(rows: Rows, number: int, tok: int, found: list[Value]) -> None:
    for value in found:
        for amount, unit in values.quantities(value):
            rows.name(numbers.token(*unit), *unit)
            rows.add("ix_quantity", number, tok, numbers.token(*unit), amount)


def _composite(rows: Rows, parameter: Parameter, resource: dict[str, Any]) -> None:
    """One row for each instance and each combination of its values; the first component is always a code."""
    for part in parameter.parts:
        kinds = [kind for kind, _ in part.components]
        for first, *others in part.rows(resource):
            for system, code in (names for value in first for names in values.codes(value)):
                _beside(rows, parameter.number, (system, code), kinds[1:], others)


def _beside(rows: Rows, number: int, names: tuple[str, str], kinds: list[str], others: list[list[Value]]) -> None:
    """The code goes into `tok`, what stands beside it into `unit` and `value`; texts have a row of `ix_string`."""
    tok, kind = numbers.token(*names), kinds[0]
    rows.name(tok, *names)
    if kind == "quantity":
        _quantities(rows, number, tok, others[0])
    elif kind == "number":
        for low, high in values.number_pairs(others):
            rows.add("ix_quantity", number, tok, numbers.ordered(high), low)
    for other in others[0] if kind not in ("quantity", "number") else ():
        if kind == "token":
            for beside in values.codes(other):
                rows.name(numbers.token(*beside), *beside)
                rows.add("ix_quantity", number, tok, numbers.token(*beside), 0.0)
        elif kind == "date" and (interval := values.interval(other)):
            rows.add("ix_quantity", number, tok, interval[1], float(interval[0]))
        elif kind == "string" and isinstance(other, str):
            rows.add("ix_string", number, values.coded_text(names[1], other), tok)
        elif kind == "reference":
            for target in values.targets(other):
                rows.add("ix_quantity", number, tok, target, 0.0)


def _place(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    """`near`: a point of the unit sphere, so that distances need no more than sums of squares."""
    for position in found:
        if point := places.point(position):
            x, y, z = point
            rows.add("ix_quantity", parameter.number, places.scaled(x), places.scaled(y), z)


def _words(rows: Rows, parameter: Parameter, found: list[Value]) -> None:
    for word in found:
        rows.add("ix_token", parameter.number, numbers.token(values.WORDS, word))


_RULES: dict[str, Callable[[Rows, Parameter, list[Value]], None]] = {
    "token": _token,
    "reference": _reference,
    "date": _date,
    "string": _string,
    "number": _number,
    "uri": _uri,
    "quantity": _quantity,
    "special": _place,
    "text": _words,
}
