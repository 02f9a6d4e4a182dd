"""JSON Merge Patch (RFC 7396): the part of a resource that is to change, null for what is to go.

R4 knows JSON Patch and FHIRPath Patch; clients in use (fhirpy, browsers) send merge patches as well. Lists are replaced
whole. The result is validated as an update is.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MergePatch:
    """A document of media type `application/merge-patch+json`."""

    document: dict[str, Any]


def apply(target: Any, patch: Any) -> Any:
    """The target with the patch merged in; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = apply(kept.get(name), value)
    return kept
