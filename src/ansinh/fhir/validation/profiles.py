"""Profiles: what a StructureDefinition narrows beyond its base type, checked on a resource that the base accepts.

The snapshot becomes a tree of parts once; the check walks parts and JSON together: number of values, types, fixed
values and patterns, slices (`slicing`), bindings, reference targets, invariants, profiles of extensions and types.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import Definitions, Element, Structure, definitions
from ansinh.fhir.validation.bindings import binding_check
from ansinh.fhir.validation.invariants import rules_check
from ansinh.fhir.validation.references import reference_check
from ansinh.fhir.validation.run import Check, Run


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


@lru_cache(maxsize=512)
def _compiled(url: str) -> Check:
    structure = definitions().structure(url)
    assert structure is not None
    return _check(structure)


def profile_check(structure: Structure) -> Check:
    """The check of a profile, made once for each URL."""
    return _compiled(structure.url)


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


def _check(structure: Structure) -> Check:
    known = definitions()
    root = part_tree(structure)
    _prepare(known, root)
    base = known.structure(structure.type)
    keys = {rule.key for rule in base.elements[0].constraints} if base else set()
    rules = rules_check((rule for rule in root.element.constraints if rule.key not in keys), structure.type)

    def check(node: Any, path: str, run: Run) -> None:
        if not isinstance(node, dict):
            return
        check_children(root, node, path, run)
        if rules is not None:
            rules(node, path, run)

    return check


def _prepare(known: Definitions, part: Part) -> None:
    for below in (*part.children, *part.slices):
        for content in _contents(below.element):
            below.extras[content] = _extras(known, below.element, content)
        _prepare(known, below)


def _contents(element: Element) -> list[str]:
    return [kind.code for kind in element.types] or [""]


def _extras(known: Definitions, element: Element, content: str) -> list[Check]:
    """Checks that this element adds to what its base element already checked."""
    base = _base(known, element)
    extras = []
    if base is None or element.binding != base.binding:
        extras.append(binding_check(element.binding, content))
    keys = {rule.key for rule in base.constraints} if base else set()
    extras.append(rules_check((rule for rule in element.constraints if rule.key not in keys), content or element.path))
    targets = tuple(url for kind in element.types if kind.code == "Reference" for url in kind.targets)
    if content == "Reference" and targets:
        extras.append(reference_check(known, targets))
    profiles = (url for kind in element.types if kind.code == content for url in kind.profiles)
    extras += [typed_by(known, url) for url in profiles]
    return [extra for extra in extras if extra is not None]


def _base(known: Definitions, element: Element) -> Element | None:
    structure = known.structure(element.base_path.partition(".")[0])
    return structure.element(element.base_path) if structure else None


def typed_by(known: Definitions, url: str) -> Check | None:
    """The profile of an extension or data type; looked up when used, so that profiles may name each other."""
    structure = known.structure(url)
    if structure is None or not structure.is_profile:
        return None
    return lambda value, path, run: _compiled(structure.url)(value, path, run)


def check_children(part: Part, node: dict[str, Any], path: str, run: Run) -> None:
    """The children of one object."""
    from ansinh.fhir.validation.slicing import check_slices

    for child in part.children:
        found = list(values_of(node, child.element, path))
        _check_count(child.element, len(found), f"{path}.{child.element.name}", run)
        for item in found:
            check_value(child, item, run)
        if child.slices and child.element.slicing:
            check_slices(child, found, f"{path}.{child.element.name}", run)


def _check_count(element: Element, count: int, path: str, run: Run) -> None:
    if count < element.min:
        run.error("required", f"Hồ sơ mẫu (profile) đòi ít nhất {element.min} giá trị", path, "profile-min")
    elif element.max is not None and count > element.max:
        most = f"cho nhiều nhất {element.max} giá trị" if element.max else "không cho dùng phần này"
        run.error("structure", f"Hồ sơ mẫu (profile) {most}", path, "profile-max")


def check_value(part: Part, found: Found, run: Run) -> None:
    """One value against its part: type, fixed value, pattern, limits, extras, then what lies below."""
    element, value = part.element, found.value
    if element.is_choice and element.types and found.type not in part.extras:
        run.error("structure", "Hồ sơ mẫu (profile) không cho kiểu giá trị này", found.path, "profile-value-type")
        return
    if element.fixed is not None and not same(value, element.fixed):
        run.error("value", "Giá trị phải đúng như hồ sơ mẫu (profile) quy định", found.path, "profile-fixed")
    if element.pattern is not None and not includes(value, element.pattern):
        run.error("value", "Giá trị phải chứa phần mà hồ sơ mẫu (profile) quy định", found.path, "profile-pattern")
    _check_limits(element, value, found.path, run)
    for extra in part.extras.get(found.type) or part.extras.get("") or ():
        extra(value, found.path, run)
    if isinstance(value, dict):
        check_children(part, value, found.path, run)


def _check_limits(element: Element, value: Any, path: str, run: Run) -> None:
    if element.max_length is not None and isinstance(value, str) and len(value) > element.max_length:
        run.error("too-long", f"Dài quá {element.max_length} ký tự", path, "profile-length")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if isinstance(element.minimum, int | float) and value < Decimal(str(element.minimum)):
            run.error("value", f"Phải từ {element.minimum} trở lên", path, "profile-minimum")
        if isinstance(element.maximum, int | float) and value > Decimal(str(element.maximum)):
            run.error("value", f"Phải không quá {element.maximum}", path, "profile-maximum")


def values_of(node: dict[str, Any], element: Element, path: str) -> Iterator[Found]:
    """The values of an element in an object; a primitive that has only extensions counts with value None."""
    name = element.name
    if element.is_choice:
        kinds = definitions().type_names
        for key in node:
            suffix = key[len(name) :]
            kind = suffix[:1].lower() + suffix[1:]
            if key.startswith(name) and suffix and (suffix in kinds or kind in kinds):
                yield from _items(node[key], suffix if suffix in kinds else kind, f"{path}.{name}")
        return
    content = element.types[0].code if element.types else ""
    if name in node:
        yield from _items(node[name], content, f"{path}.{name}")
    elif f"_{name}" in node:
        yield Found(None, content, f"{path}.{name}")


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
    if isinstance(fixed, bool) or isinstance(value, bool) or isinstance(fixed, str) or value is None:
        return value == fixed and isinstance(value, type(fixed))
    return not isinstance(value, str | dict | list) and Decimal(str(value)) == Decimal(str(fixed))


def includes(value: Any, pattern: Any) -> bool:
    """At least what the pattern says: its keys, and for each of its list items some item that includes it."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(key in value and includes(value[key], pattern[key]) for key in pattern)
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(includes(item, want) for item in value) for want in pattern)
    return same(value, pattern)
