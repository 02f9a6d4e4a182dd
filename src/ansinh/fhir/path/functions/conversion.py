"""toX() and convertsToX()."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ansinh.fhir.path.functions.registry import Scope, function
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.scope import single
from ansinh.fhir.path.temporal import Temporal

Items = list[Any]
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


def to_boolean(value: Any) -> bool | None:
    """None where there is no Boolean in it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return True if value == 1 else False if value == 0 else None
    if isinstance(value, str):
        folded = value.casefold()
        return True if folded in _TRUE else False if folded in _FALSE else None
    return None


def to_integer(value: Any) -> int | None:
    """None where there is no whole number in it."""
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else None


def to_decimal(value: Any) -> Decimal | None:
    """None where there is no number in it."""
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else None


def to_string(value: Any) -> str | None:
    """The text form of a System value; None for elements with parts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 100 else str(value)
    return str(value) if isinstance(value, str | int | Temporal | Quantity) else None


def to_quantity(value: Any, unit: Any = None) -> Quantity | None:
    """None where there is no quantity in it, or none that can be said in the unit."""
    if isinstance(value, str):
        value = Quantity.read(value)
    if isinstance(value, int | Decimal):
        value = Quantity(Decimal(value))
    if not isinstance(value, Quantity):
        return None
    if unit is None:
        return value
    return value.converted(unit) if isinstance(unit, str) else None


def to_date(value: Any) -> Temporal | None:
    """The date part, as precise as it is."""
    found = Temporal.read(value) if isinstance(value, str) else value
    if not isinstance(found, Temporal) or found.kind == "Time":
        return None
    return Temporal("Date", found.parts[:3])


def to_datetime(value: Any) -> Temporal | None:
    """A date becomes a dateTime of the same precision."""
    found = Temporal.read(value) if isinstance(value, str) else value
    if not isinstance(found, Temporal) or found.kind == "Time":
        return None
    return Temporal("DateTime", found.parts, found.zone)


def to_time(value: Any) -> Temporal | None:
    """None for what is no time of day."""
    found = Temporal.read(value, "Time") if isinstance(value, str) else value
    return found if isinstance(found, Temporal) and found.kind == "Time" else None


def _declare(name: str, convert: Callable[[Any], Any]) -> None:
    @function(f"to{name}")
    def _to(scope: Scope, focus: Items) -> Items:
        value = single(focus)
        found = None if value is None else convert(value)
        return [] if found is None else [found]

    @function(f"convertsTo{name}")
    def _converts(scope: Scope, focus: Items) -> Items:
        value = single(focus)
        return [] if value is None else [convert(value) is not None]


@function("toQuantity", 0, 1)
def _to_quantity(scope: Scope, focus: Items, unit: Items | None = None) -> Items:
    value = single(focus)
    found = None if value is None else to_quantity(value, single(unit) if unit else None)
    return [] if found is None else [found]


@function("convertsToQuantity", 0, 1)
def _converts_to_quantity(scope: Scope, focus: Items, unit: Items | None = None) -> Items:
    value = single(focus)
    return [] if value is None else [to_quantity(value, single(unit) if unit else None) is not None]


_declare("Boolean", to_boolean)
_declare("Integer", to_integer)
_declare("Long", to_integer)
_declare("Decimal", to_decimal)
_declare("String", to_string)
_declare("Date", to_date)
_declare("DateTime", to_datetime)
_declare("Time", to_time)
