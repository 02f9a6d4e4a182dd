"""Conditions on bare JSON: `exists()`, `empty()`, `=`, `in`, `and`, `or`, `not()` … over what `fast` makes of paths.

    status != 'entered-in-error'                      → one look at a key
    value.empty() or component.code.where(…).empty()  → an Observation without components asks nothing further

A truth is True, False or None (empty). A part that only the full form understands may stand where the others mostly
decide before it: it raises NotSimple when it is reached, and the full form is asked. So does an element that has only
extensions, which exists although bare JSON does not show it.
"""

from __future__ import annotations  # closures are made by the thousand: each would hold types of its own

from collections.abc import Callable
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path.bare import NotSimple, Test, in_row
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.fast import TEXTS, Fast, Plan, head, keep, member, need_parts, of_type, position
from ansinh.fhir.path.syntax import Binary, Call, Indexer, Literal, Member, Special, Syntax, TypeTest

type Truth = Callable[[dict[str, Any]], bool | None]

_WORDS = frozenset({"and", "or", "xor", "implies"})


def compile_truth(tree: Syntax, root_type: str = "") -> Fast | None:
    """The fast form of a condition, or None where it has none."""
    try:
        root = root_type or _root(tree)
        if not definitions().children(root):
            return None
        truth = _truth(tree, root)
    except (NotSimple, PathError):
        return None

    def values(resource: dict[str, Any]) -> list[Any]:
        found = truth(resource)
        return [] if found is None else [found]

    return Fast(root, values, lambda resource: [("Boolean", found) for found in values(resource)], frozenset())


def _root(tree: Syntax) -> str:
    """The type that every path of the condition begins with; "" when there is no one such type."""
    heads = {head(path) for path in _paths(tree)}
    return (heads.pop() or "") if len(heads) == 1 else ""


def _paths(tree: Syntax) -> list[Syntax]:
    if isinstance(tree, Binary):
        return _paths(tree.left) + _paths(tree.right)
    return [] if isinstance(tree, Literal) else [tree]


def _truth(tree: Any, root: str) -> Truth:
    match tree:
        case Literal(value) if isinstance(value, bool):
            return lambda item: value
        case Binary(operator, left, right) if operator in _WORDS:
            return _JOINED[operator](_truth(left, root), _perhaps(right, root))
        case Binary("=", left, right):
            return _equality(left, right, root)
        case Binary("!=", left, right):
            return _not(_equality(left, right, root))
        case Binary("in", left, right):
            return _membership(left, right, root)
        case Call(Syntax() as source, "not", ()):
            return _not(_truth(source, root))
        case Call(source, "exists", ()):
            return _existence(_items(source, root))
        case Call(source, "exists", (criteria,)):
            return _existence(_where(_items(source, root), criteria))
        case Call(source, "empty", ()):
            return _not(_existence(_items(source, root)))
        case Call(source, "all", (criteria,)):
            return _all(_items(source, root), criteria)
    return _said(_items(tree, root))


def _perhaps(tree: Any, root: str) -> Truth:
    """The same; what has no fast form is left to the full one when it is reached."""
    try:
        return _truth(tree, root)
    except (NotSimple, PathError):
        return _left_to_the_full_form


def _left_to_the_full_form(_item: Any) -> bool | None:
    raise NotSimple


# What a condition is about


def _items(tree: Any, root: str) -> Plan:
    match tree:
        case None | Special("this"):
            return Plan(frozenset({root}), whole=True)
        case Member(None, name):
            plan = Plan(frozenset({root}), whole=True)
            return plan if definitions().is_a(root, name) else member(plan, name)
        case Member(source, name):
            return member(_items(source, root), name)
        case TypeTest("as", operand, name) | Call(operand, "ofType", (Member(None, name),)):
            return of_type(_items(operand, root), name)
        case Indexer(source, Literal(index)) if type(index) is int:
            return position(_items(source, root), index)
        case Call(source, "first", ()):
            return position(_items(source, root), 0)
        case Call(source, "where", (criteria,)):
            return _where(_items(source, root), criteria)
        case Call(source, "extension", (Literal(url),)) if isinstance(url, str):
            plan = _items(source, root)
            need_parts(plan.types)
            return keep(member(plan, "extension"), lambda item: item.get("url") == url)
    raise NotSimple


def _where(plan: Plan, criteria: Syntax) -> Plan:
    if len(plan.types) != 1:
        raise NotSimple
    need_parts(plan.types)
    truth = _perhaps(criteria, next(iter(plan.types)))
    return keep(plan, lambda item: truth(item) is True)


# What is said of it


