"""How functions are declared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.path.scope import Closure, Scope

Body = Callable[..., list[Any]]


@dataclass(frozen=True, slots=True)
class Function:
    """lazy: arguments come as closures and are evaluated per item; else as collections, evaluated on `$this`."""

    name: str
    body: Body
    least: int
    most: int
    lazy: bool


FUNCTIONS: dict[str, Function] = {}


def function(name: str, least: int = 0, most: int | None = None, *, lazy: bool = False) -> Callable[[Body], Body]:
    """Declare `body(scope, focus, *arguments)` as the FHIRPath function `name`."""

    def declare(body: Body) -> Body:
        FUNCTIONS[name] = Function(name, body, least, least if most is None else most, lazy)
        return body

    return declare


__all__ = ["FUNCTIONS", "Closure", "Function", "Scope", "function"]
