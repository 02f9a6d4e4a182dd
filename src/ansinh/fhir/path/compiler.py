"""Turns the tree into closures `(scope, focus) -> collection`; names and functions are looked up once, here."""

from __future__ import annotations  # closures are made by the thousand: each would hold types of its own

from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.functions import FUNCTIONS, Function
from ansinh.fhir.path.functions.filtering import sort
from ansinh.fhir.path.functions.resources import reference_key
from ansinh.fhir.path.nodes import Node, is_known_type
from ansinh.fhir.path.operators import OPERATORS, negate
from ansinh.fhir.path.scope import Closure, Scope, integer_of
from ansinh.fhir.path.syntax import (
    Binary,
    Call,
    Empty,
    Indexer,
    Literal,
    Member,
    Special,
    Syntax,
    TypeTest,
    Unary,
    Variable,
)
from ansinh.fhir.path.types import is_exactly, is_type, resolve_type

_TYPE_FUNCTIONS = frozenset({"is", "as", "ofType"})
_NAMED = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_VALUE_SET = "http://hl7.org/fhir/ValueSet/"
_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"


def build(tree: Syntax) -> Closure:
    """The closure of a tree. Raises PathError for unknown functions and types and wrong numbers of arguments."""
    match tree:
        case Literal(value):
            return _constant([value])
        case Empty():
            return _constant([])
        case Special(name):
            return _special(name)
        case Variable(name):
            return _variable(name)
        case Member(None, name):
            return _head(name)
        case Member(Syntax() as source, name):
            return _chain(source, _member(name))
        case Call(source, name, arguments):
            return _call(source, name, arguments)
        case Indexer(source, index):
            return _indexer(build(source), _forked(index))
        case Unary(operator, operand):
            inner = build(operand)
            return (lambda scope, focus: negate(inner(scope, focus))) if operator == "-" else inner
        case Binary(operator, left, right):
            return _binary(operator, left, right)
        case TypeTest(operator, operand, type_name):
            # R4's search parameters say `(a.b as Quantity)` where b repeats, so the operator filters.
            return _type_function(build(operand), operator, type_name, lenient=True)
    raise AssertionError(tree)


def _constant(items: list[Any]) -> Closure:
    return lambda scope, focus: list(items)


def _special(name: str) -> Closure:
    if name == "this":
        return lambda scope, focus: scope.this
    if name == "index":
        return lambda scope, focus: [scope.index]
    return lambda scope, focus: scope.total


def _variable(name: str) -> Closure:
    fixed = _NAMED.get(name)
    if name.startswith("vs-"):
        fixed = _VALUE_SET + name[3:]
    elif name.startswith("ext-"):
        fixed = _STRUCTURE + name[4:]
    if fixed is not None:
        return _constant([fixed])
    if name in ("resource", "context"):
        return lambda scope, focus: [getattr(scope.env, name)]
    if name == "rootResource":
        return lambda scope, focus: [scope.env.root]

    def variable(scope: Scope, focus: list[Any]) -> list[Any]:
        if name in scope.variables:
            return scope.variables[name]
        if name in scope.env.variables:
            return list(scope.env.variables[name])
        raise PathError(f"không có biến %{name}.", code="semantic")

    return variable


def _chain(source: Syntax, step: Closure) -> Closure:
    inner = build(source)
    return lambda scope, focus: step(scope, inner(scope, focus))


def _member(name: str) -> Closure:
    def member(scope: Scope, focus: list[Any]) -> list[Any]:
        found: list[Any] = []
        for item in focus:
            if type(item) is Node:
                if scope.env.strict:
                    _check_member(item, name)
                found += item.members(name)
        return found

    return member


def _check_member(item: Node, name: str) -> None:
    if is_known_type(item.type) and name not in definitions().children(item.type):
        raise PathError(f"{item.type} không có phần tử “{name}”.", code="semantic")


def _head(name: str) -> Closure:
    """The first name of a path: a type that the items are of (`Patient.name`), else a member of them."""
    member = _member(name)
    if definitions().kind(name) in ("", "primitive-type"):  # `code` is an element far more often than a type
        return member

    def head(scope: Scope, focus: list[Any]) -> list[Any]:
        found = [item for item in focus if type(item) is Node and definitions().is_a(item.type, name)]
        return found or member(scope, focus)

    return head


def _indexer(source: Closure, index: Closure) -> Closure:
    def indexer(scope: Scope, focus: list[Any]) -> list[Any]:
        items = source(scope, focus)
        position = integer_of(index(scope, scope.this))
        if position is None or position < 0:
            return []
        return items[position : position + 1]

    return indexer


