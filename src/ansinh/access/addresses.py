"""Where a request comes from."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"


def address_of(request: HttpRequest) -> str:
    """The address of who asks. X-Forwarded-For counts as far as the node's own proxies wrote it (ANSINH_PROXIES)."""
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """`address_of` for a WSGI environment."""
    given = environ.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        given = hops[-settings.PROXIES] if len(hops) >= settings.PROXIES else given
    return _checked(given)


@lru_cache(maxsize=1024)
def _checked(given: str) -> str:
    try:
        return str(ip_address(given))
    except ValueError:
        return UNKNOWN
