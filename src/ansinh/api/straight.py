"""The commonest request, answered at once: one record by its id, for somebody who was let in a moment ago.

    environ ─► plain? ─► caller remembered? ─► Repository.raw ─► headers, stored bytes
                 └──────────────┴─ no, or refused ─► the door, which looks at everything

Falcon's request, response, middleware and routes cost more than all that the store does for a read. What the door would
say to such a request is said here; whatever is not plain (a query, a condition, another Accept, a caller who was not
here for five seconds, a record that is not there) goes to the door. A test holds both to the same answers.
"""

import re
from collections.abc import Callable, Container, Iterable
from typing import Any

from ansinh.api import answers, callers, requests
from ansinh.fhir.store import Raw, Repository, checking, database

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

_PLACE = re.compile(r"/fhir/([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
_OWN = re.compile(r"/([A-Z][A-Za-z]+)/\{\w+\}")
_ACCEPTED = frozenset({"*/*", "application/fhir+json", "application/json"})
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


def straight(door: Application, addresses: Iterable[str]) -> Application:
    """The door with a shorter way for plain reads. addresses: of the door, below /fhir; a type of which one record has
    an address of its own is left to the door."""
    own = frozenset(found[1] for address in addresses if (found := _OWN.fullmatch(address)))

    def application(environ: Environ, start_response: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or (found := _read(environ, own)) is None:
            return door(environ, start_response)
        start_response("200 OK", answers.headers_of(found))
        return [found.body]

    return application


def _read(environ: Environ, own: Container[str]) -> Raw | None:
    """The record that a plain read asks for; None for what the door is to answer."""
    place = _PLACE.fullmatch(environ["PATH_INFO"])
    if place is None or place[1] in own or not _is_plain(environ) or not checking.is_type(place[1]):
        return None
    context = callers.remembered(environ)
    if context is None:
        return None
    try:
        return Repository(context).raw(place[1], place[2])
    except Exception:  # noqa: BLE001  (the door meets it again, tells it and logs it)
        return None
    finally:
        database.leave_fresh()


def _is_plain(environ: Environ) -> bool:
    if environ.get("QUERY_STRING") or environ.get("HTTP_ACCEPT", "*/*") not in _ACCEPTED:
        return False
    return not any(name in environ for name in _CONDITIONS) and requests.is_ours(environ.get("HTTP_HOST", ""))
