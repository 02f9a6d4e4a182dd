"""The bytes that a signature is over. Pure.

One JSON array in UTF-8: for each resource its versioned reference and its content without `meta`; keys in order of
their code points, no space, numbers as they were written. The store sets `meta`; version and place stand in the
reference. Whoever has the resources makes the same bytes again.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from ansinh.fhir.model import json

Resource = dict[str, Any]


def canonical(parts: Iterable[tuple[str, Resource]]) -> bytes:
    """The bytes of (versioned reference, resource) in the order given."""
    return json.dumps([{"reference": reference, "resource": _ordered(_content(one))} for reference, one in parts])


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal: what stands on paper beside a signature."""
    return hashlib.sha256(content).hexdigest()


def versioned(resource: Resource) -> str:
    """`Encounter/1/_history/2`: the very version of a stored resource."""
    return f"{resource['resourceType']}/{resource['id']}/_history/{resource['meta']['versionId']}"


def _content(resource: Resource) -> Resource:
    return {key: value for key, value in resource.items() if key != "meta"}


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(one) for one in value] if isinstance(value, list) else value
