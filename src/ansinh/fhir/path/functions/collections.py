"""Existence, subsets and combination of collections."""

from typing import Any

from ansinh.fhir.path import comparing
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.functions.registry import Closure, Scope, function
from ansinh.fhir.path.nodes import system_value
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.scope import boolean, integer_of, single, truth

Items = list[Any]


@function("empty")
def _empty(scope: Scope, focus: Items) -> Items:
    return [not focus]


@function("exists", 0, 1, lazy=True)
def _exists(scope: Scope, focus: Items, criteria: Closure | None = None) -> Items:
    if criteria is None:
        return [bool(focus)]
    return [any(truth(criteria(scope.item(item, index), [item])) for index, item in enumerate(focus))]


@function("all", 1, lazy=True)
def _all(scope: Scope, focus: Items, criteria: Closure) -> Items:
    return [all(truth(criteria(scope.item(item, index), [item])) for index, item in enumerate(focus))]


@function("not")
def _not(scope: Scope, focus: Items) -> Items:
    value = truth(focus)
    return [] if value is None else [not value]


def _truths(focus: Items) -> list[bool]:
    values = [system_value(item) for item in focus]
    if not all(isinstance(value, bool) for value in values):
        raise PathError("cần một tập hợp giá trị đúng/sai.")
    return values


@function("allTrue")
def _all_true(scope: Scope, focus: Items) -> Items:
    return [all(_truths(focus))]


@function("anyTrue")
def _any_true(scope: Scope, focus: Items) -> Items:
    return [any(_truths(focus))]


@function("allFalse")
def _all_false(scope: Scope, focus: Items) -> Items:
    return [not any(_truths(focus))]


@function("anyFalse")
def _any_false(scope: Scope, focus: Items) -> Items:
    return [not all(_truths(focus))]


@function("count")
def _count(scope: Scope, focus: Items) -> Items:
    return [len(focus)]


@function("distinct")
def _distinct(scope: Scope, focus: Items) -> Items:
    return comparing.distinct(focus)


@function("isDistinct")
def _is_distinct(scope: Scope, focus: Items) -> Items:
    return [len(comparing.distinct(focus)) == len(focus)]


@function("subsetOf", 1)
def _subset_of(scope: Scope, focus: Items, other: Items) -> Items:
    return [all(comparing.contains(other, item) for item in focus)]


@function("supersetOf", 1)
def _superset_of(scope: Scope, focus: Items, other: Items) -> Items:
    return [all(comparing.contains(focus, item) for item in other)]


@function("union", 1)
def _union(scope: Scope, focus: Items, other: Items) -> Items:
    return comparing.distinct(focus + other)


@function("combine", 1, 2)
def _combine(scope: Scope, focus: Items, other: Items, _order: Items | None = None) -> Items:
    return focus + other


@function("intersect", 1)
def _intersect(scope: Scope, focus: Items, other: Items) -> Items:
    return [item for item in comparing.distinct(focus) if comparing.contains(other, item)]


@function("exclude", 1)
def _exclude(scope: Scope, focus: Items, other: Items) -> Items:
    return [item for item in focus if not comparing.contains(other, item)]


@function("single")
def _single(scope: Scope, focus: Items) -> Items:
    if len(focus) > 1:
        raise PathError("single() cần nhiều nhất một giá trị nhưng có nhiều giá trị.")
    return focus


@function("first")
def _first(scope: Scope, focus: Items) -> Items:
    return focus[:1]


@function("last")
def _last(scope: Scope, focus: Items) -> Items:
    return focus[-1:]


@function("tail")
def _tail(scope: Scope, focus: Items) -> Items:
    return focus[1:]


def _number(argument: Items) -> int:
    number = integer_of(argument)
    if number is None:
        raise PathError("thiếu số lượng.")
    return max(0, number)


@function("skip", 1)
def _skip(scope: Scope, focus: Items, number: Items) -> Items:
    return focus[_number(number) :]


@function("take", 1)
def _take(scope: Scope, focus: Items, number: Items) -> Items:
    return focus[: _number(number)]


@function("comparable", 1)
def _comparable(scope: Scope, focus: Items, other: Items) -> Items:
    mine, theirs = single(focus), single(other)
    if mine is None or theirs is None:
        return []
    return boolean(isinstance(mine, Quantity) and isinstance(theirs, Quantity) and mine.comparable(theirs))
