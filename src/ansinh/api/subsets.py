"""Parts of a resource on request: `_summary` and `_elements`. The rest is left out and the resource says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.kernel.errors import Malformed

_TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = frozenset({"resourceType", "id", "meta"})
_SUMMARIES = ("true", "text", "data", "count", "false")


@dataclass(frozen=True, slots=True)
class Subset:
    """summary: "" or one of true, text, data; elements: names of top-level elements that are asked for."""

    summary: str = ""
    elements: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """False when the whole resource was asked for."""
        return bool(self.summary or self.elements)

    def of(self, resource: dict[str, Any]) -> dict[str, Any]:
        """The part of a resource that was asked for, tagged SUBSETTED; the resource itself when all was."""
        if not self:
            return resource
        kept = {key: value for key, value in resource.items() if self._keeps(resource["resourceType"], key)}
        meta = dict(kept.get("meta", {}))
        kept["meta"] = meta | {"tag": [*meta.get("tag", []), _TAG]}
        return kept

    def _keeps(self, kind: str, key: str) -> bool:
        name = key.removeprefix("_")
        if name in _ALWAYS:
            return True
        if self.summary == "data":
            return name != "text"
        if self.summary == "text":
            return name == "text" or _element(kind, name)[1]
        if self.summary == "true":
            return _element(kind, name)[2]
        # Elements that are mandatory stay, so that the part is still a valid resource.
        return _element(kind, name)[0] in self.elements or _element(kind, name)[1]


def subset_of(parameters: Iterable[tuple[str, str]]) -> Subset:
    """What `_summary` and `_elements` ask for. Raises Malformed for an unknown summary."""
    summary, elements = "", set[str]()
    for code, value in parameters:
        if code == "_summary":
            if value not in _SUMMARIES:
                raise Malformed("_summary là true, text, data, count hoặc false.", field="_summary")
            summary = value if value in ("true", "text", "data") else ""
        elif code == "_elements":
            elements |= {name.rpartition(".")[2].strip() for name in value.split(",") if name.strip()}
    return Subset(summary, frozenset(elements))


@lru_cache(maxsize=8192)
def _element(kind: str, key: str) -> tuple[str, bool, bool]:
    """(name without choice type, mandatory, part of the summary) of a top-level JSON key."""
    found = definitions().json_element(kind, key)
    if found is None:
        return key, False, False
    element = found[0]
    return element.name, element.min > 0, element.is_summary
