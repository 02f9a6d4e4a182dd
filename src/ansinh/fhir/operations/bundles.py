"""Bundles that operations answer with."""

from collections.abc import Iterable, Sequence
from typing import Any

from ansinh.kernel import clock

Resource = dict[str, Any]


def entry(base: str, resource: Resource, **search: Any) -> Resource:
    """An entry of a searchset; `search` is its `search` element (mode, score, extension)."""
    place = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": place, "resource": resource, "search": search}


def searchset(entries: Sequence[Resource], links: Iterable[tuple[str, str]] = (), total: int | None = None) -> Resource:
    """A searchset Bundle. links: (relation, address)."""
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "timestamp": clock.instant()}
    if total is not None:
        bundle["total"] = total
    listed = [{"relation": relation, "url": url} for relation, url in links]
    return bundle | ({"link": listed} if listed else {}) | ({"entry": list(entries)} if entries else {})
