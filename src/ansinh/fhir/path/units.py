"""UCUM units as a factor and dimensions: the common clinical ones, written in UCUM's grammar.

Factors are those of `ucum-essence.xml` (The Unified Code for Units of Measure, repository ucum-org/ucum). Two choices
differ from it on purpose: `mol` and `[iU]` are dimensions of their own, not mere numbers, so that 5 mmol never equals
5 %. Units on a scale with an offset (Cel, [degF], [pH]) compare only with themselves. What is not in the table is a
unit of its own.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3,
    "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
_BASE = ("m", "s", "g", "rad", "K", "C", "cd", "mol", "Cel", "[iU]", "[degF]", "[pH]", "B", "bit")
# Metric units: may carry a prefix. The second value is a unit term made of units above it.
_METRIC: dict[str, tuple[str, str]] = {
    "L": ("1", "dm3"), "l": ("1", "dm3"), "t": ("1000", "kg"), "N": ("1", "kg.m/s2"), "Pa": ("1", "N/m2"),
    "bar": ("1e5", "Pa"), "J": ("1", "N.m"), "W": ("1", "J/s"), "Hz": ("1", "s-1"), "cal": ("4.184", "J"),
    "A": ("1", "C/s"), "V": ("1", "J/C"), "Ohm": ("1", "V/A"), "S": ("1", "A/V"), "F": ("1", "C/V"),
    "Wb": ("1", "V.s"), "T": ("1", "Wb/m2"), "H": ("1", "Wb/A"), "Bq": ("1", "s-1"), "Ci": ("3.7e10", "Bq"),
    "Gy": ("1", "J/kg"), "Sv": ("1", "J/kg"), "kat": ("1", "mol/s"), "U": ("1", "umol/min"), "eq": ("1", "mol"),
    "osm": ("1", "mol"), "m[Hg]": ("133.3220", "kPa"), "m[H2O]": ("9.80665", "kPa"), "[IU]": ("1", "[iU]"),
    "g%": ("10", "g/L"), "By": ("8", "bit"), "dyn": ("1", "g.cm/s2"), "P": ("1", "dyn.s/cm2"),
    "erg": ("1", "dyn.cm"), "R": ("2.58e-4", "C/kg"),
}  # fmt: skip
_PLAIN: dict[str, tuple[str, str]] = {
    "1": ("1", ""), "10*": ("10", ""), "10^": ("10", ""), "%": ("0.01", ""), "[ppth]": ("0.001", ""),
    "[ppm]": ("0.000001", ""), "[ppb]": ("0.000000001", ""), "[pi]": ("3.1415926535897932384626433832795", ""),
    "min": ("60", "s"), "h": ("3600", "s"), "d": ("86400", "s"), "wk": ("604800", "s"), "a": ("31557600", "s"),
    "a_j": ("31557600", "s"), "mo": ("2629800", "s"), "mo_j": ("2629800", "s"), "deg": ("0.017453292519943295", "rad"),
    "[in_i]": ("2.54", "cm"), "[ft_i]": ("30.48", "cm"), "[yd_i]": ("91.44", "cm"), "[mi_i]": ("160934.4", "cm"),
    "[gr]": ("64.79891", "mg"), "[lb_av]": ("453.59237", "g"),
    "[oz_av]": ("28.349523125", "g"), "[stone_av]": ("6350.29318", "g"), "[lb_tr]": ("373.2417216", "g"),
    "[oz_tr]": ("31.1034768", "g"), "[ston_av]": ("907184.74", "g"), "[gal_us]": ("3785.411784", "cm3"),
    "[qt_us]": ("946.352946", "cm3"), "[pt_us]": ("473.176473", "cm3"), "[cup_us]": ("236.5882365", "cm3"),
    "[foz_us]": ("29.5735295625", "cm3"), "[tbs_us]": ("14.78676478125", "cm3"), "[tsp_us]": ("4.92892159375", "cm3"),
    "[Cal]": ("4184", "J"), "atm": ("101325", "Pa"),
}  # fmt: skip
_ATOM = re.compile(r"(10[*^]|(?:\[[^\]]*\]|[^\d.+\-/(){}\[\]])+|\d+)([+-]?\d+)?")
_ANNOTATION = re.compile(r"\{[^}]*\}")
_ALONE = re.compile(r"(?<![^./(])\{[^}]*\}")


class Scale(NamedTuple):
    """factor to base units; dimensions: sorted (base unit, exponent) pairs."""

    factor: Decimal
    dimensions: tuple[tuple[str, int], ...]

    def times(self, other: "Scale", exponent: int = 1) -> "Scale":
        """This scale times (or, with exponent -1, through) another."""
        found = dict(self.dimensions)
        for name, power in other.dimensions:
            found[name] = found.get(name, 0) + power * exponent
        kept = tuple(sorted((name, power) for name, power in found.items() if power))
        return Scale(self.factor * other.factor**exponent, kept)

    def code(self) -> str:
        """The UCUM code of the base units: `m2`, `g.m-1`, `1`."""
        return ".".join(f"{name}{power if power != 1 else ''}" for name, power in self.dimensions) or "1"


ONE = Scale(Decimal(1), ())


@lru_cache(maxsize=2048)
def scale(code: str) -> Scale:
    """Read a UCUM code; an unknown one is a dimension of its own with factor 1."""
    try:
        found, rest = _term(_ANNOTATION.sub("", _ALONE.sub("1", code)))
        if rest or not found.factor:
            raise KeyError(code)
    except (KeyError, ArithmeticError, RecursionError):
        return Scale(Decimal(1), ((code, 1),))
    return found


def _term(text: str) -> tuple[Scale, str]:
    """A term as far as a closing bracket; returns what is left."""
    total, exponent = ONE, 1
    if text.startswith("/"):
        text, exponent = text[1:], -1
    while text and not text.startswith(")"):
        part, text = _component(text)
        total = total.times(part, exponent)
        if text[:1] in (".", "/"):
            exponent = -1 if text[0] == "/" else 1
            text = text[1:]
            if not text:
                raise KeyError(text)
    return total, text


def _component(text: str) -> tuple[Scale, str]:
    if text.startswith("("):
        inner, rest = _term(text[1:])
        if not rest.startswith(")"):
            raise KeyError(text)
        return inner, rest[1:]
    if text[0] in "./":
        raise KeyError(text)
    match = _ATOM.match(text)
    if match is None:
        raise KeyError(text)
    return _power(_unit(match[1]), int(match[2] or 1)), text[match.end() :]


def _power(base: Scale, exponent: int) -> Scale:
    if abs(exponent) > 99:
        raise KeyError(exponent)
    return Scale(base.factor**exponent, tuple((name, power * exponent) for name, power in base.dimensions))


def _unit(atom: str) -> Scale:
    if atom.isdecimal():
        return Scale(Decimal(atom), ())
    if atom in _PLAIN:
        return _defined(_PLAIN, atom)
    metric = _metric(atom)
    if metric is not None:
        return metric
    for prefix, power in _PREFIXES.items():
        if atom.startswith(prefix) and (rest := _metric(atom[len(prefix) :])) is not None:
            return Scale(rest.factor * Decimal(1).scaleb(power), rest.dimensions)
    raise KeyError(atom)


def _metric(atom: str) -> Scale | None:
    if atom in _BASE:
        return Scale(Decimal(1), ((atom, 1),))
    return _defined(_METRIC, atom) if atom in _METRIC else None


def _defined(table: Mapping[str, tuple[str, str]], atom: str) -> Scale:
    factor, term = table[atom]
    base = scale(term) if term else ONE
    return Scale(base.factor * Decimal(factor), base.dimensions)
