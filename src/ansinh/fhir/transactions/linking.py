"""References within a transaction: urn:uuid, relative and conditional ones become the resources that they mean."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Resolve = Callable[[str], str]

_RESTFUL = re.compile(r"(https?://.+/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_LINK = re.compile(r"""(\b(?:href|src)\s*=\s*)(["'])([^"'<>]*)\2""")


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


def link(value: Any, names: Names, resolve: Resolve) -> Any:
    """A copy in which every text that is a fullUrl of the Bundle is the reference of its resource, in links of
    narratives too.

    `resolve` answers conditional references (`Patient?identifier=…`), which stand in `reference` only, as relative
    ones do.
    """
    if isinstance(value, dict):
        return {key: _member(key, child, names, resolve) for key, child in value.items()}
    if isinstance(value, list):
        return [link(child, names, resolve) for child in value]
    return names.whole.get(value, value) if isinstance(value, str) else value


def _member(key: str, value: Any, names: Names, resolve: Resolve) -> Any:
    if isinstance(value, str):
        if key == "reference":
            return _reference(value, names, resolve)
        if key == "div":
            return _LINK.sub(lambda match: f"{match[1]}{match[2]}{_linked(match[3], names)}{match[2]}", value)
    return link(value, names, resolve)


def _reference(value: str, names: Names, resolve: Resolve) -> str:
    found = _linked(value, names)
    if found == value and "?" in value and not value.startswith(("http://", "https://", "urn:")):
        return resolve(value)
    return found


def _linked(value: str, names: Names) -> str:
    bare, hash_, fragment = value.partition("#")
    found = names.whole.get(bare) or names.relative.get(bare)
    return found + hash_ + fragment if found else value
