"""The operators between two collections."""

from __future__ import annotations  # closures are made by the thousand: each would hold types of its own

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from ansinh.fhir.path import comparing
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.scope import boolean, single, text_of, truth
from ansinh.fhir.path.temporal import Temporal

_LARGEST = 2**63 - 1
_MOST_DIGITS = 30

Operator = Callable[[list[Any], list[Any]], list[Any]]


def _equals(left: list[Any], right: list[Any]) -> list[Any]:
    return boolean(comparing.equal_collections(left, right))


def _differs(left: list[Any], right: list[Any]) -> list[Any]:
    same = comparing.equal_collections(left, right)
    return [] if same is None else [not same]


def _ordered(test: Callable[[int], bool]) -> Operator:
    def operator(left: list[Any], right: list[Any]) -> list[Any]:
        one, other = single(left), single(right)
        if one is None or other is None:
            return []
        order = comparing.compare(one, other)
        return [] if order is None else [test(order)]

    return operator


def _in(left: list[Any], right: list[Any]) -> list[Any]:
    if not left:
        return []
    single(left)
    return [comparing.contains(right, left[0])]


def _union(left: list[Any], right: list[Any]) -> list[Any]:
    return comparing.distinct(left + right)


def _and(left: list[Any], right: list[Any]) -> list[Any]:
    one, other = truth(left), truth(right)
    if one is False or other is False:
        return [False]
    return [] if one is None or other is None else [True]


def _or(left: list[Any], right: list[Any]) -> list[Any]:
    one, other = truth(left), truth(right)
    if one or other:
        return [True]
    return [] if one is None or other is None else [False]


def _xor(left: list[Any], right: list[Any]) -> list[Any]:
    one, other = truth(left), truth(right)
    return [] if one is None or other is None else [one != other]


def _implies(left: list[Any], right: list[Any]) -> list[Any]:
    one, other = truth(left), truth(right)
    if one is False or other:
        return [True]
    return [] if one is None or other is None else [False]


def _concatenate(left: list[Any], right: list[Any]) -> list[Any]:
    return [(text_of(left) or "") + (text_of(right) or "")]


def _arithmetic(calculate: Callable[[Any, Any], Any]) -> Operator:
    def operator(left: list[Any], right: list[Any]) -> list[Any]:
        one, other = single(left), single(right)
        if one is None or other is None:
            return []
        try:
            result = calculate(one, other)
        except (DecimalException, OverflowError, ZeroDivisionError):
            return []
        return [] if result is None or not _is_representable(result) else [result]

    return operator


def _is_representable(value: Any) -> bool:
    """Integers have 64 bits, decimals are finite; beyond that a result is empty, as the specification says."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, int) or abs(value) <= _LARGEST


def whole(value: Decimal) -> int:
    """The whole part; OverflowError for numbers whose digits would fill the memory (1e999999999)."""
    if value.adjusted() > _MOST_DIGITS:
        raise OverflowError
    return int(value)


def is_number(value: Any) -> bool:
    """True for Integer and Decimal."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _refuse(_one: Any, _other: Any) -> PathError:
    return PathError("phép tính không dùng được cho hai kiểu dữ liệu này.")


def _plus(one: Any, other: Any) -> Any:
    if is_number(one) and is_number(other):
        return one + other
    if isinstance(one, str) and isinstance(other, str):
        return one + other
    if isinstance(one, Temporal):
        return _move(one, other, 1)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return one.plus(other)
    raise _refuse(one, other)


def _minus(one: Any, other: Any) -> Any:
    if is_number(one) and is_number(other):
        return one - other
    if isinstance(one, Temporal):
        return _move(one, other, -1)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return one.plus(other, -1)
    raise _refuse(one, other)


def _move(moment: Temporal, amount: Any, sign: int) -> Temporal | None:
    if not isinstance(amount, Quantity) or amount.calendar_unit is None:
        raise PathError("chỉ cộng trừ ngày giờ với khoảng thời gian (ngày, tháng, năm, giờ…).")
    if amount.value.adjusted() > _MOST_DIGITS:
        return None
    return moment.plus(amount.value * sign, amount.calendar_unit)


def _times(one: Any, other: Any) -> Any:
    if is_number(one) and is_number(other):
        return one * other
    if isinstance(one, Quantity) or isinstance(other, Quantity):
        return _quantity(one, other).times(_quantity(other, one))
    raise _refuse(one, other)


def _divide(one: Any, other: Any) -> Any:
    if is_number(one) and is_number(other):
        return None if other == 0 else Decimal(one) / Decimal(other)
    if isinstance(one, Quantity) or isinstance(other, Quantity):
        divisor = _quantity(other, one)
        return None if divisor.value == 0 else _quantity(one, other).times(divisor, -1)
    raise _refuse(one, other)


def _quantity(value: Any, other: Any) -> Quantity:
    if isinstance(value, Quantity):
        return value
    if is_number(value):
        return Quantity(Decimal(value))
    raise _refuse(value, other)


def _whole_divide(one: Any, other: Any) -> Any:
    if not is_number(one) or not is_number(other):
        raise _refuse(one, other)
    return None if other == 0 else whole(Decimal(one) / Decimal(other))


def _modulo(one: Any, other: Any) -> Any:
    if not is_number(one) or not is_number(other):
        raise _refuse(one, other)
    if other == 0:
        return None
    rest = Decimal(one) % Decimal(other)
    return int(rest) if isinstance(one, int) and isinstance(other, int) else rest


OPERATORS: dict[str, Operator] = {
    "=": _equals,
    "!=": _differs,
    "~": lambda left, right: [comparing.equivalent_collections(left, right)],
    "!~": lambda left, right: [not comparing.equivalent_collections(left, right)],
    "<": _ordered(lambda order: order < 0),
    "<=": _ordered(lambda order: order <= 0),
    ">": _ordered(lambda order: order > 0),
    ">=": _ordered(lambda order: order >= 0),
    "in": _in,
    "contains": lambda left, right: _in(right, left),
    "|": _union,
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": _implies,
    "&": _concatenate,
    "+": _arithmetic(_plus),
    "-": _arithmetic(_minus),
    "*": _arithmetic(_times),
    "/": _arithmetic(_divide),
    "div": _arithmetic(_whole_divide),
    "mod": _arithmetic(_modulo),
}


def negate(operand: list[Any]) -> list[Any]:
    """Unary minus."""
    value = single(operand)
    if value is None:
        return []
    if isinstance(value, Quantity):
        return [Quantity(-value.value, value.unit)]
    if is_number(value):
        return [-value]
    raise PathError("dấu trừ chỉ dùng cho số.")
