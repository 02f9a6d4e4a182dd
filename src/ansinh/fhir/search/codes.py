"""What stands behind a code in a search: members of a value set, codes above and below, amounts in other units."""

from decimal import Decimal
from functools import lru_cache

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path.units import scale
from ansinh.fhir.search.query import Token
from ansinh.fhir.terminology import concepts, fhirsets, valuesets

UCUM = "http://unitsofmeasure.org"
MOST = 5000
_UNITS = "http://hl7.org/fhir/ValueSet/ucum-common"


class Undecided(LookupError):
    """A value set that is not known here, rests on codes that are not here, or is too large to search by."""


def members(url: str) -> tuple[Token, ...]:
    """The codes of a value set. Raises `Undecided`."""
    if not valuesets.is_decided(url):
        raise Undecided(url)
    found = valuesets.expand(url, count=MOST + 1)
    if len(found) > MOST:
        raise Undecided(url)
    return tuple(Token(one.system, one.code) for one in found)


def below(system: str, code: str) -> tuple[Token, ...]:
    """The code and all below it."""
    under = fhirsets.descendants(system, code) or concepts.descendants(system, code)
    return tuple(Token(system, one) for one in (code, *sorted(under)))


def above(system: str, code: str) -> tuple[Token, ...]:
    """The code and all above it."""
    over = fhirsets.ancestors(system, code) or concepts.ancestors(system, code)
    return tuple(Token(system, one) for one in (code, *over))


def length(code: str) -> float:
    """How many kilometres one of a UCUM unit is. Raises ValueError for what is no length."""
    own, kilometre = scale(code), scale("km")
    if own.dimensions != kilometre.dimensions:
        raise ValueError(code)
    return float(own.factor / kilometre.factor)


@lru_cache(maxsize=512)
def units_like(code: str) -> tuple[tuple[str, Decimal], ...]:
    """(unit, how many of it are one of `code`) for every common UCUM unit of the same dimensions, `code` first."""
    own = scale(code)
    others = [unit for unit in _units().get(own.dimensions, ()) if unit != code]
    return ((code, Decimal(1)), *((unit, own.factor / scale(unit).factor) for unit in others))


@lru_cache(maxsize=1)
def _units() -> dict[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Common units by their dimensions."""
    raw = definitions().value_set(_UNITS) or {}
    found: dict[tuple[tuple[str, int], ...], tuple[str, ...]] = {}
    for part in raw.get("compose", {}).get("include", ()):
        for item in part.get("concept", ()):
            dimensions = scale(item["code"]).dimensions
            found[dimensions] = (*found.get(dimensions, ()), item["code"])
    return found
