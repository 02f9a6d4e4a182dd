"""Equality, equivalence and order of items and collections."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.nodes import Node, system_value
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.temporal import Temporal

_SPACES = re.compile(r"\s+")
_WIDEST_ZONES = (14 * 60, -12 * 60)


def equal_collections(left: list[Any], right: list[Any]) -> bool | None:
    """`=`: same items in the same order; None (empty) when a side is empty or it cannot be known."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    unknown = False
    for one, other in zip(left, right, strict=True):
        same = equal(one, other)
        if same is False:
            return False
        unknown = unknown or same is None
    return None if unknown else True


def equal(left: Any, right: Any) -> bool | None:
    """Equality of two items; None where dates of different precision or zones leave it open."""
    one, other = system_value(left), system_value(right)
    if isinstance(one, Node) or isinstance(other, Node):
        return isinstance(one, Node) and isinstance(other, Node) and one.value == other.value
    if isinstance(one, str) and isinstance(other, Temporal):
        one = Temporal.read(one, other.kind) or one
    elif isinstance(other, str) and isinstance(one, Temporal):
        other = Temporal.read(other, one.kind) or other
    if isinstance(one, Temporal) and isinstance(other, Temporal):
        order = compare_temporal(one, other)
        return order if order is None or isinstance(order, bool) else order == 0
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    one, other = _as_quantities(one, other)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return equal_quantities(one, other)
    return bool(one == other)


def _as_quantities(one: Any, other: Any) -> tuple[Any, Any]:
    if isinstance(one, Quantity) and isinstance(other, int | Decimal):
        return one, Quantity(Decimal(other))
    if isinstance(other, Quantity) and isinstance(one, int | Decimal):
        return Quantity(Decimal(one)), other
    return one, other


def equal_quantities(one: Quantity, other: Quantity) -> bool | None:
    """None when a calendar duration meets a UCUM one that is not exact (1 year, 1 'a') or the units do not fit."""
    if one.unit == other.unit:
        return one.value == other.value
    if not one.comparable(other):
        return None if {one.unit, other.unit} & {"year", "month"} else False
    return one.base() == other.base()


def compare_temporal(one: Temporal, other: Temporal) -> int | bool | None:
    """-1, 0, 1; None when the precision or a missing zone leaves it open; False when they are not comparable."""
    if (one.kind == "Time") != (other.kind == "Time"):
        return False
    if one.zone is not None and other.zone is not None:
        one, other = _same_zone(one, other)
    elif (one.zone is None) != (other.zone is None) and min(len(one.parts), len(other.parts)) > 3:
        return _compare_open_zone(one, other)
    for mine, theirs in zip(one.parts, other.parts, strict=False):
        if mine != theirs:
            return -1 if mine < theirs else 1
    return 0 if len(one.parts) == len(other.parts) else None


def _same_zone(one: Temporal, other: Temporal) -> tuple[Temporal, Temporal]:
    if one.zone == other.zone or min(len(one.parts), len(other.parts)) < 4:
        return one, other
    return _utc(one), _utc(other)


def _utc(value: Temporal) -> Temporal:
    moved = Temporal(value.kind, value.parts, None).plus(Decimal(-(value.zone or 0)), "minute")
    return moved or value


def _compare_open_zone(one: Temporal, other: Temporal) -> int | None:
    earliest, latest = _WIDEST_ZONES
    if one.seconds(latest) < other.seconds(earliest):
        return -1
    return 1 if one.seconds(earliest) > other.seconds(latest) else None


def compare(left: Any, right: Any) -> int | None:
    """Order of two items: -1, 0, 1, or None where it cannot be known. Raises PathError for what has no order."""
    one, other = system_value(left), system_value(right)
    if isinstance(one, str) and isinstance(other, Temporal):
        one = Temporal.read(one, other.kind) or one
    elif isinstance(other, str) and isinstance(one, Temporal):
        other = Temporal.read(other, one.kind) or other
    if isinstance(one, Temporal) and isinstance(other, Temporal):
        order = compare_temporal(one, other)
        if order is False:
            raise not_comparable()
        return order
    one, other = _as_quantities(one, other)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _sign(one.base(), other.base()) if one.comparable(other) else None
    if _are_numbers(one, other) or (isinstance(one, str) and isinstance(other, str)):
        return _sign(one, other)
    raise not_comparable()


