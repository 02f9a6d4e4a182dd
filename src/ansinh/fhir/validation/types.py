"""One compiled check for each FHIR type and nested element, made from the definitions on first use.

A check walks one JSON object: each key is looked up once, in a table that already holds the choice names
(`valueQuantity`) and the `_name` companions of primitives.
"""

from __future__ import annotations  # closures are made by the thousand: each would hold types of its own

from collections.abc import Callable
from functools import cache
from typing import Any

from ansinh.fhir.model.definitions import Definitions, Element, definitions
from ansinh.fhir.validation.bindings import binding_check
from ansinh.fhir.validation.extensions import extension_check
from ansinh.fhir.validation.invariants import element_rules, invariant_check
from ansinh.fhir.validation.primitives import CHECKS, EXPECTED
from ansinh.fhir.validation.profiles import typed_by
from ansinh.fhir.validation.references import reference_check
from ansinh.fhir.validation.run import Check, Run

# value, path, run, and the object that holds it (for the companion under `_name`)
type Member = Callable[[Any, str, Run, dict[str, Any]], None]

_RESOURCE_TYPES = ("Resource", "DomainResource")


class TypeChecks(dict[str, Check]):
    """`checks["Period"]`, `checks["Patient.contact"]`: compiled when first asked for, so recursion needs no care."""

    def __init__(self, known: Definitions, *, invariants: bool = True):
        super().__init__()
        self.known = known
        self.invariants = invariants
        self.resource: Check = _no_resource

    def __missing__(self, type_name: str) -> Check:
        check = self[type_name] = _object_check(self, type_name)
        return check


@cache
def type_checks(*, invariants: bool = True) -> TypeChecks:
    """The checks of this process, over the definitions of this process."""
    return TypeChecks(definitions(), invariants=invariants)


def _no_resource(value: Any, path: str, run: Run) -> None:
    raise ValueError("validator.py sets the check of resources within resources")


def _object_check(checks: TypeChecks, type_name: str) -> Check:
    children = checks.known.children(type_name)
    if not children:
        raise ValueError(f"no such FHIR type: {type_name}")
    members, groups = _members(checks, type_name, children)
    required = [(f".{element.name}", _keys(checks, element)) for element in children.values() if element.min]
    rules = invariant_check(checks.known, type_name) if checks.invariants else None
    is_resource = checks.known.kind(type_name) == "resource"

    def check(node: Any, path: str, run: Run) -> None:
        if node.__class__ is not dict:
            run.error("structure", "Chỗ này phải là một đối tượng JSON", path, "not-object")
            return
        if not node:
            run.error("structure", "Đối tượng rỗng; hãy bỏ hẳn hoặc điền vào", path, "empty-object")
            return
        before = run.failures
        for key, value in node.items():
            member = members.get(key)
            if member is None:
                if not (is_resource and key == "resourceType"):
                    _report_unknown(run, path, key)
                continue
            member[1](value, path + member[0], run, node)
        for name, keys in required:
            if not any(key in node for key in keys):
                run.error("required", "Thiếu phần bắt buộc", path + name, "required")
        for name, choices in groups:
            if len({key.removeprefix("_") for key in node if key in choices}) > 1:
                run.error("structure", "Chỉ được dùng một trong các kiểu giá trị", path + name, "choice-twice")
        # Rules in FHIRPath assume the right structure; on a broken one they would only repeat the problem.
        if rules is not None and run.failures == before:
            rules(node, path, run)

    return check


def _report_unknown(run: Run, path: str, key: str) -> None:
    # The key is the caller's text and may hold anything, so the message shows it only when it looks like a name.
    if key.isascii() and key.isidentifier() and len(key) <= 64:
        run.error("structure", f"Chuẩn FHIR R4 không có phần tử «{key}»", f"{path}.{key}", "unknown-element")
    else:
        run.error("structure", "Chuẩn FHIR R4 không có phần tử mang tên này", path, "unknown-element")


def _members(
    checks: TypeChecks, type_name: str, children: dict[str, Element]
) -> tuple[dict[str, tuple[str, Member]], list[tuple[str, frozenset[str]]]]:
    """JSON key → (path step, check), and the groups of keys of which one may be used."""
    members: dict[str, tuple[str, Member]] = {}
    groups: list[tuple[str, frozenset[str]]] = []
    for element in children.values():
        keys: list[str] = []
        for key, content in _contents(checks.known, element):
            keys.append(key)
            step = f".{element.name}"
            if content in CHECKS:
                members[key] = (step, _primitive_member(checks, element, content, key))
                members[f"_{key}"] = (step, _companion_member(checks, element, key))
                keys.append(f"_{key}")
            else:
                members[key] = (step, _complex_member(checks, element, content))
        if element.is_choice:
            groups.append((f".{element.name}", frozenset(keys)))
    return members, groups


