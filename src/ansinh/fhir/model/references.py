"""What a `Reference.reference` says: relative, absolute, versioned, urn or contained."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

_REST = re.compile(
    r"(?:(?P<base>https?://[^\s#?]+?)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})"
    r"(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?(?:#(?P<fragment>[^\s#]+))?"
)
_URN = re.compile(r"urn:(?:uuid|oid):\S+")

Kind = Literal["relative", "absolute", "urn", "fragment", "uri"]


@dataclass(frozen=True, slots=True)
class Reference:
    """kind: `relative` (Patient/1), `absolute` (https://…/Patient/1), `urn`, `fragment` (#p1; "" is the container
    itself), `uri` (an absolute address that is no FHIR REST address). `type` and `id` are "" where there are none.
    """

    kind: Kind
    text: str
    type: str = ""
    id: str = ""
    version: str = ""
    base: str = ""
    fragment: str = ""


_own: set[str] = set()


def claim(base: str) -> None:
    """References below this address (`https://node.vn/fhir`) name resources of this node, as relative ones do."""
    _own.add(base.rstrip("/"))
    parse.cache_clear()


@lru_cache(maxsize=2048)
def parse(text: str) -> Reference | None:
    """Read a reference; None when it is none of the forms that FHIR allows. One to this node's own address is
    `relative`."""
    if not isinstance(text, str):
        return None
    if text.startswith("#"):
        return Reference("fragment", text, fragment=text[1:])
    if match := _REST.fullmatch(text):
        part = {key: value or "" for key, value in match.groupdict().items()}
        if part["base"] in _own:
            part["base"] = ""
        return Reference(kind="absolute" if part["base"] else "relative", text=text, **part)
    if _URN.fullmatch(text):
        return Reference("urn", text)
    if re.fullmatch(r"[a-z][a-z0-9+.\-]*:\S+", text):
        return Reference("uri", text)
    return None


def iter_references(resource: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Reference in the resource, contained ones included, as (FHIRPath of the element, the element)."""
    yield from _walk(resource.get("resourceType", ""), resource)


def _walk(path: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        # A Reference has a string `reference`; elements of that name elsewhere (Consent) are objects.
        if isinstance(value.get("reference"), str):
            yield path, value
        for key, child in value.items():
            yield from _walk(f"{path}.{key}", child)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _walk(f"{path}[{index}]", child)
