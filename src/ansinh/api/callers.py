"""Who calls: the Context behind a bearer token, remembered for a few seconds.

Looking a token up costs four times what reading a resource does. So an answer is kept for five seconds: a token that
is taken back works no longer than that, and changes of role or unit show within the same time.
"""

import hashlib
from datetime import datetime, timedelta

import falcon

from ansinh.access import tokens
from ansinh.access.addresses import address_in
from ansinh.access.contexts import from_source
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import LoginRequired

KEPT = timedelta(seconds=5)
_MOST = 1024
_known: dict[bytes, tuple[Context, datetime]] = {}


def caller(request: falcon.Request) -> Context:
    """The Context of the request's token. Raises LoginRequired without a good one.

    Cookies are never looked at, so no web page can act through the door.
    """
    token = _bearer(request)
    address = address_in(request.env)
    digest, now = hashlib.sha256(f"{address} {token}".encode()).digest(), clock.now()
    found = _known.get(digest)
    if found is not None and timedelta(0) <= now - found[1] < KEPT:
        return found[0]
    context = from_source(tokens.context_from_bearer(token), f"fhir {address}")
    if len(_known) >= _MOST:
        _known.clear()
    _known[digest] = context, now
    return context


def forget() -> None:
    """Look every token up again."""
    _known.clear()


def _bearer(request: falcon.Request) -> str:
    scheme, _, token = (request.get_header("Authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise LoginRequired("Cần mã truy cập: Authorization: Bearer [mã].", code="no-token")
    return token.strip()
