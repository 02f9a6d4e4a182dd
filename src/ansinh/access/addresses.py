"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"


def address_of(request: HttpRequest) -> str:
    """The address of who asks. X-Forwarded-For counts as far as the node's own proxies wrote it (ANSINH_PROXIES)."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        given = hops[-settings.PROXIES] if len(hops) >= settings.PROXIES else given
    try:
        return str(ip_address(given))
    except ValueError:
        return UNKNOWN
