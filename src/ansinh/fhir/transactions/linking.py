"""References within a transaction: urn:uuid and conditional ones become the resources that they mean."""

from collections.abc import Callable, Mapping
from typing import Any

Resolve = Callable[[str], str]


def link(value: Any, names: Mapping[str, str], resolve: Resolve) -> Any:
    """A copy in which every text that is a fullUrl of the Bundle is the reference of its resource.

    `resolve` answers conditional references (`Patient?identifier=…`), which stand in `reference` only.
    """
    if isinstance(value, dict):
        return {
            key: _reference(child, names, resolve) if key == "reference" else link(child, names, resolve)
            for key, child in value.items()
        }
    if isinstance(value, list):
        return [link(child, names, resolve) for child in value]
    return names.get(value, value) if isinstance(value, str) else value


def _reference(value: Any, names: Mapping[str, str], resolve: Resolve) -> Any:
    if not isinstance(value, str):
        return link(value, names, resolve)
    bare, hash_, fragment = value.partition("#")
    if bare in names:
        return names[bare] + hash_ + fragment
    if "?" in value and not value.startswith(("http://", "https://", "urn:")):
        return resolve(value)
    return value
