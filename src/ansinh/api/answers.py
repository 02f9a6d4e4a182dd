"""What the door answers: bodies with their headers, bundles of search and history."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import falcon
import msgspec

from ansinh.api.subsets import Subset
from ansinh.fhir.model import json, outcomes
from ansinh.fhir.search import Found, Page
from ansinh.fhir.store import Raw, Saved
from ansinh.kernel import clock
from ansinh.kernel.errors import Problem
from ansinh.ui.refusals import outcomes_in_language

JSON = "application/fhir+json; charset=utf-8"
ALWAYS = (("cache-control", "private, no-cache"), ("x-content-type-options", "nosniff"))
"""Headers of every answer."""


def base_of(request: falcon.Request) -> str:
    """Address of the door as the client called it (the host was checked by the door)."""
    return f"{request.scheme}://{request.netloc}/fhir"


def send(response: falcon.Response, value: Any, *, status: str = falcon.HTTP_200) -> None:
    """A value as FHIR JSON; what an outcome tells, in the language that the caller asked for."""
    send_bytes(response, json.dumps(outcomes_in_language(value)), status=status)


def send_bytes(response: falcon.Response, body: bytes, *, status: str = falcon.HTTP_200) -> None:
    """Bytes that are FHIR JSON already."""
    response.status = status
    response.content_type = JSON
    response.data = body


def mark(response: falcon.Response, version: int, updated: datetime) -> None:
    """ETag and Last-Modified."""
    response.set_header("ETag", f'W/"{version}"')
    response.set_header("Last-Modified", _http_date(int(updated.timestamp())))


def headers_of(found: Raw) -> list[tuple[str, str]]:
    """All headers of the answer to a plain read, as the door sends them."""
    return [
        *ALWAYS,
        ("etag", f'W/"{found.version}"'),
        ("last-modified", _http_date(int(found.updated.timestamp()))),
        ("content-type", JSON),
        ("content-length", str(len(found.body))),
    ]


@lru_cache(maxsize=4096)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def send_saved(request: falcon.Request, response: falcon.Response, saved: Saved, answer: str) -> None:
    """The answer to a write: 201 with Location when it created, else 200; the body as `Prefer` and `_elements` ask."""
    place = f"{base_of(request)}/{saved.kind}/{saved.id}/_history/{saved.version}"
    status = falcon.HTTP_201 if saved.created else falcon.HTTP_200
    mark(response, saved.version, saved.updated)
    response.set_header("Location" if saved.created else "Content-Location", place)
    if answer == "minimal":
        response.status = status
    elif answer == "OperationOutcome":
        text = "Đã tạo hồ sơ." if saved.created else "Đã lưu hồ sơ."
        send(response, outcomes.message(text, code="informational", severity="information"), status=status)
    elif request.context.part:
        send(response, request.context.part.of(saved.resource), status=status)
    else:
        send_bytes(response, saved.stored.data, status=status)


def updated_of(resource: dict[str, Any]) -> datetime:
    """meta.lastUpdated of a stored resource."""
    return datetime.fromisoformat(resource["meta"]["lastUpdated"])


def search_bundle(base: str, page: Page, links: Sequence[tuple[str, str]], subset: Subset) -> dict[str, Any]:
    """A searchset Bundle: matches, includes, and what lenient handling passed over."""
    entries = [_entry(base, one, "match", subset) for one in page.found]
    entries += [_entry(base, one, "include", Subset()) for one in page.added]
    if page.ignored:
        text = "Đã bỏ qua tham số không biết: " + ", ".join(page.ignored) + "."
        issue = Problem("not-supported", text, severity="warning", key="ignored-parameter")
        entries.append({"resource": outcomes.outcome([issue]), "search": {"mode": "outcome"}})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "timestamp": clock.instant()}
    if page.total is not None:
        bundle["total"] = page.total
    bundle["link"] = [{"relation": relation, "url": url} for relation, url in links]
    return bundle | ({"entry": entries} if entries else {})


def _entry(base: str, one: Found, mode: str, subset: Subset) -> dict[str, Any]:
    """Stored bytes are passed on as they are; only a part that was asked for is read and written again."""
    content = subset.of(json.loads(one.body)) if subset else msgspec.Raw(one.body)
    return {"fullUrl": f"{base}/{one.type}/{one.id}", "resource": content, "search": {"mode": mode}}


def address(base: str, path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """`base/path?parameters`."""
    query = urlencode(list(parameters), safe=":,|$/")
    place = f"{base}/{path}" if path else base
    return f"{place}?{query}" if query else place
