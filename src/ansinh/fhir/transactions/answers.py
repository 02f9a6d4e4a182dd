"""The entries of a response Bundle."""

from typing import Any

from ansinh.fhir.store import Raw, Saved
from ansinh.kernel import clock

_REASON = {
    "200": "OK", "201": "Created", "204": "No Content", "304": "Not Modified", "400": "Bad Request",
    "401": "Unauthorized", "403": "Forbidden", "404": "Not Found", "409": "Conflict", "410": "Gone",
    "412": "Precondition Failed", "422": "Unprocessable Entity",
}  # fmt: skip
Resource = dict[str, Any]


def response(status: str, *, resource: Resource | None = None, **more: Any) -> Resource:
    """An entry with its response; `status` is the code alone."""
    parts: Resource = {"resource": resource} if resource is not None else {}
    line = f"{status} {_REASON[status]}" if status in _REASON else status
    return {**parts, "response": {"status": line, **more}}


def answer(saved: Saved) -> Resource:
    """What a write did."""
    kind, fhir_id = saved.resource["resourceType"], saved.resource["id"]
    return response(
        "201" if saved.created else "200",
        location=f"{kind}/{fhir_id}/_history/{saved.version}",
        etag=f'W/"{saved.version}"',
        lastModified=saved.resource["meta"]["lastUpdated"],
    )


def found_answer(kind: str, fhir_id: str, raw: Raw) -> Resource:
    """A conditional create that found its resource already there."""
    location = f"{kind}/{fhir_id}/_history/{raw.version}"
    return response("200", location=location, etag=f'W/"{raw.version}"', lastModified=clock.instant(raw.updated))


def read_answer(resource: Resource, raw: Raw) -> Resource:
    """A read."""
    return response("200", resource=resource, etag=f'W/"{raw.version}"', lastModified=clock.instant(raw.updated))
