"""System.Quantity: a decimal with a UCUM unit or a calendar duration."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansinh.fhir.path.units import Scale, scale

# Calendar words in both numbers → the singular, which is how they are kept.
CALENDAR_UNITS = {
    plural: unit
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for plural in (unit, f"{unit}s")
}
# UCUM codes that name a fixed time, as the calendar word that arithmetic uses. `a` and `mo` are not among them: a
# calendar year is no definite number of seconds.
_FIXED = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
_UCUM_OF = {word: code for code, word in _FIXED.items()}
_TEXT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?", re.ASCII)
_UCUM = "http://unitsofmeasure.org"
_MONTHS = {"year": Decimal(12), "month": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """unit: UCUM code, or a calendar word in the singular (`year`)."""

    value: Decimal
    unit: str = "1"

    @staticmethod
    def read(text: str) -> "Quantity | None":
        """Read `4.5 'mg'`, `1 day`, `3`; None when it is none of them."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        if match[3] is not None and match[3] not in CALENDAR_UNITS:
            return None
        unit = match[2] or CALENDAR_UNITS.get(match[3] or "", "1")
        return Quantity(Decimal(match[1]), unit)

    def __str__(self) -> str:
        unit = self.unit if self.unit in CALENDAR_UNITS else f"'{self.unit}'"
        number = format(self.value, "f") if abs(self.value.adjusted()) < 100 else str(self.value)
        return f"{number} {unit}"

    def as_json(self) -> dict[str, Any]:
        """The FHIR Quantity; a calendar duration has no code of UCUM."""
        shown = {"value": self.value, "unit": self.unit}
        return shown if self.unit in CALENDAR_UNITS else shown | {"system": _UCUM, "code": self.unit}

    @property
    def calendar_unit(self) -> str | None:
        """The calendar word that date arithmetic may use, None for `mo`, `a` and what is no time."""
        return CALENDAR_UNITS.get(self.unit) or _FIXED.get(self.unit)

    def scale(self) -> Scale:
        """Factor and dimensions; calendar months and years have their own dimension."""
        word = CALENDAR_UNITS.get(self.unit)
        if word in _MONTHS:
            return Scale(_MONTHS[word], (("month", 1),))
        return scale(_UCUM_OF[word] if word else self.unit)

    def comparable(self, other: "Quantity") -> bool:
        """True when both measure the same thing."""
        return self.scale().dimensions == other.scale().dimensions

    def converted(self, unit: str) -> "Quantity | None":
        """The same amount in another unit, a UCUM code or a calendar word; None when the units do not fit together."""
        wanted = Quantity(Decimal(1), CALENDAR_UNITS.get(unit, unit))
        if wanted.unit == self.unit:
            return self
        return Quantity(self.base() / wanted.scale().factor, wanted.unit) if self.comparable(wanted) else None

    def base(self) -> Decimal:
        """The value in base units."""
        return self.value * self.scale().factor

    def times(self, other: "Quantity", exponent: int = 1) -> "Quantity":
        """Product, or quotient with exponent -1, in base units where units meet."""
        if not other.scale().dimensions and other.scale().factor == 1:
            return Quantity(self.value * other.value**exponent, self.unit)
        product = self.scale().times(other.scale(), exponent)
        return Quantity(self.value * other.value**exponent * product.factor, product.code())

    def plus(self, other: "Quantity", sign: int = 1) -> "Quantity | None":
        """Sum in this unit; None when the units do not fit together."""
        if self.unit == other.unit:
            return Quantity(self.value + sign * other.value, self.unit)
        if not self.comparable(other):
            return None
        return Quantity(self.value + sign * other.base() / self.scale().factor, self.unit)