def _contents(known: Definitions, element: Element) -> list[tuple[str, str]]:
    """(JSON key, type of content) of every form that the element can take."""
    if not element.is_choice:
        return [(element.name, known.content_type(element))]
    return [(element.name + kind.code[:1].upper() + kind.code[1:], kind.code) for kind in element.types]


def _keys(checks: TypeChecks, element: Element) -> tuple[str, ...]:
    keys = [key for key, _ in _contents(checks.known, element)]
    return (*keys, *(f"_{key}" for key in keys))


def _primitive_member(checks: TypeChecks, element: Element, content: str, key: str) -> Member:
    right, expected = CHECKS[content], EXPECTED[content]
    bound = binding_check(element.binding, content)
    companion = f"_{key}"

    def one(value: Any, path: str, run: Run) -> None:
        if not right(value):
            run.error("value", f"Giá trị phải là {expected}", path, f"type-{content}")
        elif bound is not None:
            bound(value, path, run)

    def single(value: Any, path: str, run: Run, node: dict[str, Any]) -> None:
        one(value, path, run)

    def many(value: Any, path: str, run: Run, node: dict[str, Any]) -> None:
        if value.__class__ is not list:
            run.error("structure", "Phần tử này là danh sách, phải đặt trong [ ]", path, "not-list")
            return
        if not value:
            run.error("structure", "Danh sách rỗng; hãy bỏ hẳn", path, "empty-list")
        beside = node.get(companion)
        for index, item in enumerate(value):
            if item is None and _has_item(beside, index):
                continue
            one(item, f"{path}[{index}]", run)

    return many if element.repeats else single


def _has_item(companions: Any, index: int) -> bool:
    return isinstance(companions, list) and index < len(companions) and bool(companions[index])


def _companion_member(checks: TypeChecks, element: Element, key: str) -> Member:
    """Id and extensions of a primitive, under `_name`."""

    def single(value: Any, path: str, run: Run, node: dict[str, Any]) -> None:
        checks["Element"](value, path, run)
        if value.__class__ is dict and key not in node and "extension" not in value:
            run.error("structure", "Có id mà không có giá trị hoặc phần mở rộng", path, "ele-1")

    def many(value: Any, path: str, run: Run, node: dict[str, Any]) -> None:
        if value.__class__ is not list:
            run.error("structure", "Phần tử này là danh sách, phải đặt trong [ ]", path, "not-list")
            return
        values = node.get(key)
        if not value or not any(value) or (isinstance(values, list) and len(value) > len(values)):
            run.error("structure", "Danh sách phần mở rộng không khớp danh sách giá trị", path, "companion-length")
        for index, item in enumerate(value):
            if item is not None:
                checks["Element"](item, f"{path}[{index}]", run)

    return many if element.repeats else single


def _complex_member(checks: TypeChecks, element: Element, content: str) -> Member:
    extras = _extras(checks, element, content)
    defined = extension_check(checks.known, element.name) if content == "Extension" else None

    def one(value: Any, path: str, run: Run) -> None:
        if content in _RESOURCE_TYPES:
            checks.resource(value, path, run)
            return
        before = run.failures
        checks[content](value, path, run)
        if value.__class__ is dict:
            for extra in extras:
                extra(value, path, run)
            if defined is not None and run.failures == before:
                defined(value, path, run)

    def single(value: Any, path: str, run: Run, node: dict[str, Any]) -> None:
        if value.__class__ is list:
            run.error("structure", "Phần tử này chỉ có một, không phải danh sách", path, "not-single")
        else:
            one(value, path, run)

    def many(value: Any, path: str, run: Run, node: dict[str, Any]) -> None:
        if value.__class__ is not list:
            run.error("structure", "Phần tử này là danh sách, phải đặt trong [ ]", path, "not-list")
            return
        if not value:
            run.error("structure", "Danh sách rỗng; hãy bỏ hẳn", path, "empty-list")
        for index, item in enumerate(value):
            one(item, f"{path}[{index}]", run)

    return many if element.repeats else single


def _extras(checks: TypeChecks, element: Element, content: str) -> list[Check]:
    """What the element asks beyond its type: bound codes, reference targets."""
    extras = []
    if bound := binding_check(element.binding, content):
        extras.append(bound)
    if checks.invariants and (rules := element_rules(checks.known, element, content)):
        extras.append(rules)
    profiles = (url for kind in element.types if kind.code == content for url in kind.profiles)
    extras += [check for url in profiles if (check := typed_by(checks.known, url))]
    if content == "Reference":
        targets = tuple(url for kind in element.types if kind.code == "Reference" for url in kind.targets)
        extras.append(reference_check(checks.known, targets))
    return extras
