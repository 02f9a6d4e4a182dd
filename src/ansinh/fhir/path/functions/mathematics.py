"""Functions of numbers; all in Decimal with 28 digits, results that do not exist are empty."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Any

from ansinh.fhir.path.comparing import compare
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.functions.registry import Scope, function
from ansinh.fhir.path.operators import is_number, whole
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.scope import integer_of, single

Items = list[Any]


def _number(items: Items) -> Any:
    value = single(items)
    if value is None or is_number(value):
        return value
    raise PathError("cần một số.")


def _of_number(name: str, calculate: Callable[[Decimal], Any]) -> None:
    @function(name)
    def _function(scope: Scope, focus: Items) -> Items:
        value = _number(focus)
        if value is None:
            return []
        try:
            return _finite(calculate(Decimal(value)))
        except (DecimalException, OverflowError):
            return []


def _finite(value: Any) -> Items:
    """Empty for infinity, which FHIRPath does not know."""
    return [value] if not isinstance(value, Decimal) or value.is_finite() else []


def _root(value: Decimal) -> Decimal:
    return value.sqrt()


_of_number("ceiling", lambda value: whole(value.to_integral_value(ROUND_CEILING)))
_of_number("floor", lambda value: whole(value.to_integral_value(ROUND_FLOOR)))
_of_number("truncate", whole)
_of_number("exp", Decimal.exp)
_of_number("ln", Decimal.ln)
_of_number("sqrt", _root)


@function("abs")
def _abs(scope: Scope, focus: Items) -> Items:
    value = single(focus)
    if isinstance(value, Quantity):
        return [Quantity(abs(value.value), value.unit)]
    number = _number(focus)
    return [] if number is None else [abs(number)]


@function("round", 0, 1)
def _round(scope: Scope, focus: Items, places: Items | None = None) -> Items:
    value, digits = _number(focus), integer_of(places or []) or 0
    if value is None:
        return []
    if digits < 0:
        raise PathError("số chữ số thập phân không được âm.")
    try:
        return [Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)]
    except DecimalException:
        return [value]


@function("log", 1)
def _log(scope: Scope, focus: Items, base: Items) -> Items:
    value, of = _number(focus), _number(base)
    if value is None or of is None:
        return []
    try:
        found = Decimal(value).ln() / Decimal(of).ln()
    except DecimalException:
        return []
    if not found.is_finite():
        return []
    nearest = found.to_integral_value()
    return [nearest if abs(found - nearest) < Decimal("1e-20") else found]


@function("power", 1)
def _power(scope: Scope, focus: Items, exponent: Items) -> Items:
    value, power = _number(focus), _number(exponent)
    if value is None or power is None:
        return []
    try:
        found = Decimal(value) ** Decimal(power)
    except DecimalException:
        return []
    of_integers = isinstance(value, int) and isinstance(power, int) and power >= 0
    if not found.is_finite() or (of_integers and found.adjusted() > 18):
        return []
    return [whole(found) if of_integers else found]


def _total(focus: Items) -> Items:
    values = [_number([item]) for item in focus]
    return [sum(values)] if values else []


@function("sum")
def _sum(scope: Scope, focus: Items) -> Items:
    return _total(focus)


@function("avg")
def _avg(scope: Scope, focus: Items) -> Items:
    return [Decimal(_total(focus)[0]) / len(focus)] if focus else []


@function("min")
def _min(scope: Scope, focus: Items) -> Items:
    return _extreme(focus, -1)


@function("max")
def _max(scope: Scope, focus: Items) -> Items:
    return _extreme(focus, 1)


def _extreme(focus: Items, sign: int) -> Items:
    found = focus[:1]
    for item in focus[1:]:
        order = compare(item, found[0])
        if order is None:
            return []
        if order == sign:
            found = [item]
    return found
