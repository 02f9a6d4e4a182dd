"""What a ValueSet holds, listed: includes, excludes, filters, other sets, whoever defined it.

    url ─► project file | specification | Sources ─► compose ─► parts ─► Listing (concepts in order, undecided systems)

Listings of sets that are defined here are kept until lists are loaded again. A set that rests on codes which are not
held here says so in `undecided`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.terminology import concepts, valuesets
from ansinh.fhir.terminology.concepts import Concept
from ansinh.fhir.terminology.sources import Nowhere, Sources, listed
from ansinh.kernel import clock
from ansinh.kernel.naming import BASE

Key = tuple[str, str]
type _Found = dict[Key, Concept]

_LONGEST_PATTERN = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """Codes in their order; `undecided`: systems of which some codes may belong too, "*" for any system."""

    concepts: tuple[Concept, ...]
    undecided: frozenset[str]

    def find(self, system: str, code: str) -> Concept | None:
        """The concept; system "" is whatever system the set implies."""
        return next((one for one in self.concepts if one.code == code and system in ("", one.system)), None)

    def is_open_to(self, system: str) -> bool:
        """True when a code of this system that is not listed may belong all the same."""
        return bool(self.undecided if not system else self.undecided & {system, "*"})


def listing_of(
    url: str, sources: Sources | None = None, *, at: date | None = None, inactive: bool = False
) -> Listing | None:
    """The set of this URL, None when nobody knows it."""
    return _of_url(url.partition("|")[0], _World(sources or Nowhere(), at or clock.today(), inactive, ()))


def listing(
    value_set: Mapping[str, Any], sources: Sources | None = None, *, at: date | None = None, inactive: bool = False
) -> Listing:
    """The set that a ValueSet resource defines. `inactive`: codes that have ended belong too."""
    return _of_resource(value_set, _World(sources or Nowhere(), at or clock.today(), inactive, ()))


def large_system(url: str) -> str | None:
    """The large system that a set defined here lists whole, None for any other set: such a set is shown in parts
    (`concepts.part`) and never read whole."""
    url = url.partition("|")[0]
    compose = valuesets.project_compose(url) if url.startswith(f"{BASE}/") else None
    if compose is None:
        compose = (definitions().value_set(url) or {}).get("compose") or {}
    include = compose.get("include", [])
    if len(include) != 1 or compose.get("exclude") or set(include[0]) != {"system"}:
        return None
    system = str(include[0]["system"])
    return system if concepts.is_known_system(system) and concepts.is_large(system) else None


@dataclass(frozen=True, slots=True)
class _World:
    """What one listing is made with; `above`: the sets that are being listed, against circles."""

    sources: Sources
    day: date
    inactive: bool
    above: tuple[str, ...]

    def within(self, url: str) -> "_World":
        return _World(self.sources, self.day, self.inactive, (*self.above, url))


def _of_url(url: str, world: _World) -> Listing | None:
    if url in world.above:
        return None
    known = _known(url, concepts.generation(), world.day, world.inactive)
    if known is not None:
        return known
    found = world.sources.value_set(url)
    return None if found is None else _of_resource(found, world.within(url))


@lru_cache(maxsize=128)
def _known(url: str, _generation: str, day: date, inactive: bool) -> Listing | None:
    """A set of the project or the specification: the same for everybody until lists are loaded."""
    compose = valuesets.project_compose(url) if url.startswith(f"{BASE}/") else None
    raw = {"compose": compose} if compose is not None else definitions().value_set(url)
    return None if raw is None else _of_resource(raw, _World(Nowhere(), day, inactive, (url,)))


def _of_resource(value_set: Mapping[str, Any], world: _World) -> Listing:
    compose = value_set.get("compose")
    if not isinstance(compose, dict) or not compose.get("include"):
        return _of_expansion(value_set)
    found: _Found = {}
    undecided: set[str] = set()
    for part in compose["include"]:
        inside, open_systems = _part(part, world)
        found = {**found, **{key: one for key, one in inside.items() if key not in found}} if found else inside
        undecided |= open_systems
    for part in compose.get("exclude") or ():
        outside, open_systems = _part(part, world)
        found = {key: one for key, one in found.items() if key not in outside}
        undecided |= open_systems
    return Listing(tuple(found.values()), frozenset(undecided))


def _of_expansion(value_set: Mapping[str, Any]) -> Listing:
    """A set that is given by its codes alone."""
    held = (value_set.get("expansion") or {}).get("contains")
    if not isinstance(held, list):
        return Listing((), frozenset({"*"}))
    found: list[Concept] = []
    stack = list(reversed(held))
    while stack:
        one = stack.pop()
        if isinstance(one.get("code"), str):
            flags = {"abstract": True} if one.get("abstract") else {}
            found.append(
                Concept(one.get("system", ""), one["code"], one.get("display") or one["code"], properties=flags)
            )
        stack.extend(reversed(one.get("contains") or ()))
    return Listing(tuple(found), frozenset())


def _part(part: Mapping[str, Any], world: _World) -> tuple[_Found, set[str]]:
    """(codes, systems that stay undecided) of one include or exclude."""
    system = str(part.get("system") or "").partition("|")[0]
    found, undecided = _own(system, part, world) if system else (None, set())
    for url in part.get("valueSet") or ():
        nested = _of_url(str(url).partition("|")[0], world)
        if nested is None:
            return {}, {system or "*"}
        members = {(one.system, one.code): one for one in nested.concepts}
        found = members if found is None else {key: one for key, one in found.items() if key in members}
        undecided |= nested.undecided if not system else nested.undecided & {system, "*"}
    return found or {}, undecided


def _own(system: str, part: Mapping[str, Any], world: _World) -> tuple[_Found, set[str]]:
    held = listed(system, world.sources)
    if "concept" in part:
        return _enumerated(system, part["concept"], held, world), set()
    if held is None:
        return {}, {system}
    kept: Iterable[Concept] = held
    for rule in part.get("filter") or ():
        chosen = _filtered(system, tuple(kept), rule, held)
        if chosen is None:
            return {}, {system}
        kept = chosen
    return {(system, one.code): one for one in kept if _is_wanted(one, world)}, set()


def _is_wanted(concept: Concept, world: _World) -> bool:
    return world.inactive or (concept.holds(world.day) and not concept.properties.get("inactive"))


def _enumerated(system: str, items: Iterable[Any], held: tuple[Concept, ...] | None, world: _World) -> _Found:
    """Codes that a set names one by one, with its own words for them where it has some."""
    wanted = {item["code"]: item for item in items if isinstance(item, dict) and isinstance(item.get("code"), str)}
    known = {one.code: one for one in held or () if one.code in wanted and _is_wanted(one, world)}
    ended = {one.code for one in held or () if one.code in wanted} - set(known)
    found = {}
    for code, item in wanted.items():
        if code in ended:
            continue
        plain = known.get(code) or Concept(system, code, code)
        words = item.get("display") or plain.display
        found[system, code] = Concept(system, code, words, plain.english, plain.parent, plain.properties)
    return found


def _filtered(
    system: str, kept: tuple[Concept, ...], rule: Mapping[str, Any], held: tuple[Concept, ...]
) -> Iterable[Concept] | None:
    """Concepts that a filter keeps; None for a filter that is not understood."""
    name, operator, value = str(rule.get("property", "")), rule.get("op"), rule.get("value")
    if operator in ("is-a", "descendent-of", "is-not-a", "generalizes") and name in ("concept", "code"):
        tree = _tree(held, str(value), upwards=operator == "generalizes")
        tree = tree - {str(value)} if operator == "descendent-of" else tree | {str(value)}
        return [one for one in kept if (one.code in tree) is not (operator == "is-not-a")]
    if operator in ("=", "in", "not-in"):
        wanted = {_text(value)} if operator == "=" else set(_text(value).split(","))
        return [one for one in kept if bool(wanted & _values(one, name)) is not (operator == "not-in")]
    if operator == "exists":
        return [one for one in kept if bool(_values(one, name)) is (_text(value) == "true")]
    if operator == "regex" and len(_text(value)) <= _LONGEST_PATTERN:
        return _by_pattern(kept, name, _text(value))
    return None


def _by_pattern(kept: tuple[Concept, ...], name: str, text: str) -> Iterable[Concept] | None:
    """By a regular expression of literals, classes and simple repeats; nested repeats could run for ever."""
    if re.search(r"[+*}]\)?[+*{]|\([^)]*[+*|][^)]*\)[+*{]|\\[1-9]|\(\?", text):
        return None
    try:
        pattern = re.compile(text)
    except re.error:
        return None
    return [one for one in kept if any(pattern.fullmatch(value[:1000]) for value in _values(one, name))]


def _tree(held: tuple[Concept, ...], root: str, *, upwards: bool) -> set[str]:
    """Codes below (or above) a code, and itself."""
    near: dict[str, set[str]] = {}
    for one in held:
        for parent in _parents(one):
            above, below = (one.code, parent) if upwards else (parent, one.code)
            near.setdefault(above, set()).add(below)
    found, fresh = {root}, {root}
    while fresh:
        fresh = {code for one in fresh for code in near.get(one, ())} - found
        found |= fresh
    return found


def _parents(concept: Concept) -> set[str]:
    listed_parents = concept.properties.get("subsumedBy", ())
    named = {listed_parents} if isinstance(listed_parents, str) else set(listed_parents)
    return named | ({concept.parent} if concept.parent else set())


def _values(concept: Concept, name: str) -> set[str]:
    if name in ("code", "concept", "display", "parent"):
        value: Any = {"display": concept.display, "parent": concept.parent}.get(name, concept.code)
    else:
        value = concept.properties.get(name)
    values = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return {_text(one) for one in values}


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("code", ""))
    return str(value).lower() if isinstance(value, bool) else str(value)