def _existence(plan: Plan) -> Truth:
    if not plan.last:
        values = in_row(plan.steps)
        return lambda item: bool(values(item))
    stands = _stands(plan.last)
    if not plan.steps:
        return stands
    parents = in_row(plan.steps)
    return lambda item: any(map(stands, parents(item)))


def _stands(keys: tuple[tuple[str, str], ...]) -> Test:
    """One of the keys has a value. Nearly always either none of them is there or one has a plain value."""
    names = tuple(key for key, _ in keys)
    there = frozenset(names) | {f"_{name}" for name in names}

    def test(item: dict[str, Any]) -> bool:
        if there.isdisjoint(item):
            return False
        for name in names:
            value = item.get(name)
            if value.__class__ is list:
                if any(each is not None for each in value):
                    return True
            elif value is not None:
                return True
        raise NotSimple

    return test


def _all(plan: Plan, criteria: Syntax) -> Truth:
    rest = _where(plan, criteria)
    every, kept = in_row(rest.steps[:-1]), in_row(rest.steps)
    return lambda item: len(kept(item)) == len(every(item))


def _said(plan: Plan) -> Truth:
    """An element that is itself true or false."""
    if plan.types != {"boolean"}:
        raise NotSimple
    return _one(plan, bool)


def _one(plan: Plan, kind: type) -> Callable[[dict[str, Any]], Any]:
    """The only value, None for none; several, and what is not of the kind, are for the full form."""
    if not plan.steps and len(plan.last) == 1 and not plan.repeats:
        key, beside = plan.last[0][0], f"_{plan.last[0][0]}"

        def one_of_key(item: dict[str, Any]) -> Any:
            value = item.get(key)
            if value.__class__ is kind or (value is None and beside not in item):
                return value
            raise NotSimple

        return one_of_key
    plan.close()
    values = in_row(plan.steps)

    def one(item: dict[str, Any]) -> Any:
        found = values(item)
        if not found:
            return None
        if len(found) == 1 and found[0].__class__ is kind:
            return found[0]
        raise NotSimple

    return one


def _equality(left: Any, right: Any, root: str) -> Truth:
    if not isinstance(right, Literal):
        return _beside(_truth(left, root), _truth(right, root), lambda one, other: one is other)
    value = right.value
    read = _compared(left, value, root)

    def test(item: dict[str, Any]) -> bool | None:
        found = read(item)
        return None if found is None else bool(found == value)

    return test


def _membership(left: Any, right: Any, root: str) -> Truth:
    """`status in ('a' | 'b')`."""
    values = frozenset(_texts(right))
    read = _compared(left, "", root)

    def test(item: dict[str, Any]) -> bool | None:
        found = read(item)
        return None if found is None else found in values

    return test


def _compared(tree: Any, value: Any, root: str) -> Callable[[dict[str, Any]], Any]:
    """What a literal is compared with: one text, one truth."""
    plan = _items(tree, root)
    if isinstance(value, str) and plan.types and plan.types <= TEXTS:
        return _one(plan, str)
    if isinstance(value, bool) and plan.types == {"boolean"}:
        return _one(plan, bool)
    raise NotSimple


def _texts(tree: Any) -> list[str]:
    if isinstance(tree, Binary) and tree.operator == "|":
        return _texts(tree.left) + _texts(tree.right)
    if isinstance(tree, Literal) and isinstance(tree.value, str):
        return [tree.value]
    raise NotSimple


# How truths are joined, as the specification's tables say


def _not(truth: Truth) -> Truth:
    return lambda item: None if (found := truth(item)) is None else not found


def _decided_by(decisive: bool) -> Callable[[Truth, Truth], Truth]:
    """`and` is decided by one that is false, `or` by one that is true; else both must say something."""

    def joined(one: Truth, other: Truth) -> Truth:
        def test(item: dict[str, Any]) -> bool | None:
            left = one(item)
            if left is decisive:
                return decisive
            right = other(item)
            if right is decisive:
                return decisive
            return None if left is None or right is None else not decisive

        return test

    return joined


_and, _or = _decided_by(False), _decided_by(True)


def _xor(one: Truth, other: Truth) -> Truth:
    return _beside(one, other, lambda left, right: left is not right)


def _beside(one: Truth, other: Truth, compare: Callable[[bool, bool], bool]) -> Truth:
    def test(item: dict[str, Any]) -> bool | None:
        left, right = one(item), other(item)
        return None if left is None or right is None else compare(left, right)

    return test


_JOINED: dict[str, Callable[[Truth, Truth], Truth]] = {
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": lambda one, other: _or(_not(one), other),
}
