"""Precision of values and the limits of what they can mean."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.functions.registry import Scope, function
from ansinh.fhir.path.operators import is_number
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.scope import integer_of, single
from ansinh.fhir.path.temporal import Temporal

Items = list[Any]
_MOST_DIGITS = 28
_DEFAULT_DIGITS = 8


@function("lowBoundary", 0, 1)
def _low(scope: Scope, focus: Items, precision: Items | None = None) -> Items:
    return _boundary(focus, precision, upper=False)


@function("highBoundary", 0, 1)
def _high(scope: Scope, focus: Items, precision: Items | None = None) -> Items:
    return _boundary(focus, precision, upper=True)


def _boundary(focus: Items, precision: Items | None, *, upper: bool) -> Items:
    value, digits = single(focus), integer_of(precision or [])
    if value is None:
        return []
    if isinstance(value, Temporal):
        found = value.boundary(upper, digits)
        return [] if found is None else [found]
    if isinstance(value, Quantity):
        limit = decimal_boundary(value.value, upper, digits)
        return [] if limit is None else [Quantity(limit, value.unit)]
    if is_number(value):
        limit = decimal_boundary(Decimal(value), upper, digits)
        return [] if limit is None else [limit]
    raise PathError("chỉ số, đại lượng và ngày giờ mới có cận.")


def decimal_boundary(value: Decimal, upper: bool, digits: int | None = None) -> Decimal | None:
    """Half a unit of the last written digit above or below, rounded outwards to `digits` decimals; None when FHIR
    has no such precision (below 0 or above 28)."""
    digits = _DEFAULT_DIGITS if digits is None else digits
    if not 0 <= digits <= _MOST_DIGITS:
        return None
    half = Decimal(5).scaleb(min(0, int(value.as_tuple().exponent)) - 1)
    limit = value + half if upper else value - half
    return limit.quantize(Decimal(1).scaleb(-digits), ROUND_CEILING if upper else ROUND_FLOOR)


@function("precision")
def _precision(scope: Scope, focus: Items) -> Items:
    value = single(focus)
    if value is None:
        return []
    if isinstance(value, Temporal):
        return [value.precision()]
    if is_number(value):
        return [max(0, -int(Decimal(value).as_tuple().exponent))]
    raise PathError("chỉ số và ngày giờ mới có độ chính xác.")


def _component(name: str, kinds: tuple[str, ...], index: int) -> None:
    """Declare `yearOf` and its kin: one component of a date or time."""

    @function(name)
    def _function(scope: Scope, focus: Items) -> Items:
        value = single(focus)
        if not isinstance(value, Temporal) or value.kind not in kinds:
            return []
        at = index - value.offset
        return [int(value.parts[at])] if 0 <= at < len(value.parts) else []


for _position, _name in enumerate(("yearOf", "monthOf", "dayOf")):
    _component(_name, ("Date", "DateTime"), _position)
for _position, _name in enumerate(("hourOf", "minuteOf", "secondOf"), start=3):
    _component(_name, ("DateTime", "Time"), _position)


@function("millisecondOf")
def _millisecond(scope: Scope, focus: Items) -> Items:
    value = single(focus)
    if not isinstance(value, Temporal) or value.offset + len(value.parts) < 6:
        return []
    second = Decimal(value.parts[-1])
    return [int((second - int(second)) * 1000)] if int(second.as_tuple().exponent) < 0 else []


@function("dateOf")
def _date_of(scope: Scope, focus: Items) -> Items:
    value = single(focus)
    return [Temporal("Date", value.parts[:3])] if isinstance(value, Temporal) and value.kind != "Time" else []


@function("timeOf")
def _time_of(scope: Scope, focus: Items) -> Items:
    value = single(focus)
    if not isinstance(value, Temporal) or value.kind != "DateTime" or len(value.parts) < 4:
        return []
    return [Temporal("Time", value.parts[3:])]


@function("timezoneOffsetOf")
def _zone_of(scope: Scope, focus: Items) -> Items:
    value = single(focus)
    if not isinstance(value, Temporal) or value.zone is None:
        return []
    return [Decimal(value.zone) / 60]
