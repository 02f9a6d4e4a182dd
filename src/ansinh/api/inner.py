"""An entry of a Bundle that the door itself answers: a request within a request, of the same caller.

entry of a batch ─► ask(method, address, resource) ─► the same application, same thread, same transaction
                                                  ─► entry of the response Bundle, or UserError
"""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import falcon

from ansinh.fhir.model import json
from ansinh.kernel import clock
from ansinh.kernel.errors import Problem, UserError

INNER = "ansinh.inner"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Resource = dict[str, Any]


def is_inner(request: falcon.Request) -> bool:
    """True for a request that stands in a Bundle: the outer one holds the body's weight and the connection."""
    return bool(request.env.get(INNER))


@dataclass
class _Heard:
    """What the application answers; called by it as WSGI's `start_response`."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        self.status, self.headers = int(status[:3]), {name.lower(): value for name, value in headers}


def asking(application: Application, request: falcon.Request) -> Callable[[str, str, Resource | None], Resource]:
    """The function that asks `application` in the name of whoever sent `request`."""

    def ask(method: str, address: str, resource: Resource | None) -> Resource:
        heard = _Heard()
        body = b"".join(application(_environ(request, method, address, resource), heard))
        if heard.status >= HTTPStatus.BAD_REQUEST:
            raise _refusal(heard.status, body)
        return _entry(heard, body)

    return ask


def _environ(request: falcon.Request, method: str, address: str, resource: Resource | None) -> dict[str, Any]:
    """The caller's headers, without those that speak of the Bundle alone."""
    kept = ("HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_ACCEPT_LANGUAGE", "HTTP_PREFER")
    path, _, query = address.partition("?")
    body = json.dumps(resource) if resource is not None else b""
    environ = {key: value for key, value in request.env.items() if not key.startswith("HTTP_") or key in kept}
    environ |= {
        INNER: True,
        "REQUEST_METHOD": "GET" if method == "HEAD" else method,
        "PATH_INFO": unquote_to_bytes(f"/fhir/{path.lstrip('/')}".rstrip("/")).decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_ACCEPT": "application/fhir+json",
        "CONTENT_TYPE": "application/fhir+json" if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    if "respond-async" in environ.get("HTTP_PREFER", ""):
        del environ["HTTP_PREFER"]  # nothing that runs for long may begin in a Bundle
    if method == "POST" and path.endswith("_search"):
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    return environ


def _entry(heard: _Heard, body: bytes) -> Resource:
    told: Resource = {"status": f"{heard.status} {HTTPStatus(heard.status).phrase}"}
    if "etag" in heard.headers:
        told["etag"] = heard.headers["etag"]
    if "last-modified" in heard.headers:
        told["lastModified"] = clock.instant(parsedate_to_datetime(heard.headers["last-modified"]))
    return (
        {"resource": _resource(heard.headers.get("content-type", ""), body), "response": told}
        if body
        else {"response": told}
    )


def _resource(kind: str, body: bytes) -> Resource:
    """What is no FHIR JSON (rows of a view) goes as a Binary."""
    found = json.loads(body) if "json" in kind and "ndjson" not in kind else None
    if isinstance(found, dict) and "resourceType" in found:
        return found
    return {"resourceType": "Binary", "contentType": kind, "data": base64.b64encode(body).decode()}


def _refusal(status: int, body: bytes) -> UserError:
    """The inner refusal with its status and all its problems."""
    problems = [_problem(one) for one in json.loads(body)["issue"]]
    error = UserError(problems[0].message, code=problems[0].key, problems=problems)
    error.status = status
    return error


def _problem(issue: dict[str, Any]) -> Problem:
    details = issue["details"]
    key = details["coding"][0]["code"] if "coding" in details else ""
    return Problem(issue["code"], details["text"], issue.get("expression", [""])[0], issue["severity"], key)