def not_comparable() -> PathError:
    """Both sides exist and cannot be put in order."""
    return PathError("hai giá trị không cùng kiểu nên không so sánh được.")


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values)


def _sign(one: Any, other: Any) -> int:
    return (one > other) - (one < other)


def equivalent_collections(left: list[Any], right: list[Any]) -> bool:
    """`~`: the same items in any order; two empty collections are equivalent."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for one in left:
        found = next((index for index, other in enumerate(rest) if equivalent(one, other)), None)
        if found is None:
            return False
        del rest[found]
    return True


def equivalent(left: Any, right: Any) -> bool:
    """Equivalence of two items: case and spaces of text, precision of numbers and element order do not count."""
    one, other = system_value(left), system_value(right)
    if isinstance(one, Node) or isinstance(other, Node):
        return isinstance(one, Node) and isinstance(other, Node) and _alike(one.value, other.value)
    if isinstance(one, str) and isinstance(other, str):
        return _loose(one) == _loose(other)
    if _are_numbers(one, other):
        return _equal_loosely(Decimal(one), Decimal(other))
    one, other = _as_quantities(one, other)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _equivalent_quantities(one, other)
    return equal(one, other) is True


def _equivalent_quantities(one: Quantity, other: Quantity) -> bool:
    if {one.unit, other.unit} in ({"year", "a"}, {"month", "mo"}) or one.unit == other.unit:
        return _equal_loosely(one.value, other.value)
    if not one.comparable(other):
        return False
    # Both in the coarser unit, so that "4 'g'" keeps its precision beside "4040 'mg'".
    if one.scale().factor < other.scale().factor:
        one, other = other, one
    return _equal_loosely(one.value, other.base() / one.scale().factor)


def _equal_loosely(one: Decimal, other: Decimal) -> bool:
    """Equal when rounded to the precision of the less precise one; trailing zeros are no precision."""
    places = min(_places(one), _places(other))
    step = Decimal(1).scaleb(-places)
    return one.quantize(step, ROUND_HALF_UP) == other.quantize(step, ROUND_HALF_UP)


def _places(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _loose(text: str) -> str:
    return _SPACES.sub(" ", text.strip()).casefold()


def _alike(one: Any, other: Any) -> bool:
    """Equivalence of JSON: keys alike (ids do not count), lists in any order."""
    if isinstance(one, dict) and isinstance(other, dict):
        mine, theirs = one.keys() - {"id"}, other.keys() - {"id"}
        return mine == theirs and all(_alike(one[key], other[key]) for key in mine)
    if isinstance(one, list) and isinstance(other, list):
        return equivalent_collections([Node(item, "") for item in one], [Node(item, "") for item in other])
    if isinstance(one, str) and isinstance(other, str):
        return _loose(one) == _loose(other)
    return bool(one == other)


class Distinct:
    """Collects items without repetitions, first ones in order."""

    __slots__ = ("_others", "_seen", "items")

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._seen: set[tuple[str, Any]] = set()
        self._others: list[Any] = []

    def add(self, item: Any) -> bool:
        """True when the item is new."""
        key = _hash_key(item)
        if key is not None:
            if key in self._seen:
                return False
            self._seen.add(key)
        else:
            if any(equal(item, other) for other in self._others):
                return False
            self._others.append(item)
        self.items.append(item)
        return True


def distinct(items: list[Any]) -> list[Any]:
    """Without repetitions, first ones kept in order."""
    if len(items) < 2:
        return list(items)
    found = Distinct()
    for item in items:
        found.add(item)
    return found.items


def _hash_key(item: Any) -> tuple[str, Any] | None:
    """A key for items whose equality is plain (text, whole numbers, true and false), None for the others."""
    value = item.value if type(item) is Node and item.type not in ("date", "dateTime", "instant", "time") else item
    if isinstance(value, bool):
        return "b", value
    if isinstance(value, str):
        return "s", value
    if isinstance(value, int | Decimal):
        return "n", Decimal(value)
    return None


def contains(items: list[Any], item: Any) -> bool:
    """True when one of the items equals `item`."""
    return any(equal(item, other) for other in items)
