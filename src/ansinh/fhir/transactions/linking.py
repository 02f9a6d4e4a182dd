"""References within a transaction: urn:uuid, relative and conditional ones become the resources that they mean."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.model.definitions import definitions

Resolve = Callable[[str], str]

_RESTFUL = re.compile(r"(https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_LINK = re.compile(r"""(\b(?:href|src)\s*=\s*)(["'])([^"'<>]*)\2""")

_ADDRESSES = frozenset({"uri", "url", "oid", "uuid"})


@dataclass(frozen=True, slots=True)
class Names:
    """What the resources of a Bundle are called in it.

    whole: fullUrl → reference. relative: the same as seen from one entry (`Patient/1` beside `http://x/Patient/1`).
    """

    whole: Mapping[str, str]
    relative: Mapping[str, str]


def names_from(full_url: str, whole: Mapping[str, str]) -> Names:
    """The names as an entry with this fullUrl uses them: relative ones by its own base, as Bundle resolution has it."""
    match = _RESTFUL.fullmatch(full_url)
    if match is None:
        return Names(whole, {})
    base = match[1]
    return Names(whole, {url[len(base) :]: place for url, place in whole.items() if url.startswith(base)})


def link(resource: dict[str, Any], names: Names, resolve: Resolve) -> dict[str, Any]:
    """A copy in which references, addresses (uri, url, oid, uuid) and links of narratives that are a fullUrl of the
    Bundle name its resource. Canonicals and plain texts stay: a business identifier may look like a fullUrl.

    `resolve` answers conditional references (`Patient?identifier=…`), which stand in `reference` only, as relative
    ones do.
    """
    return _object(resource, (), names, resolve)


type _Path = tuple[Any, ...]  # (path of what is around it, key), or () for a resource and ("", type) where one begins


def _object(value: dict[str, Any], path: _Path, names: Names, resolve: Resolve) -> dict[str, Any]:
    """Types are asked one by one: a large Bundle has some hundred thousand members, and most are plain texts."""
    if isinstance(kind := value.get("resourceType"), str):
        path = ("", kind)
    found = {}
    for key, child in value.items():
        if isinstance(child, str):
            if key == "reference":
                child = _reference(child, names, resolve)
            elif key == "div":
                child = _LINK.sub(lambda match: f"{match[1]}{match[2]}{_linked(match[3], names)}{match[2]}", child)
            elif child in names.whole:
                child = _address(child, (path, key), names)
        elif isinstance(child, dict):
            child = _object(child, (path, key), names, resolve)
        elif isinstance(child, list):
            child = _list(child, (path, key), names, resolve)
        found[key] = child
    return found


def _list(value: list[Any], path: _Path, names: Names, resolve: Resolve) -> list[Any]:
    found = []
    for child in value:
        if isinstance(child, dict):
            child = _object(child, path, names, resolve)
        elif isinstance(child, list):
            child = _list(child, path, names, resolve)
        elif isinstance(child, str) and child in names.whole:
            child = _address(child, path, names)
        found.append(child)
    return found


def _address(value: str, path: _Path, names: Names) -> str:
    return names.whole[value] if _type_at(path) in _ADDRESSES else value


def _type_at(path: _Path) -> str:
    """The FHIR type of the element at a path, "" where the definitions have none."""
    if not path:
        return ""
    around, key = path
    if around == "":
        return str(key)
    kind = _type_at(around)
    found = definitions().json_element(kind, key.removeprefix("_")) if kind else None
    return found[1] if found else ""


def _reference(value: str, names: Names, resolve: Resolve) -> str:
    found = _linked(value, names)
    if found == value and "?" in value and not value.startswith(("http://", "https://", "urn:")):
        return resolve(value)
    return found


def _linked(value: str, names: Names) -> str:
    bare, hash_, fragment = value.partition("#")
    found = names.whole.get(bare) or names.relative.get(bare)
    return found + hash_ + fragment if found else value
