"""Profiles: what a StructureDefinition narrows beyond its base type, checked on a resource that the base accepts.

The snapshot becomes a tree of parts once (`parts`); the check walks parts and JSON together: number of values,
types, fixed values and patterns, slices (`slicing`), bindings, reference targets, invariants, profiles of
extensions and types.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import Definitions, Element, Structure, definitions
from ansinh.fhir.validation.bindings import binding_check
from ansinh.fhir.validation.invariants import rules_check
from ansinh.fhir.validation.parts import Found, Part, includes, part_tree, same, values_of
from ansinh.fhir.validation.references import reference_check
from ansinh.fhir.validation.run import Check, Run
from ansinh.fhir.validation.slicing import check_slices


@lru_cache(maxsize=512)
def _compiled(url: str) -> Check:
    structure = definitions().structure(url)
    assert structure is not None
    return _check(structure)


def profile_check(structure: Structure) -> Check:
    """The check of a profile, made once for each URL."""
    return _compiled(structure.url)


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
    for child in part.children:
        found = list(values_of(node, child.element, path))
        _check_count(child.element, len(found), f"{path}.{child.element.name}", run)
        for item in found:
            check_value(child, item, run)
        if child.slices and child.element.slicing:
            check_slices(child, found, f"{path}.{child.element.name}", run, check_value)


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
