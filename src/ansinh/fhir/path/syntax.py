"""The tree that the parser makes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


class Syntax:
    """Any node of the tree."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Literal(Syntax):
    """A System value (str, bool, int, Decimal, Temporal, Quantity)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Empty(Syntax):
    """`{}`."""


@dataclass(frozen=True, slots=True)
class Special(Syntax):
    """`$this`, `$index`, `$total`; name without the dollar."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable(Syntax):
    """`%name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Member(Syntax):
    """`source.name`; source None at the start of a path."""

    source: Syntax | None
    name: str


@dataclass(frozen=True, slots=True)
class Call(Syntax):
    """`source.name(arguments)`; source None at the start of a path."""

    source: Syntax | None
    name: str
    arguments: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class Indexer(Syntax):
    """`source[index]`."""

    source: Syntax
    index: Syntax


@dataclass(frozen=True, slots=True)
class Unary(Syntax):
    """`+operand`, `-operand`; as a key of sort also `operand asc`, `operand desc`."""

    operator: str
    operand: Syntax


@dataclass(frozen=True, slots=True)
class Binary(Syntax):
    """`left operator right`."""

    operator: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, slots=True)
class TypeTest(Syntax):
    """`operand is type` or `operand as type`; type with its namespace where one was written."""

    operator: str
    operand: Syntax
    type_name: str


def with_constants(tree: Any, constants: Mapping[str, Any]) -> Any:
    """The tree with `%name`s replaced by literals."""
    if not constants:
        return tree
    if isinstance(tree, Variable):
        return Literal(constants[tree.name]) if tree.name in constants else tree
    if isinstance(tree, tuple):
        return tuple(with_constants(item, constants) for item in tree)
    if isinstance(tree, Literal | Empty | Special) or not isinstance(tree, Syntax):
        return tree
    parts = {part.name: with_constants(getattr(tree, part.name), constants) for part in fields(tree)}  # type: ignore[arg-type]
    return replace(tree, **parts)  # type: ignore[type-var]


def variables(tree: Any) -> frozenset[str]:
    """Names of all `%name`s in the tree."""
    if isinstance(tree, Variable):
        return frozenset({tree.name})
    if isinstance(tree, tuple):
        return frozenset(name for item in tree for name in variables(item))
    if isinstance(tree, Literal) or not isinstance(tree, Syntax):
        return frozenset()
    return frozenset(name for part in fields(tree) for name in variables(getattr(tree, part.name)))  # type: ignore[arg-type]