def _binary(operator: str, left: Syntax, right: Syntax) -> Closure:
    one, other, apply = _forked(left), _forked(right), OPERATORS[operator]
    if operator in ("and", "or", "implies"):
        # The right side is not evaluated when the left decides, so `a.exists() and a > 1` asks once.
        decided = operator != "and"

        def short(scope: Scope, focus: list[Any]) -> list[Any]:
            found = one(scope, focus)
            if len(found) == 1 and _is(found[0], not decided if operator == "implies" else decided):
                return [decided]
            return apply(found, other(scope, focus))

        return short
    return lambda scope, focus: apply(one(scope, focus), other(scope, focus))


def _is(item: Any, value: bool) -> bool:
    return item is value or (type(item) is Node and item.value is value)


def _defines(tree: Any) -> bool:
    """True when a variable is defined anywhere in the tree."""
    if isinstance(tree, Call) and tree.name == "defineVariable":
        return True
    if isinstance(tree, tuple):
        return any(_defines(item) for item in tree)
    if isinstance(tree, Syntax) and not isinstance(tree, Literal):
        parts: tuple[str, ...] = tuple(type(tree).__slots__)
        return any(_defines(getattr(tree, part)) for part in parts)
    return False


def _forked(tree: Syntax) -> Closure:
    """A part whose definitions stay in it: an operand, an argument."""
    inner = build(tree)
    if not _defines(tree):
        return inner
    return lambda scope, focus: inner(scope.fork(), focus)


def _call(source: Syntax | None, name: str, arguments: tuple[Syntax, ...]) -> Closure:
    focus_of = build(source) if source is not None else (lambda scope, focus: focus)
    if name in _TYPE_FUNCTIONS:
        if len(arguments) != 1:
            raise _wrong_count(name)
        # R4's own invariant dom-3 says `descendants().as(canonical)`: what is of mixed types is filtered.
        mixed = isinstance(source, Call) and source.name in ("children", "descendants")
        return _type_function(focus_of, name, _type_specifier(arguments[0]), lenient=mixed)
    if name == "sort":
        return _sort(focus_of, arguments)
    if name == "getReferenceKey":
        return _reference_key(focus_of, arguments)
    function = FUNCTIONS.get(name)
    if function is None:
        raise PathError(f"không có hàm {name}().", code="semantic")
    if not function.least <= len(arguments) <= function.most:
        raise _wrong_count(name)
    return _apply(function, focus_of, [_forked(argument) for argument in arguments])


def _wrong_count(name: str) -> PathError:
    return PathError(f"hàm {name}() có số tham số không đúng.", code="semantic")


def _apply(function: Function, focus_of: Closure, arguments: list[Closure]) -> Closure:
    body = function.body
    if function.lazy:
        return lambda scope, focus: body(scope, focus_of(scope, focus), *arguments)
    if not arguments:
        return lambda scope, focus: body(scope, focus_of(scope, focus))

    def eager(scope: Scope, focus: list[Any]) -> list[Any]:
        items = focus_of(scope, focus)
        return body(scope, items, *[argument(scope, scope.this) for argument in arguments])

    return eager


def _type_specifier(tree: Syntax) -> str:
    if isinstance(tree, Literal) and isinstance(tree.value, str):
        return tree.value
    if isinstance(tree, Member) and tree.source is None:
        return tree.name
    if isinstance(tree, Member) and isinstance(tree.source, Member) and tree.source.source is None:
        return f"{tree.source.name}.{tree.name}"
    raise PathError("cần tên một kiểu dữ liệu.", code="semantic")


def _type_function(focus_of: Closure, name: str, type_name: str, *, lenient: bool) -> Closure:
    specifier = resolve_type(type_name)

    def test(scope: Scope, focus: list[Any]) -> list[Any]:
        items = focus_of(scope, focus)
        if len(items) > 1:
            raise PathError("“is” cần nhiều nhất một giá trị.")
        return [is_type(item, specifier) for item in items]

    def cast(scope: Scope, focus: list[Any]) -> list[Any]:
        items = focus_of(scope, focus)
        if len(items) > 1 and name == "as" and not lenient:
            raise PathError("as() cần nhiều nhất một giá trị; hãy dùng ofType().")
        return [item for item in items if is_exactly(item, specifier)]

    return test if name == "is" else cast


def _sort(focus_of: Closure, arguments: tuple[Syntax, ...]) -> Closure:
    keys = [
        (_forked(tree.operand), tree.operator) if isinstance(tree, Unary) else (_forked(tree), "") for tree in arguments
    ]
    return lambda scope, focus: sort(scope, focus_of(scope, focus), keys)


def _reference_key(focus_of: Closure, arguments: tuple[Syntax, ...]) -> Closure:
    type_name = _type_specifier(arguments[0]) if arguments else None

    def key(scope: Scope, focus: list[Any]) -> list[Any]:
        keys = [reference_key(item.value, type_name) for item in focus_of(scope, focus) if type(item) is Node]
        return [found for found in keys if found is not None]

    return key
