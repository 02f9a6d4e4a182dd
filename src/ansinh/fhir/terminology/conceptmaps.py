"""What a code is called in another system, by ConceptMaps. Pure: the maps come from the caller.

    ConceptMap* ─► groups of the source (or, reversed, of the target) system ─► targets ─► Translation*

R4: https://hl7.org/fhir/R4/conceptmap-operation-translate.html.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Read backwards, a target that was wider than its source is narrower than it.
_REVERSED = {"wider": "narrower", "narrower": "wider", "subsumes": "specializes", "specializes": "subsumes"}
_NONE = frozenset({"unmatched", "disjoint"})
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Translation:
    """equivalence as in ConceptMap; `concept` a Coding, None where the map says that there is none; source: the URL
    of the map; products: further (property, Coding) that belong to the match."""

    equivalence: str
    concept: Mapping[str, Any] | None
    source: str
    products: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def is_match(self) -> bool:
        """False where the map says that nothing corresponds."""
        return self.concept is not None and self.equivalence not in _NONE


@dataclass(frozen=True, slots=True)
class Asked:
    """A Coding to translate. target: value set URL, target_system: code system URL, "" for any. dependencies:
    (property, value) that are known; reverse: the Coding is in the target of the maps."""

    system: str
    code: str
    target: str = ""
    target_system: str = ""
    dependencies: tuple[tuple[str, str], ...] = ()
    reverse: bool = False


Lookup = Callable[[str], Mapping[str, Any] | None]


def translate(
    maps: Iterable[Mapping[str, Any]], asked: Asked, other_map: Lookup = lambda url: None
) -> list[Translation]:
    """Every translation that the maps give, each once, in their order. `other_map`: a map named by `unmapped.url`."""
    found = (one for each in maps if _fits(each, asked) for one in _by_map(each, asked, other_map, 0))
    kept: dict[tuple[str, str, str], Translation] = {}
    for one in found:
        concept = one.concept or {}
        kept.setdefault((one.equivalence, concept.get("system", ""), concept.get("code", "")), one)
    return list(kept.values())


def _fits(concept_map: Mapping[str, Any], asked: Asked) -> bool:
    if not asked.target:
        return True
    side = "source" if asked.reverse else "target"
    return asked.target in (concept_map.get(f"{side}Uri"), concept_map.get(f"{side}Canonical"))


def _by_map(concept_map: Mapping[str, Any], asked: Asked, other_map: Lookup, depth: int) -> Iterator[Translation]:
    url = str(concept_map.get("url", ""))
    ours, theirs = ("target", "source") if asked.reverse else ("source", "target")
    for group in concept_map.get("group") or ():
        if asked.system and group.get(ours, asked.system) != asked.system:
            continue
        if asked.target_system and group.get(theirs, "") != asked.target_system:
            continue
        found = list(_backwards(group, asked, url) if asked.reverse else _forwards(group, asked, url))
        yield from found
        if not found and not asked.reverse and not _is_named(group, asked.code):
            yield from _unmapped(group, asked, url, other_map, depth)


def _is_named(group: Mapping[str, Any], code: str) -> bool:
    return any(element.get("code") == code for element in group.get("element") or ())


def _forwards(group: Mapping[str, Any], asked: Asked, url: str) -> Iterator[Translation]:
    system = group.get("target", "")
    for element in group.get("element") or ():
        if element.get("code") != asked.code:
            continue
        for target in element.get("target") or ():
            if _holds(target, asked):
                products = tuple((one["property"], _product(one)) for one in target.get("product") or ())
                yield Translation(_equivalence(target), _coding(system, target), url, products)


def _backwards(group: Mapping[str, Any], asked: Asked, url: str) -> Iterator[Translation]:
    system = group.get("source", "")
    for element in group.get("element") or ():
        for target in element.get("target") or ():
            if target.get("code") == asked.code and _holds(target, asked):
                equivalence = _equivalence(target)
                yield Translation(_REVERSED.get(equivalence, equivalence), _coding(system, element), url)


def _equivalence(target: Mapping[str, Any]) -> str:
    return str(target.get("equivalence", "relatedto"))


def _holds(target: Mapping[str, Any], asked: Asked) -> bool:
    """True when everything that the mapping depends on is known to be so."""
    known = set(asked.dependencies)
    return all((one.get("property"), one.get("value")) in known for one in target.get("dependsOn") or ())


def _coding(system: str, item: Mapping[str, Any]) -> dict[str, Any] | None:
    if not item.get("code"):
        return None
    parts = {"system": system, "code": item["code"], "display": item.get("display")}
    return {key: value for key, value in parts.items() if value}


def _product(one: Mapping[str, Any]) -> dict[str, Any]:
    parts = {"system": one.get("system"), "code": one.get("value"), "display": one.get("display")}
    return {key: value for key, value in parts.items() if value}


def _unmapped(group: Mapping[str, Any], asked: Asked, url: str, other_map: Lookup, depth: int) -> Iterator[Translation]:
    """What a group says of codes that it does not name."""
    rule = group.get("unmapped") or {}
    mode, system = rule.get("mode"), group.get("target", "")
    if mode == "provided":
        yield Translation("equal", {"system": system, "code": asked.code}, url)
    elif mode == "fixed":
        yield Translation("relatedto", _coding(system, rule), url)
    elif mode == "other-map" and depth < _DEEPEST:
        named = other_map(str(rule.get("url", "")))
        if named is not None:
            yield from _by_map(named, asked, other_map, depth + 1)
