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

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.terminology import concepts
from ansinh.fhir.terminology.concepts import Concept
from ansinh.fhir.terminology.fhirsets import fhir_display, fhir_set
from ansinh.fhir.terminology.models import ValueSetRow
from ansinh.kernel.naming import BASE, CS


def contains(url: str, system: str, code: str) -> bool | None:
    """True or False when it is decided, None when it cannot be (unknown set, or codes that are not held here).

    `url` may carry `|version`. `system` "" stands for the system that an element of type `code` implies.
    """
    url = url.partition("|")[0]
    if url.startswith(f"{BASE}/"):
        return _project_contains(url, system, code)
    compiled = fhir_set(url)
    return compiled.contains(system, code) if compiled else None


def is_decided(url: str) -> bool:
    """True for a known set all of whose codes are held here."""
    url = url.partition("|")[0]
    if url.startswith(f"{BASE}/"):
        return _project_parts(url) is not None
    compiled = fhir_set(url)
    return compiled is not None and not compiled.undecided


def expand(url: str, text: str = "", count: int = 100) -> list[Concept]:
    """Codes of a set, at most `count`, those that match the words of `text` when given. [] for an unknown set."""
    url = url.partition("|")[0]
    found = _project_members(url) if url.startswith(f"{BASE}/") else _fhir_members(url)
    words, key = concepts.search_key([text]).split(), concepts.code_key(text)
    kept = (concept for concept in found if not concept.is_abstract and concept.matches(words, key))
    return [concept for concept, _ in zip(kept, range(count), strict=False)]


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
        yield Concept(system, code, shown.get((system, code)) or fhir_display(system, code))


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


def project_compose(url: str) -> dict[str, Any] | None:
    """`compose` of a set of the project as FHIR writes it, None for an unknown one."""
    parts = _project_parts(url)
    return None if parts is None else {"include": [_include(part) for part in parts]}


def _include(part: Mapping[str, Any]) -> dict[str, Any]:
    if "concepts" in part:
        return {"system": part["system"], "concept": list(part["concepts"])}
    rules = [{"property": name, "op": "=", "value": value} for name, value in part.get("properties", {}).items()]
    if "below" in part:
        rules.append({"property": "concept", "op": "descendent-of", "value": part["below"]})
    return {"system": part["system"]} | ({"filter": rules} if rules else {})


def _project_parts(url: str) -> tuple[Mapping[str, Any], ...] | None:
    return _parts_of(url, concepts.generation())


@lru_cache(maxsize=512)
def _parts_of(url: str, generation: str) -> tuple[Mapping[str, Any], ...] | None:
    row = ValueSetRow.objects.filter(url=url).first()
    if row is not None:
        return tuple(row.include)
    system = CS(url.rpartition("/")[2])
    return ({"system": system},) if concepts.is_known_system(system) else None


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
