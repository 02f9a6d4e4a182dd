"""A second compiler for simple paths: closures on bare JSON, without nodes, many times faster.

What it takes: member chains, `where` with equalities of text or `resolve() is Type` or `exists()`, `ofType`/`as`,
`first()`, `[n]`, `extension(url)`, `getResourceKey()`, `getReferenceKey()`, and unions of these. The definitions say
at compile time which JSON keys a name means and which type stands under each. Everything else gives None here and
runs through `compiler`; a property test holds both against each other.
"""

from __future__ import annotations  # closures are made by the thousand: each would hold types of its own

from dataclasses import dataclass, field
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path import comparing
from ansinh.fhir.path.bare import (
    NotSimple,
    Pairs,
    Step,
    Test,
    Values,
    get,
    get_complete,
    in_row,
    is_reference_to,
    reference_keys,
    with_types,
)
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.nodes import Node, is_quantity, member_keys
from ansinh.fhir.path.syntax import Binary, Call, Indexer, Literal, Member, Special, Syntax, TypeTest
from ansinh.fhir.path.types import resolve_type

_MIXED = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})
TEXTS = frozenset({"string", "code", "uri", "url", "canonical", "id", "oid", "uuid", "markdown"})
_DATES = frozenset({"date", "dateTime", "instant", "time"})


@dataclass(frozen=True, slots=True)
class Fast:
    """root: the type that the path starts from, "" for any resource; a resource of another type is for the other
    compiler. types: FHIR types that can come out."""

    root: str
    values: Values
    pairs: Pairs
    types: frozenset[str]


@dataclass(slots=True)
class Plan:
    """A chain under construction. `last`: keys of the get that ended it, () when something else did. `whole`: what has
    only extensions counts as an item, so that data which holds such is for the full form."""

    types: frozenset[str]
    steps: list[Step] = field(default_factory=list)
    last: tuple[tuple[str, str], ...] = ()
    repeats: bool = False
    whole: bool = False

    def close(self) -> None:
        """Turn the open get into a step."""
        if self.last:
            primitive = any(definitions().kind(content) == "primitive-type" for _, content in self.last)
            self.steps.append(get_complete(self.last) if self.whole and primitive else get(self.last))
            self.last = ()


def compile_fast(tree: Syntax, root_type: str = "") -> Fast | None:
    """The fast form of a path, or None where it has none."""
    try:
        root = _root(tree, root_type)
        if root is None:
            return None
        fast = _compile(tree, root)
    except (NotSimple, PathError):
        return None
    return Fast("" if root in _MIXED else root, fast[0], fast[1], fast[2])


def _root(tree: Syntax, root_type: str) -> str | None:
    """The type that all branches start from."""
    if root_type:
        return root_type if definitions().children(root_type) else None
    heads = {head(branch) for branch in _branches(tree)}
    return heads.pop() if len(heads) == 1 else None


def _branches(tree: Syntax) -> list[Syntax]:
    if isinstance(tree, Binary) and tree.operator == "|":
        return _branches(tree.left) + _branches(tree.right)
    return [tree]


def head(tree: Any) -> str | None:
    """The type that a path begins with; None when it begins with an element."""
    while isinstance(tree, Member | Call | Indexer | TypeTest):
        if isinstance(tree, Member) and tree.source is None:
            is_type = definitions().is_a(tree.name, "Resource")
            return tree.name if is_type else None
        tree = tree.operand if isinstance(tree, TypeTest) else tree.source
    return None


def _compile(tree: Syntax, root: str) -> tuple[Values, Pairs, frozenset[str]]:
    branches = _branches(tree)
    if len(branches) > 1:
        return _union([_compile(branch, root) for branch in branches])
    plan = _chain(tree, root)
    keys, types = plan.last, plan.types
    before = list(plan.steps)
    plan.close()
    return in_row(plan.steps), with_types(before, keys, plan.steps, types), types


def _union(parts: list[tuple[Values, Pairs, frozenset[str]]]) -> tuple[Values, Pairs, frozenset[str]]:
    types = frozenset(name for _, _, own in parts for name in own)

    def pairs(resource: dict[str, Any]) -> list[tuple[str, Any]]:
        found = [pair for _, own, _ in parts for pair in own(resource)]
        if len(found) < 2:
            return found
        nodes = comparing.distinct([Node(value, name) for name, value in found])
        return [(node.type, node.value) for node in nodes]

    plain = not (types & _DATES or any(is_quantity(name) for name in types))

    def values(resource: dict[str, Any]) -> list[Any]:
        found: list[Any] = []
        for own, _, _ in parts:
            found += own(resource)
        if len(found) < 2:
            return found
        if plain and all(type(value) is str for value in found):
            return list(dict.fromkeys(found))
        return [value for _, value in pairs(resource)]

    return values, pairs, types


def _chain(tree: Any, root: str) -> Plan:
    match tree:
        case Special("this"):
            return Plan(frozenset({root}))
        case Member(None, name):
            plan = Plan(frozenset({root}))
            return plan if definitions().is_a(root, name) else member(plan, name)
        case Member(source, name):
            return member(_chain(source, root), name)
        case TypeTest("as", operand, name):
            return of_type(_chain(operand, root), name)
        case Indexer(source, Literal(index)) if type(index) is int:
            return position(_chain(source, root), index)
        case Call(source, name, arguments):
            plan = _chain(source, root) if source is not None else Plan(frozenset({root}))
            return _call(plan, name, arguments)
    raise NotSimple


