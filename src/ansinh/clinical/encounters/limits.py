"""What nobody can have been measured: values outside physical limits, and pairs in the wrong order.

    definitions/catalogues/vital-limits.yaml ─► limits() ─► impossible_values(Observation) ─► problems

Asked of every Observation at every door. The narrower ranges of the pages (`vital-ranges.yaml`) are a convention of
the house against slips of the finger: outside them the door only warns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.encounters.queries import vitals
from ansinh.fhir.path.units import scale
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.shapes import COUNT, TEXT, misfits

Resource = dict[str, Any]

_FILE = "vital-limits"
_LIMIT = {"label": TEXT, "loinc": [TEXT], "ucum": TEXT, "min?": COUNT, "max?": COUNT, "reason": TEXT}
_ORDER = {"greater": TEXT, "smaller": TEXT, "label": TEXT, "reason": TEXT}
_SHAPE = {"id": TEXT, "title": TEXT, "source": TEXT, "limits": [_LIMIT], "orders": [_ORDER]}
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_MISTAKES = ("entered-in-error", "cancelled")


@dataclass(frozen=True, slots=True)
class Limit:
    """Both ends belong to what is possible; None: open. ucum: the unit of the ends."""

    label: str
    ucum: str
    low: Decimal | None
    high: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Order:
    """Codes of which one cannot be less than the other in the same observation."""

    greater: str
    smaller: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """limits: by LOINC code."""

    limits: Mapping[str, Limit]
    orders: tuple[Order, ...]


@cache
def limits() -> Limits:
    """The file of this node; nothing is limited without one. Raises Invalid naming what is wrong with it."""
    path = settings.DEFINITIONS / "catalogues" / f"{_FILE}.yaml"
    return read(yaml.document(path)) if path.exists() else Limits({}, ())


def read(data: Any) -> Limits:
    """What a file says. Raises Invalid."""
    for place, what in misfits(data, _SHAPE):
        raise Invalid(f"{_FILE}.yaml, {place or 'tệp'}: {what}.", field=place)
    found = {code: _limit(one) for one in data["limits"] for code in one["loinc"]}
    return Limits(found, tuple(Order(**one) for one in data["orders"]))


def _limit(data: dict[str, Any]) -> Limit:
    low, high = (Decimal(str(data[name])) if name in data else None for name in ("min", "max"))
    if low is not None and high is not None and low > high:
        raise Invalid(f"{_FILE}.yaml, {data['label']}: min lớn hơn max.", field="min")
    return Limit(data["label"], data["ucum"], low, high, data["reason"])


def impossible_values(observation: Resource) -> Iterator[Problem]:
    """Errors for what cannot be, warnings for what is outside the ranges of the house. What was a mistake is passed
    over, so that it can be taken back."""
    if observation.get("status") in _MISTAKES:
        return
    measured: dict[str, tuple[Decimal, str]] = {}
    for codes, quantity, place in _measured(observation):
        for code in codes:
            limit = limits().limits.get(code)
            value = None if limit is None else _in_unit(quantity, limit.ucum)
            if limit is None or value is None:
                continue
            measured[code] = value, place
            yield from _outside(code, limit, value, place)
    yield from _disordered(measured)


def _measured(observation: Resource) -> Iterator[tuple[list[str], Resource, str]]:
    """(LOINC codes, quantity, place) of the observation itself and of each component."""
    parts = [(observation, "Observation")]
    parts += [(one, f"Observation.component[{number}]") for number, one in enumerate(observation.get("component", ()))]
    for part, place in parts:
        if "valueQuantity" in part:
            coding = part.get("code", {}).get("coding", ())
            codes = [one["code"] for one in coding if one.get("system") == _LOINC and "code" in one]
            yield codes, part["valueQuantity"], f"{place}.valueQuantity.value"


def _in_unit(quantity: Resource, ucum: str) -> Decimal | None:
    """The amount in this unit; None where it has none, or one of another kind (degrees with an offset are)."""
    value, unit = quantity.get("value"), quantity.get("code")
    if value is None or quantity.get("system") != _UCUM or "comparator" in quantity:
        return None
    number = Decimal(str(value))
    if unit == ucum:
        return number
    own, wanted = scale(str(unit)), scale(ucum)
    return number * own.factor / wanted.factor if own.dimensions == wanted.dimensions else None


def _outside(code: str, limit: Limit, value: Decimal, place: str) -> Iterator[Problem]:
    if (limit.low is not None and value < limit.low) or (limit.high is not None and value > limit.high):
        message = phrase(
            "%(label)s không thể là số này: %(reason)s. Kiểm tra lại số và đơn vị.",
            label=limit.label,
            reason=limit.reason,
        )
        yield Problem("value", message, place, key="vital-impossible")
        return
    usual = next((one for one in vitals().values() if one.loinc == code and one.ucum == limit.ucum), None)
    if usual is not None and not usual.min <= value <= usual.max:
        message = phrase("%(label)s nằm ngoài khoảng thường nhập của nút này; kiểm tra lại số.", label=limit.label)
        yield Problem("business-rule", message, place, "warning", "vital-unusual")


def _disordered(measured: Mapping[str, tuple[Decimal, str]]) -> Iterator[Problem]:
    for order in limits().orders:
        if order.greater in measured and order.smaller in measured:
            (greater, place), (smaller, _) = measured[order.greater], measured[order.smaller]
            if greater < smaller:
                message = phrase(
                    "%(label)s không thể như vậy: %(reason)s. Có thể hai số đã đổi chỗ.",
                    label=order.label,
                    reason=order.reason,
                )
                yield Problem("value", message, place, key="vital-order")
