"""Closures on bare JSON, from which fast paths are put together: lists of values in, lists of values out."""

from __future__ import annotations  # closures are made by the thousand: each would hold types of its own

from collections.abc import Callable
from typing import Any

from ansinh.fhir.model.references import parse as parse_reference
from ansinh.fhir.path.functions.resources import reference_key

Values = Callable[[dict[str, Any]], list[Any]]
Pairs = Callable[[dict[str, Any]], list[tuple[str, Any]]]
Test = Callable[[dict[str, Any]], bool]
Step = Callable[[list[Any]], list[Any]]
Keys = tuple[tuple[str, str], ...]


class NotSimple(Exception):
    """This path, or this piece of data, is for the full form."""


def reference_keys(items: list[Any], type_name: str | None) -> list[Any]:
    """Ids that References name, those of another type left out."""
    return [key for item in items if (key := reference_key(item, type_name)) is not None]


def is_reference_to(type_name: str) -> Test:
    """What `resolve() is Type` gives without fetching: the type that the reference names."""

    def test(item: dict[str, Any]) -> bool:
        text = item.get("reference")
        if type(text) is not str or (text.startswith(type_name) and text[len(type_name) : len(type_name) + 1] == "/"):
            return type(text) is str and parse_reference(text) is not None
        reference = parse_reference(text)
        if reference is None:
            return False
        if reference.kind == "fragment":
            raise NotSimple
        return (reference.type or item.get("type")) == type_name

    return test


def get(keys: Keys) -> Step:
    """What stands under the keys; several keys are the types of one choice element."""
    if len(keys) == 1:
        return get_one(keys[0][0])
    names = tuple(key for key, _ in keys)
    there = frozenset(names)

    def step(items: list[Any]) -> list[Any]:
        found: list[Any] = []
        for item in items:
            if there.isdisjoint(item.keys()):
                continue
            for name in names:
                value = item.get(name)
                if value is not None:
                    found.append(value)
        return found

    return step


def get_one(key: str) -> Step:
    """What stands under one key, lists opened."""

    def step(items: list[Any]) -> list[Any]:
        if len(items) == 1:  # nearly always
            value = items[0].get(key)
            return [] if value is None else value.copy() if type(value) is list else [value]
        found: list[Any] = []
        for item in items:
            value = item.get(key)
            if value is None:
                continue
            if type(value) is list:
                found += value
            else:
                found.append(value)
        return found

    return step


def get_complete(keys: Keys) -> Step:
    """For positions: an element that has only extensions holds a place, which bare JSON does not show."""
    read, names = get(keys), tuple(f"_{key}" for key, _ in keys)

    def step(items: list[Any]) -> list[Any]:
        if any(name in item for item in items for name in names):
            raise NotSimple
        return read(items)

    return step


def in_row(steps: list[Step]) -> Values:
    """All steps in a row; holes of primitive lists (null beside an extension) are no values."""

    if len(steps) == 1:
        only = steps[0]
        return lambda resource: _values(only([resource]))
    if len(steps) == 2:
        first, last = steps
        return lambda resource: _values(last(items)) if (items := first([resource])) else items

    def run(resource: dict[str, Any]) -> list[Any]:
        items: list[Any] = [resource]
        for step in steps:
            items = step(items)
            if not items:
                return items
        return _values(items)

    return run


def _values(items: list[Any]) -> list[Any]:
    for item in items:
        if item is None:
            return [each for each in items if each is not None]
    return items


def with_types(before: list[Step], keys: Keys, steps: list[Step], types: frozenset[str]) -> Pairs:
    """With the type of each value: the same for all, or told by the key of the last get."""
    if len(types) == 1:
        name, run_all = next(iter(types)), in_row(steps)
        return lambda resource: [(name, value) for value in run_all(resource)]
    if not keys:
        raise NotSimple
    parents = in_row(before)

    def run(resource: dict[str, Any]) -> list[tuple[str, Any]]:
        return [
            (content, item[key]) for item in parents(resource) for key, content in keys if item.get(key) is not None
        ]

    return run
