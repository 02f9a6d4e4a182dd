"""`compile_path` and the `Path` that it gives."""

from collections.abc import Callable, Mapping
from decimal import DecimalException
from functools import lru_cache
from typing import Any

from ansinh.fhir.path import strictness
from ansinh.fhir.path.bare import NotSimple
from ansinh.fhir.path.compiler import build
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.fast import compile_fast
from ansinh.fhir.path.nodes import Node, node_of, plain, type_of
from ansinh.fhir.path.parser import parse
from ansinh.fhir.path.scope import Environment, Scope
from ansinh.fhir.path.syntax import with_constants
from ansinh.fhir.path.truths import compile_truth

Resolve = Callable[[str], dict[str, Any] | None]
MemberOf = Callable[[str | None, str, str], bool | None]
ConformsTo = Callable[[dict[str, Any], str], bool]
Trace = Callable[[str, list[Any]], None]


class Path:
    """A compiled expression; call it with a resource, or with any JSON element when its type is named."""

    __slots__ = ("_pairs", "_root", "_run", "_values", "expression", "root_type", "tree", "types")

    def __init__(self, expression: str, root_type: str = "", constants: Mapping[str, Any] | None = None):
        """`constants`: `%name`s that are known now and never change. Raises PathError."""
        self.expression = expression
        self.root_type = root_type
        try:
            self.tree = with_constants(parse(expression), constants or {})
            self._run = build(self.tree)
        except PathError as error:
            raise named(error, expression) from None
        except RecursionError:
            raise PathError("lồng nhau quá sâu.", code="syntax", expression=expression) from None
        fast = compile_fast(self.tree, root_type) or compile_truth(self.tree, root_type)
        self._values = fast.values if fast else None
        self._pairs = fast.pairs if fast else None
        self._root = fast.root if fast else ""
        self.types = fast.types if fast else frozenset()

    @property
    def is_simple(self) -> bool:
        """True when the path runs on bare JSON."""
        return self._values is not None

    def __repr__(self) -> str:
        return f"<Path {self.expression}>"

    def __call__(self, node: Any, **options: Any) -> list[Any]:
        """The values found, as JSON (dicts, text, numbers); dates as text, quantities as {value, unit}.

        Elements that have extensions but no value are left out. Options: see `items`. Raises PathError.
        """
        if not options and (told := self.at_once(node)) is not None:
            return told
        found = (plain(item) for item in self.items(node, **options))
        return [value for value in found if value is not None]

    def at_once(self, node: Any) -> list[Any] | None:
        """What a call gives when bare JSON alone tells it, else None: for rules (true, false or nothing)."""
        values, root = self._values, self._root
        if values is None or node.__class__ is not dict or (root and node.get("resourceType", self.root_type) != root):
            return None
        try:
            return values(node)
        except (NotSimple, AttributeError, TypeError, KeyError):
            return None  # data of an unexpected shape: the full evaluation knows what to make of it

    def typed(self, node: Any, **options: Any) -> list[tuple[str, Any]]:
        """As a call, with the type of each value before it: `Quantity`, `code`, for nested elements the path
        (`Observation.component`, which may be the `root_type` of a further path), `String` for a System value."""
        if self._pairs is not None and not options and self._fits(node):
            try:
                return self._pairs(node)
            except (NotSimple, AttributeError, TypeError, KeyError):
                pass
        pairs = ((_type_name(item), plain(item)) for item in self.items(node, **options))
        return [(name, value) for name, value in pairs if value is not None]

    def _fits(self, node: Any) -> bool:
        return type(node) is dict and (not self._root or node.get("resourceType", self.root_type) == self._root)

    def items(
        self,
        node: Any,
        *,
        context: Any = None,
        resource: Any = None,
        root: Any = None,
        resolve: Resolve | None = None,
        environment: Mapping[str, Any] | None = None,
        member_of: MemberOf | None = None,
        conforms_to: ConformsTo | None = None,
        trace: Trace | None = None,
        strict: bool = False,
    ) -> list[Any]:
        """The collection itself: `Node`s and System values.

        node: a resource, an element (type from `root_type`), or a Node. context: `%context`, the node by default.
        resource: `%resource`, the context when that is a resource. root: `%rootResource`, the container of a
        contained resource. environment: further `%name`s, each a value, a Node or a list. The hooks are described
        at `scope.Environment`.
        """
        focus = node_of(node, self.root_type)
        within = node_of(context) if context is not None else focus
        owner = node_of(resource) if resource is not None else within
        env = Environment(
            resource=owner,
            root=node_of(root) if root is not None else owner,
            context=within,
            variables={name: _collection(value) for name, value in (environment or {}).items()},
            resolve=resolve,
            member_of=member_of,
            conforms_to=conforms_to,
            trace=trace,
            strict=strict,
        )
        try:
            if strict and focus.type:
                strictness.check(self.tree, focus.type)
            return self._run(Scope(env, [focus], {}), [focus])
        except PathError as error:
            raise named(error, self.expression) from None
        except RecursionError:
            raise PathError("lồng nhau quá sâu.", expression=self.expression) from None
        except (DecimalException, OverflowError):
            raise PathError("số vượt quá giới hạn.", expression=self.expression) from None


def named(error: PathError, expression: str) -> PathError:
    """The same error saying which expression it is about."""
    if error.expression:
        return error
    return PathError(error.reason, code=error.code, expression=expression)


def _type_name(item: Any) -> str:
    return item.type if type(item) is Node and item.type else type_of(item)[1]


def _collection(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [item for entry in value for item in _collection(entry)]
    return [Node(value, "")] if isinstance(value, dict) and "resourceType" not in value else _item(value)


def _item(value: Any) -> list[Any]:
    return [] if value is None else [node_of(value) if isinstance(value, dict) else value]


@lru_cache(maxsize=8192)
def compile_path(expression: str, root_type: str = "") -> Path:
    """Compile once, use often. `root_type` names the type of elements that carry no resourceType and lets paths
    from them run fast. Raises PathError when the expression cannot be read."""
    return Path(expression, root_type)


def evaluate(expression: str, resource: Any, **options: Any) -> list[Any]:
    """`compile_path(expression)(resource, **options)`."""
    return compile_path(expression)(resource, **options)
