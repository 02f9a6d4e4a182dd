"""The bare door: a WSGI application that answers a constant. What no application behind granian can beat."""

from collections.abc import Callable, Iterable
from typing import Any

_BODY = b'{"resourceType":"Patient","id":"floor","name":[{"text":"Nguy\xe1\xbb\x85n V\xc4\x83n M\xe1\xba\xabu"}]}'
_HEADERS = [("Content-Type", "application/fhir+json; charset=utf-8"), ("Content-Length", str(len(_BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Always the same person."""
    start_response("200 OK", _HEADERS)
    return [_BODY]
