"""The parts of a profile: its snapshot as a tree, the values that a part speaks of, and when two values agree."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ansinh.fhir.model.definitions import Element, Structure, definitions
from ansinh.fhir.validation.run import Check


@dataclass(slots=True)
class Part:
    """One element of a snapshot with what lies below it. extras: checks of one value, by type of its content."""

    element: Element
    children: list["Part"] = field(default_factory=list)
    slices: list["Part"] = field(default_factory=list)
    extras: dict[str, list[Check]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A value of the JSON with the type of its content and its FHIRPath."""

    value: Any
    type: str
    path: str


def part_tree(structure: Structure) -> Part:
    """The root part of a snapshot. Slices hang at the element that they slice, in the order of the snapshot."""
    parts: dict[str, Part] = {}
    for element in structure.elements:
        part = parts[element.id] = Part(element)
        above, _, last = element.id.rpartition(".")
        name, colon, _ = last.partition(":")
        if colon:
            sliced = parts.get(f"{above}.{name}")
            if sliced is not None:
                sliced.slices.append(part)
        elif above in parts:
            parts[above].children.append(part)
    return parts[structure.elements[0].id]


def values_of(node: dict[str, Any], element: Element, path: str) -> Iterator[Found]:
    """The values of an element in an object; a primitive that has only extensions counts with value None."""
    name = element.name
    if element.is_choice:
        for key in node:
            if key.startswith(name) and (kind := _kind_of(key[len(name) :])):
                yield from _items(node[key], kind, f"{path}.{name}")
            elif key.startswith(f"_{name}") and key[1:] not in node and (kind := _kind_of(key[len(name) + 1 :])):
                yield Found(None, kind, f"{path}.{name}")
        return
    content = element.types[0].code if element.types else ""
    if name in node:
        yield from _items(node[name], content, f"{path}.{name}")
    elif f"_{name}" in node:
        yield Found(None, content, f"{path}.{name}")


def _kind_of(suffix: str) -> str:
    """The type that `DateTime` of `performedDateTime` names, "" for none."""
    kinds = definitions().type_names
    return next((one for one in (suffix, suffix[:1].lower() + suffix[1:]) if one and one in kinds), "")


def _items(value: Any, content: str, path: str) -> Iterator[Found]:
    if not isinstance(value, list):
        yield Found(value, content, path)
        return
    for index, item in enumerate(value):
        yield Found(item, content, f"{path}[{index}]")


def same(value: Any, fixed: Any) -> bool:
    """Exactly the fixed value; numbers by value."""
    if isinstance(fixed, dict):
        return isinstance(value, dict) and value.keys() == fixed.keys() and all(same(value[k], fixed[k]) for k in fixed)
    if isinstance(fixed, list):
        return isinstance(value, list) and len(value) == len(fixed) and all(map(same, value, fixed))
    if isinstance(fixed, bool) or isinstance(value, bool):
        return value is fixed
    if isinstance(fixed, str) or value is None:
        return value == fixed
    return not isinstance(value, str | dict | list) and Decimal(str(value)) == Decimal(str(fixed))


def includes(value: Any, pattern: Any) -> bool:
    """At least what the pattern says: its keys, and for each of its list items some item that includes it."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(key in value and includes(value[key], pattern[key]) for key in pattern)
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(includes(item, want) for item in value) for want in pattern)
    return same(value, pattern)
