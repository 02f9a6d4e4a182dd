"""Where codes come from: the specification, the tables, and CodeSystem and ValueSet resources that a caller brings."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.terminology import concepts
from ansinh.fhir.terminology.concepts import Concept
from ansinh.fhir.terminology.fhirsets import is_listed

_RETIRED = frozenset({"retired", "inactive"})


class Sources(Protocol):
    """CodeSystem and ValueSet resources beyond those of the specification and the tables, by canonical URL."""

    def code_system(self, url: str) -> Mapping[str, Any] | None:
        """The resource, None when there is none."""

    def value_set(self, url: str) -> Mapping[str, Any] | None:
        """The resource, None when there is none."""


class Nowhere:
    """No further resources."""

    def code_system(self, url: str) -> Mapping[str, Any] | None:
        """None."""
        return None

    value_set = code_system


def listed(system: str, sources: Sources) -> tuple[Concept, ...] | None:
    """Every concept of a system, headings and ended codes too, in its order; None when its codes are not held here."""
    if is_listed(system):
        raw = definitions().code_system(system) or {}
        return _of_specification(system) if raw.get("content") == "complete" else None
    if concepts.is_known_system(system):
        return concepts.versions(system)
    found = sources.code_system(system)
    return tuple(walk(found)) if found is not None and found.get("content") == "complete" else None


@lru_cache(maxsize=64)
def _of_specification(system: str) -> tuple[Concept, ...]:
    return tuple(walk(definitions().code_system(system) or {}))


def walk(code_system: Mapping[str, Any]) -> Iterator[Concept]:
    """The concepts of a CodeSystem resource, parents before children."""
    yield from _below(str(code_system.get("url", "")), code_system.get("concept", ()), "")


def _below(system: str, items: Iterable[Mapping[str, Any]], parent: str) -> Iterator[Concept]:
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("code"), str):
            continue
        found = _properties(item)
        above = parent or str(next(iter(found.get("subsumedBy", ())), ""))
        display = item.get("display") or item["code"]
        yield Concept(system, item["code"], display, _english(item), above, _flat(found))
        yield from _below(system, item.get("concept", ()), item["code"])


def _english(item: Mapping[str, Any]) -> str:
    named = item.get("designation", ())
    return next((one["value"] for one in named if str(one.get("language", "")).startswith("en")), "")


def _properties(item: Mapping[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for prop in item.get("property", ()):
        value = next((prop[key] for key in prop if key.startswith("value")), None)
        if value is not None and "code" in prop:
            found.setdefault(prop["code"], []).append(value)
    return found


def _flat(found: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Single values bare, as the tables hold them; `abstract` and `inactive` said the one way that is asked for."""
    flat: dict[str, Any] = {name: values[0] if len(values) == 1 else values for name, values in found.items()}
    if found.get("notSelectable") == [True]:
        flat["abstract"] = True
    if found.get("inactive") == [True] or _RETIRED.intersection(map(str, found.get("status", ()))):
        flat["inactive"] = True
    return flat
