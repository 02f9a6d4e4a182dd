"""Whether a code is in a set, and what a set holds.

FHIR's own sets come from the definitions and are compiled to frozensets on first use. A set of the project is a
file of `definitions/valuesets`; a project code system is a set of the same name by itself. A set that rests on
codes which are not here (LOINC, SNOMED CT, languages, units) cannot decide about those: None.

Parts of a set file:

    include:
      - system: facility-kind              # all codes of the system
      - system: facility-kind
        properties: {care: true}           # those with these properties
      - system: facility-kind
        below: care-facility               # those below a heading
      - system: http://loinc.org
        concepts: [{code: 8867-4, display: Mạch}]
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.terminology import concepts
from ansinh.fhir.terminology.concepts import Concept
from ansinh.fhir.terminology.models import ValueSetRow
from ansinh.kernel.naming import BASE, CS
from ansinh.kernel.text import fold


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


def contains(url: str, system: str, code: str) -> bool | None:
    """True or False when it is decided, None when it cannot be (unknown set, or codes that are not held here).

    `url` may carry `|version`. `system` "" stands for the system that an element of type `code` implies.
    """
    url = url.partition("|")[0]
    if url.startswith(f"{BASE}/"):
        return _project_contains(url, system, code)
    compiled = fhir_set(url)
    return compiled.contains(system, code) if compiled else None


def expand(url: str, text: str = "", count: int = 100) -> list[Concept]:
    """Codes of a set, at most `count`, those that match the words of `text` when given. [] for an unknown set."""
    url = url.partition("|")[0]
    found = _project_members(url) if url.startswith(f"{BASE}/") else _fhir_members(url)
    words = fold(text).split()
    kept = (concept for concept in found if not concept.is_abstract and _matches(concept, words))
    return [concept for concept, _ in zip(kept, range(count), strict=False)]


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
    system = part.get("system", "")
    codes, undecided = _own_codes(part) if system else (None, set())
    for url in part.get("valueSet", []):
        nested = _compile(url.partition("|")[0], above)
        if nested is None:
            return set(), {system or "*"}
        codes = set(nested.codes) if codes is None else codes & nested.codes
        undecided |= nested.undecided
    return codes or set(), undecided


def _own_codes(part: Mapping[str, Any]) -> tuple[set[tuple[str, str]], set[str]]:
    system = part["system"]
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


def _fhir_members(url: str) -> Iterator[Concept]:
    raw = definitions().value_set(url)
    compiled = fhir_set(url)
    if raw is None or compiled is None:
        return
    shown = {
        (part["system"], item["code"]): item.get("display", "")
        for part in raw.get("compose", {}).get("include", [])
        for item in part.get("concept", [])
    }
    for system, code in sorted(compiled.codes):
        yield Concept(system, code, shown.get((system, code)) or _fhir_display(system, code))


@lru_cache(maxsize=256)
def _fhir_displays(system: str) -> Mapping[str, str]:
    raw = definitions().code_system(system) or {}
    return {item["code"]: item.get("display", item["code"]) for item, _ in _walk(raw.get("concept", []))}


def _fhir_display(system: str, code: str) -> str:
    return _fhir_displays(system).get(code, code)


def _project_contains(url: str, system: str, code: str) -> bool | None:
    parts = _project_parts(url)
    if parts is None:
        return None
    return any(_part_contains(part, code) for part in parts if not system or part["system"] == system)


def _part_contains(part: Mapping[str, Any], code: str) -> bool:
    if "concepts" in part:
        return any(item["code"] == code for item in part["concepts"])
    concept = concepts.lookup(part["system"], code)
    return concept is not None and not concept.is_abstract and _belongs(part, concept)


def _project_members(url: str) -> Iterator[Concept]:
    for part in _project_parts(url) or ():
        if "concepts" in part:
            yield from (Concept(part["system"], item["code"], item.get("display", "")) for item in part["concepts"])
        else:
            yield from (concept for concept in concepts.members(part["system"]) if _belongs(part, concept))


def _project_parts(url: str) -> list[Mapping[str, Any]] | None:
    row = ValueSetRow.objects.filter(url=url).first()
    if row is not None:
        return list(row.include)
    system = CS(url.rpartition("/")[2])
    return [{"system": system}] if concepts.is_known_system(system) else None


def _belongs(part: Mapping[str, Any], concept: Concept) -> bool:
    wanted = part.get("properties", {})
    if any(concept.properties.get(key) != value for key, value in wanted.items()):
        return False
    return "below" not in part or _is_below(concept, part["below"])


def _is_below(concept: Concept, ancestor: str) -> bool:
    seen = set()
    while concept.parent and concept.parent not in seen:
        if concept.parent == ancestor:
            return True
        seen.add(concept.parent)
        parent = concepts.lookup(concept.system, concept.parent)
        if parent is None:
            return False
        concept = parent
    return False


def _matches(concept: Concept, words: list[str]) -> bool:
    key = concepts.search_key((concept.display, concept.english, concept.code))
    return all(f" {word}" in key for word in words)