def _call(plan: Plan, name: str, arguments: tuple[Syntax, ...]) -> Plan:
    match name, arguments:
        case "where", (criteria,):
            return keep(plan, _test(criteria, plan.types))
        case "extension", (Literal(url),) if isinstance(url, str):
            need_parts(plan.types)
            return keep(member(plan, "extension"), lambda item: item.get("url") == url)
        case "ofType", (Member(None, type_name),):
            return of_type(plan, type_name)
        case "as", (Member(None, type_name),) if not plan.repeats:
            return of_type(plan, type_name)
        case "first", ():
            return position(plan, 0)
        case "getResourceKey", () if not plan.steps and not plan.last:
            return _end(plan, lambda items: [item["id"] for item in items if "id" in item])
        case "getReferenceKey", () if plan.types == {"Reference"}:
            return _end(plan, lambda items: reference_keys(items, None))
        case "getReferenceKey", (Member(None, type_name),) if plan.types == {"Reference"}:
            return _end(plan, lambda items: reference_keys(items, type_name))
    raise NotSimple


def _end(plan: Plan, step: Step) -> Plan:
    plan.close()
    plan.steps.append(step)
    plan.types = frozenset({"String"})
    return plan


def need_parts(types: frozenset[str]) -> None:
    """Primitives keep their extensions elsewhere; contained resources have types that only the data knows."""
    if any(name in _MIXED or definitions().kind(name) == "primitive-type" or name == "String" for name in types):
        raise NotSimple


def member(plan: Plan, name: str) -> Plan:
    """The step to an element."""
    if plan.types & (_MIXED - {"Resource", "DomainResource"}) or (plan.types & _MIXED and (plan.steps or plan.last)):
        raise NotSimple
    known = definitions()
    keys: dict[str, str] = {}
    for type_name in plan.types:
        if known.kind(type_name) == "primitive-type" or type_name == "String":
            raise NotSimple
        for key, content in member_keys(type_name, name):
            if keys.setdefault(key, content) != content:
                raise NotSimple
            element = known.element(type_name, key)
            plan.repeats = plan.repeats or element is None or element.repeats
    if not keys:
        raise NotSimple
    plan.close()
    plan.last = tuple(keys.items())
    plan.types = frozenset(keys.values())
    return plan


def of_type(plan: Plan, name: str) -> Plan:
    """Of the last element only what is of this type."""
    namespace, bare = resolve_type(name)
    if namespace != "FHIR" or plan.types & _MIXED or not plan.last:
        raise NotSimple
    known = definitions()
    kept = tuple(
        (key, content)
        for key, content in plan.last
        if (content == bare if known.kind(content) == "primitive-type" else known.is_a(content, bare))
    )
    if not kept:
        raise NotSimple
    plan.last = kept
    plan.types = frozenset(content for _, content in kept)
    return plan


def position(plan: Plan, index: int) -> Plan:
    """Only the item at a place, counted from 0."""
    if plan.last:
        plan.steps.append(get_complete(plan.last))
        plan.last = ()
    plan.steps.append(lambda items: items[index : index + 1])
    plan.repeats = False
    return plan


def keep(plan: Plan, test: Test) -> Plan:
    """Only the items of which the test is true."""
    need_parts(plan.types)
    plan.close()
    plan.steps.append(lambda items: [item for item in items if test(item)])
    return plan


def _test(tree: Syntax, types: frozenset[str]) -> Test:
    """A condition on one item."""
    need_parts(types)
    match tree:
        case Binary("and", left, right):
            one, other = _test(left, types), _test(right, types)
            return lambda item: one(item) and other(item)
        case Binary("or", left, right):
            one, other = _test(left, types), _test(right, types)
            return lambda item: one(item) or other(item)
        case Binary("=", left, Literal(value)) if isinstance(value, str | bool):
            return _equality(left, value, types)
        case TypeTest("is", Call(None, "resolve", ()), name) if (
            types == {"Reference"} and name in definitions().resource_types
        ):
            return is_reference_to(name)
        case Call(source, "exists", ()) if source is not None:
            return _existence(source, types)
    raise NotSimple


def _relative(tree: Syntax, types: frozenset[str]) -> tuple[Values, frozenset[str]]:
    if len(types) != 1 or isinstance(tree, Binary):
        raise NotSimple
    values, _, found = _compile(tree, next(iter(types)))
    return values, found


def _equality(left: Syntax, value: str | bool, types: frozenset[str]) -> Test:
    if len(types) != 1:
        raise NotSimple
    plan = _chain(left, next(iter(types)))
    if not plan.types <= (TEXTS if isinstance(value, str) else {"boolean"}):
        raise NotSimple
    if not plan.steps and len(plan.last) == 1 and not plan.repeats:
        key = plan.last[0][0]
        return lambda item: item.get(key) == value
    plan.close()
    values = in_row(plan.steps)

    def test(item: dict[str, Any]) -> bool:
        found = values(item)
        return len(found) == 1 and found[0] == value

    return test


def _existence(source: Syntax, types: frozenset[str]) -> Test:
    values, found = _relative(source, types)
    need_parts(found)
    return lambda item: bool(values(item))
