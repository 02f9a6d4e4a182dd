"""The entries of a response Bundle."""

from http import HTTPStatus
from typing import Any

from ansinh.fhir.model import outcomes
from ansinh.fhir.store import Raw, Saved
from ansinh.kernel import clock

Resource = dict[str, Any]


def response(status: str, *, resource: Resource | None = None, **more: Any) -> Resource:
    """An entry with its response; `status` is the code alone."""
    parts: Resource = {"resource": resource} if resource is not None else {}
    return {**parts, "response": {"status": f"{status} {HTTPStatus(int(status)).phrase}", **more}}


def answer(saved: Saved, returns: str = "minimal") -> Resource:
    """What a write did. returns: as `Prefer` says, minimal, representation or OperationOutcome."""
    more = {}
    if returns == "OperationOutcome":
        text = "Đã tạo hồ sơ." if saved.created else "Đã lưu hồ sơ."
        more["outcome"] = outcomes.message(text, code="informational", severity="information")
    return response(
        "201" if saved.created else "200",
        resource=saved.resource if returns == "representation" else None,
        location=f"{saved.kind}/{saved.id}/_history/{saved.version}",
        etag=f'W/"{saved.version}"',
        lastModified=clock.instant(saved.updated),
        **more,
    )


def found_answer(kind: str, fhir_id: str, raw: Raw) -> Resource:
    """A conditional create that found its resource already there."""
    location = f"{kind}/{fhir_id}/_history/{raw.version}"
    return response("200", location=location, etag=f'W/"{raw.version}"', lastModified=clock.instant(raw.updated))


def read_answer(resource: Resource, raw: Raw) -> Resource:
    """A read."""
    return response("200", resource=resource, etag=f'W/"{raw.version}"', lastModified=clock.instant(raw.updated))
