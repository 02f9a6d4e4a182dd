"""Filtering, projection, iteration and control."""

from functools import cmp_to_key
from typing import Any

from ansinh.fhir.path import comparing
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.functions.registry import Closure, Scope, function
from ansinh.fhir.path.scope import single, text_of, truth

Items = list[Any]
_MOST_REPEATS = 20_000
_RESERVED = frozenset({"context", "resource", "rootResource", "ucum", "sct", "loinc", "this", "index", "total"})


@function("where", 1, lazy=True)
def _where(scope: Scope, focus: Items, criteria: Closure) -> Items:
    return [item for index, item in enumerate(focus) if truth(criteria(scope.item(item, index), [item]))]


@function("select", 1, lazy=True)
def _select(scope: Scope, focus: Items, projection: Closure) -> Items:
    return [found for index, item in enumerate(focus) for found in projection(scope.item(item, index), [item])]


@function("repeat", 1, lazy=True)
def _repeat(scope: Scope, focus: Items, projection: Closure) -> Items:
    found = comparing.Distinct()
    waiting = focus
    while waiting:
        waiting = [item for item in _select(scope, waiting, projection) if found.add(item)]
        _check_end(found.items)
    return found.items


@function("repeatAll", 1, lazy=True)
def _repeat_all(scope: Scope, focus: Items, projection: Closure) -> Items:
    found: Items = []
    waiting = focus
    while waiting:
        waiting = _select(scope, waiting, projection)
        found += waiting
        _check_end(found)
    return found


def _check_end(found: Items) -> None:
    if len(found) > _MOST_REPEATS:
        raise PathError("phép lặp lại không dừng.")


@function("aggregate", 1, 2, lazy=True)
def _aggregate(scope: Scope, focus: Items, step: Closure, start: Closure | None = None) -> Items:
    total = start(scope, scope.this) if start else []
    for index, item in enumerate(focus):
        inner = scope.item(item, index)
        inner.total = total
        total = step(inner, [item])
    return total


@function("iif", 2, 3, lazy=True)
def _iif(scope: Scope, focus: Items, test: Closure, yes: Closure, no: Closure | None = None) -> Items:
    if len(focus) > 1:
        raise PathError("iif() cần nhiều nhất một giá trị đầu vào.")
    inner = scope.item(focus[0], scope.index) if focus else scope
    found = single(test(inner, focus))
    if found is not None and not isinstance(found, bool):
        raise PathError("điều kiện của iif() phải là đúng hoặc sai.")
    if found:
        return yes(inner, focus)
    return no(inner, focus) if no else []


@function("coalesce", 1, 99, lazy=True)
def _coalesce(scope: Scope, focus: Items, *choices: Closure) -> Items:
    for choice in choices:
        if found := choice(scope, scope.this):
            return found
    return []


@function("trace", 1, 2, lazy=True)
def _trace(scope: Scope, focus: Items, name: Closure, projection: Closure | None = None) -> Items:
    if scope.env.trace is not None:
        shown = _select(scope, focus, projection) if projection else focus
        scope.env.trace(text_of(name(scope, scope.this)) or "", shown)
    return focus


@function("defineVariable", 1, 2, lazy=True)
def _define_variable(scope: Scope, focus: Items, name: Closure, value: Closure | None = None) -> Items:
    key = text_of(name(scope, scope.this))
    if not key or key in scope.variables or key in _RESERVED or key in scope.env.variables:
        raise PathError(f"biến %{key} đã có.")
    if value is None:
        scope.variables[key] = focus
    else:
        inner = scope.item(focus[0], scope.index) if len(focus) == 1 else scope
        scope.variables[key] = value(inner.fork(), focus)
    return focus


def sort(scope: Scope, focus: Items, keys: list[tuple[Closure, str]]) -> Items:
    """`sort(key, -key, key asc, key desc)`: pairs of a closure and "", "-", "asc" or "desc"; without keys by the items.

    An empty key sorts before every value; `desc` turns the whole order round, while the minus leaves nothing nothing.
    """
    rows = [
        ([single(key(scope.item(item, index), [item])) for key, _ in keys] or [single([item])], item)
        for index, item in enumerate(focus)
    ]
    directions = [direction for _, direction in keys] or [""]

    def order(one: tuple[Items, Any], other: tuple[Items, Any]) -> int:
        for mine, theirs, direction in zip(one[0], other[0], directions, strict=True):
            found = _order(mine, theirs, direction)
            if found:
                return found
        return 0

    return [item for _, item in sorted(rows, key=cmp_to_key(order))]


def _order(one: Any, other: Any, direction: str) -> int:
    if one is None or other is None:
        found = (one is not None) - (other is not None)
        return -found if direction == "desc" else found
    found = comparing.compare(one, other) or 0
    return -found if direction in ("-", "desc") else found
