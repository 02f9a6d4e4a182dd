"""Reading the extensions of SDC. Pure; odd shapes are passed over."""

from collections.abc import Iterator, Mapping
from typing import Any

from ansinh.fhir.model.definitions import definitions

_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_CORE = "http://hl7.org/fhir/StructureDefinition/"

VARIABLE = f"{_CORE}variable"
UNIT = f"{_CORE}questionnaire-unit"


def SDC(name: str) -> str:
    """URL of an extension of the guide: `SDC("initialExpression")`."""
    return f"{_SDC}{name}"


def values(element: Mapping[str, Any], url: str) -> list[Any]:
    """value[x] of each extension of this URL, in order."""
    return [value for one in _of(element, url) if (value := value_of(one)) is not None]


def value(element: Mapping[str, Any], url: str) -> Any:
    """The first of `values`, None without one."""
    return next(iter(values(element, url)), None)


def parts(element: Mapping[str, Any], url: str) -> list[dict[str, Any]]:
    """For each complex extension of this URL its parts: name → value[x], the first where a name is repeated."""
    return [{name: found for name, (_, found) in one.items()} for one in typed_parts(element, url)]


def typed_parts(element: Mapping[str, Any], url: str) -> list[dict[str, tuple[str, Any]]]:
    """Like `parts`, with the type of each value before it: `("code", "final")`."""
    found = []
    for one in _of(element, url):
        inner: dict[str, tuple[str, Any]] = {}
        for part in one.get("extension") or ():
            if isinstance(part, dict) and isinstance(part.get("url"), str):
                inner.setdefault(part["url"], typed(part))
        found.append(inner)
    return found


def typed(element: Mapping[str, Any]) -> tuple[str, Any]:
    """(type, value) of value[x]: `{"valueCode": "x"}` → `("code", "x")`; ("", None) without one."""
    key = next((key for key in element if key.startswith("value")), "")
    name = key.removeprefix("value")
    plain = name[:1].lower() + name[1:]
    return (plain if plain in definitions().primitive_types else name), element.get(key)


def value_of(extension: Mapping[str, Any]) -> Any:
    """The value[x] of an extension."""
    return next((extension[key] for key in extension if key.startswith("value")), None)


def without(element: Mapping[str, Any], *urls: str) -> list[Any]:
    """The extensions of an element that have none of these URLs."""
    return [one for one in element.get("extension") or () if not isinstance(one, dict) or one.get("url") not in urls]


def _of(element: Mapping[str, Any], url: str) -> Iterator[dict[str, Any]]:
    listed = element.get("extension")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and one.get("url") == url:
            yield one
