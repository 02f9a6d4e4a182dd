"""Who calls: the Context behind a bearer token, remembered for a few seconds.

Looking a token up costs four times what reading a resource does. So an answer is kept for five seconds: a token that
is taken back works no longer than that, and changes of role or unit show within the same time.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import falcon

from ansinh.access import tokens
from ansinh.access.addresses import address_in
from ansinh.access.contexts import from_source
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import LoginRequired

Environ = Mapping[str, Any]

KEPT = timedelta(seconds=5)
_MOST = 1024
_known: dict[bytes, tuple[Context, datetime]] = {}


def caller(request: falcon.Request) -> Context:
    """The Context of the request's token. Raises LoginRequired without a good one.

    Cookies are never looked at, so no web page can act through the door.
    """
    token, address = _bearer(request.env), address_in(request.env)
    if not token:
        raise LoginRequired("Cần mã truy cập: Authorization: Bearer [mã].", code="no-token")
    digest, now = _digest(address, token), clock.now()
    if (found := _found(digest, now)) is not None:
        return found
    context = from_source(tokens.context_from_bearer(token), f"fhir {address}")
    if len(_known) >= _MOST:
        _known.clear()
    _known[digest] = context, now
    return context


def remembered(environ: Environ) -> Context | None:
    """The Context of a request's token when it was looked up a moment ago; None says nothing about the token."""
    return _found(_digest(address_in(environ), _bearer(environ)), clock.now())


def forget() -> None:
    """Look every token up again."""
    _known.clear()


def _digest(address: str, token: str) -> bytes:
    return hashlib.sha256(f"{address} {token}".encode()).digest()


def _found(digest: bytes, now: datetime) -> Context | None:
    found = _known.get(digest)
    return found[0] if found is not None and timedelta(0) <= now - found[1] < KEPT else None


def _bearer(environ: Environ) -> str:
    """The token of the Authorization header, "" without one."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
