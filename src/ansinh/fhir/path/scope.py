"""What an expression sees while it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.nodes import Node, system_value
from ansinh.kernel import clock

Closure = Callable[["Scope", list[Any]], list[Any]]


@dataclass(slots=True)
class Environment:
    """One evaluation.

    resource, root: `%resource` and `%rootResource` (the container, where the resource is contained).
    variables: `%name` → collection. resolve: reference text → resource or None. member_of: (system, code, value set
    URL) → True, False or None. conforms_to: (resource, profile URL) → bool. trace: called with (name, collection).
    strict: unknown elements and reliance on an order that JSON does not promise are errors.
    """

    resource: Node
    root: Node
    context: Node
    variables: Mapping[str, list[Any]] = field(default_factory=dict)
    resolve: Callable[[str], dict[str, Any] | None] | None = None
    member_of: Callable[[str | None, str, str], bool | None] | None = None
    conforms_to: Callable[[dict[str, Any], str], bool] | None = None
    trace: Callable[[str, list[Any]], None] | None = None
    strict: bool = False
    _now: datetime | None = None

    def now(self) -> datetime:
        """The moment of the evaluation, the same in all its parts."""
        if self._now is None:
            self._now = clock.now()
        return self._now


class Scope:
    """`$this`, `$index`, `$total` and the variables defined so far."""

    __slots__ = ("env", "index", "this", "total", "variables")

    def __init__(self, env: Environment, this: list[Any], variables: dict[str, list[Any]]):
        self.env = env
        self.this = this
        self.index = 0
        self.total: list[Any] = []
        self.variables = variables

    def item(self, item: Any, index: int) -> "Scope":
        """The scope of one iteration."""
        inner = Scope(self.env, [item], self.variables)
        inner.index = index
        inner.total = self.total
        return inner

    def fork(self) -> "Scope":
        """A scope whose definitions do not reach this one."""
        inner = Scope(self.env, self.this, dict(self.variables))
        inner.index = self.index
        inner.total = self.total
        return inner


def single(items: list[Any]) -> Any:
    """The System value (or element) of the only item; None for none. Raises PathError for more than one."""
    if not items:
        return None
    if len(items) > 1:
        raise PathError("cần nhiều nhất một giá trị nhưng có nhiều giá trị.")
    return system_value(items[0])


def truth(items: list[Any]) -> bool | None:
    """Singleton evaluation as Boolean: None for empty, True for one item that is no Boolean."""
    value = single(items)
    if value is None:
        return True if items else None
    return value if isinstance(value, bool) else True


def boolean(value: bool | None) -> list[Any]:
    """A collection of a truth value; empty for None."""
    return [] if value is None else [value]


def text_of(items: list[Any]) -> str | None:
    """The only item as text; None for none. Raises PathError when it is no text."""
    if not items:
        return None
    value = single(items)
    if type(items[0]) is Node and isinstance(items[0].value, str):
        return items[0].value
    if isinstance(value, str):
        return value
    if value is None:
        return None
    raise PathError("cần một chuỗi ký tự.")


def integer_of(items: list[Any]) -> int | None:
    """The only item as a whole number; None for none. Raises PathError otherwise."""
    value = single(items)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise PathError("cần một số nguyên.")
