"""Parts of a resource on request: `_summary` and `_elements`. The rest is left out and the resource says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.model.definitions import definitions
from ansinh.kernel.errors import Malformed

_TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = frozenset({"resourceType", "id", "meta"})
_SUMMARIES = ("true", "text", "data", "count", "false")


@dataclass(frozen=True, slots=True)
class Subset:
    """summary: "" or one of true, text, data; elements: (type, name) of top-level elements, "" for any type."""

    summary: str = ""
    elements: frozenset[tuple[str, str]] = frozenset()

    def __bool__(self) -> bool:
        """False when the whole resource was asked for."""
        return bool(self.summary or self.elements)

    def of(self, resource: dict[str, Any]) -> dict[str, Any]:
        """The part of a resource that was asked for, tagged SUBSETTED; the resource itself when all was."""
        if not self:
            return resource
        kind = resource["resourceType"]
        kept = {key: value for key, value in resource.items() if self._keeps(kind, key)}
        if self.summary == "true":
            kept = _summarised(kind, kept)
        meta = dict(kept.get("meta", {}))
        kept["meta"] = meta | {"tag": [*meta.get("tag", []), _TAG]}
        return kept

    def _keeps(self, kind: str, key: str) -> bool:
        name = key.removeprefix("_")
        if name in _ALWAYS:
            return True
        if self.summary == "data":
            return name != "text"
        element, mandatory, in_summary = _element(kind, name)
        if self.summary == "text":
            return name == "text" or mandatory
        if self.summary == "true":
            return in_summary
        # Elements that are mandatory stay, so that the part is still a valid resource.
        return mandatory or ("", element) in self.elements or (kind, element) in self.elements


def _summarised(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """Without the parts of its nested elements that the definitions leave out of a summary."""
    return {key: _part(_nested(kind, key.removeprefix("_")), below) for key, below in value.items()}


def _part(kind: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_part(kind, one) for one in value]
    if not kind or not isinstance(value, dict):
        return value
    kept = {key: below for key, below in value.items() if _in_summary(kind, key.removeprefix("_"))}
    return _summarised(kind, kept)


def _in_summary(kind: str, key: str) -> bool:
    return key in ("id", "extension") or _element(kind, key)[2] or _element(kind, key)[1]


@lru_cache(maxsize=8192)
def _nested(kind: str, key: str) -> str:
    """The path of a nested element (`Observation.component`); "" for elements of a data type."""
    found = definitions().json_element(kind, key)
    return found[1] if found is not None and "." in found[1] else ""


def subset_of(parameters: Iterable[tuple[str, str]]) -> Subset:
    """What `_summary` and `_elements` ask for. Raises Malformed for an unknown summary."""
    summary, elements = "", set[tuple[str, str]]()
    for code, value in parameters:
        if code == "_summary":
            if value not in _SUMMARIES:
                raise Malformed("_summary là true, text, data, count hoặc false.", field="_summary")
            summary = value if value in ("true", "text", "data") else ""
        elif code == "_elements":
            elements |= {_named(name.strip()) for name in value.split(",") if name.strip()}
    return Subset(summary, frozenset(elements))


def _named(text: str) -> tuple[str, str]:
    """`Patient.name` as type and element; only the first element of a longer path counts."""
    first, _, rest = text.partition(".")
    return (first, rest.partition(".")[0]) if rest and is_type(first) else ("", first)


@lru_cache(maxsize=8192)
def _element(kind: str, key: str) -> tuple[str, bool, bool]:
    """(name without choice type, mandatory, part of the summary) of a top-level JSON key."""
    found = definitions().json_element(kind, key)
    if found is None:
        return key, False, False
    element = found[0]
    return element.name, element.min > 0, element.is_summary
