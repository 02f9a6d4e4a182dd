"""Value sets of the FHIR specification, compiled to sets of codes. Pure: no Django.

A set that rests on codes which are not here (LOINC, SNOMED CT, languages, units) is known in part: `undecided`
names the systems that it cannot say anything about.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import definitions


@dataclass(frozen=True, slots=True)
class CompiledSet:
    """What is known of a set. `undecided`: systems of which some codes may be in the set, "*" for any system."""

    codes: frozenset[tuple[str, str]]
    bare: frozenset[str]
    undecided: frozenset[str]

    def contains(self, system: str, code: str) -> bool | None:
        """system "" is the system that the element implies (elements of type `code`)."""
        known = (system, code) in self.codes if system else code in self.bare
        if known:
            return True
        open_to = self.undecided if not system else self.undecided & {system, "*"}
        return None if open_to else False


@lru_cache(maxsize=1024)
def fhir_set(url: str) -> CompiledSet | None:
    """A set of the specification, compiled; None when the specification here has none of this URL."""
    return _compile(url, ())


def _compile(url: str, above: tuple[str, ...]) -> CompiledSet | None:
    raw = definitions().value_set(url)
    if raw is None or url in above:
        return None
    compose = raw.get("compose") or {}
    codes: set[tuple[str, str]] = set()
    undecided: set[str] = set()
    for part in compose.get("include", []):
        found, open_systems = _part(part, (*above, url))
        codes |= found
        undecided |= open_systems
    for part in compose.get("exclude", []):
        found, open_systems = _part(part, (*above, url))
        codes -= found
        undecided |= open_systems
    if not compose:
        undecided.add("*")
    return CompiledSet(frozenset(codes), frozenset(code for _, code in codes), frozenset(undecided))


def _part(part: Mapping[str, Any], above: tuple[str, ...]) -> tuple[set[tuple[str, str]], set[str]]:
    """(codes, systems that stay undecided) of one include or exclude."""
    system = part.get("system", "").partition("|")[0]
    codes, undecided = _own_codes(system, part) if system else (None, set())
    for url in part.get("valueSet", []):
        nested = _compile(url.partition("|")[0], above)
        if nested is None:
            return set(), {system or "*"}
        codes = set(nested.codes) if codes is None else codes & nested.codes
        undecided |= nested.undecided
    return codes or set(), undecided


def _own_codes(system: str, part: Mapping[str, Any]) -> tuple[set[tuple[str, str]], set[str]]:
    if "concept" in part:
        return {(system, item["code"]) for item in part["concept"]}, set()
    raw = definitions().code_system(system)
    if raw is None or raw.get("content") != "complete" or not raw.get("concept"):
        return set(), {system}
    listed = list(_walk(raw["concept"]))
    for rule in part.get("filter", []):
        kept = _filtered(listed, rule)
        if kept is None:
            return set(), {system}
        listed = kept
    return {(system, item["code"]) for item, _ in listed}, set()


type _Listed = list[tuple[Mapping[str, Any], tuple[str, ...]]]


def _walk(items: Iterable[Mapping[str, Any]], above: tuple[str, ...] = ()) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Every concept with the codes above it, by nesting and by `subsumedBy` properties."""
    for item in items:
        parents = [prop.get("valueCode") for prop in item.get("property", []) if prop.get("code") == "subsumedBy"]
        yield item, (*above, *parents)
        yield from _walk(item.get("concept", []), (*above, item["code"]))


def _filtered(listed: _Listed, rule: Mapping[str, Any]) -> _Listed | None:
    """Concepts that a filter keeps; None for a filter that is not understood."""
    operator, value = rule.get("op"), rule.get("value", "")
    if rule.get("property") == "concept" and operator in ("is-a", "descendent-of", "is-not-a"):
        below = _closure(listed, value)
        kept = {"is-a": below | {value}, "descendent-of": below}.get(operator)
        if kept is None:
            return [pair for pair in listed if pair[0]["code"] not in below | {value}]
        return [pair for pair in listed if pair[0]["code"] in kept]
    if operator == "=":
        return [pair for pair in listed if value in _values(pair[0], rule.get("property", ""))]
    return None


def _closure(listed: _Listed, root: str) -> set[str]:
    below: set[str] = set()
    size = -1
    while len(below) != size:
        size = len(below)
        below |= {item["code"] for item, above in listed if root in above or below.intersection(above)}
    return below


def _values(item: Mapping[str, Any], name: str) -> list[str]:
    return [
        str(value).lower() if isinstance(value, bool) else str(value)
        for prop in item.get("property", [])
        if prop.get("code") == name
        for key, value in prop.items()
        if key.startswith("value")
    ]


@lru_cache(maxsize=1024)
def descendants(system: str, code: str) -> frozenset[str]:
    """Every code below a code of the specification; empty for a leaf and for what is not known."""
    return frozenset(_closure(_listed(system), code) - {code})


@lru_cache(maxsize=1024)
def ancestors(system: str, code: str) -> tuple[str, ...]:
    """Every code above a code of the specification, sorted."""
    listed = _listed(system)
    found, fresh = set[str](), {code}
    while fresh:
        fresh = {one for item, above in listed if item["code"] in fresh for one in above} - found
        found |= fresh
    return tuple(sorted(found - {code}))


@lru_cache(maxsize=64)
def _listed(system: str) -> _Listed:
    raw = definitions().code_system(system) or {}
    return list(_walk(raw.get("concept", [])))


def is_listed(system: str) -> bool:
    """True when the specification here lists the codes of the system."""
    return bool(_displays(system))


def is_fhir_code(system: str, code: str) -> bool:
    """True when the specification here lists the code."""
    return code in _displays(system)


@lru_cache(maxsize=256)
def _displays(system: str) -> Mapping[str, str]:
    raw = definitions().code_system(system) or {}
    return {item["code"]: item.get("display", item["code"]) for item, _ in _walk(raw.get("concept", []))}


def fhir_display(system: str, code: str) -> str:
    """English words of a code of the specification; the code itself when unknown."""
    return _displays(system).get(code, code)
