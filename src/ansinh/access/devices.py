"""Devices that a person logged in on before, told by a signed cookie that names nobody.

    log-in succeeds ─► cookie: a number of this device + digests of the names that logged in on it (a ward shares a PC)
    log-in is tried ─► the cookie holds this name's digest? its number is the device's : ""

The cookie opens nothing; it only counts tries apart from those of strangers (`throttle`).
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from ansinh.access import vault

COOKIE = "ansinh_device"
AGE = 180 * 86400  # seconds
MOST_NAMES = 20
_SALT = "ansinh.access.device"


def device_of(request: HttpRequest, name: str) -> str:
    """The number of the device when this name logged in on it before, else ""."""
    known = _read(request)
    return known["device"] if _digest(name) in known["names"] else ""


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Note that this name logged in on this device."""
    known = _read(request)
    names = [_digest(name), *(one for one in known["names"] if one != _digest(name))][:MOST_NAMES]
    value = signing.dumps({"device": known["device"] or secrets.token_urlsafe(16), "names": names}, salt=_SALT)
    response.set_cookie(
        COOKIE, value, max_age=AGE, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=AGE)
    except signing.BadSignature:
        return {"device": "", "names": []}


def _digest(name: str) -> str:
    return vault.digest("known-device", name)[:16]
