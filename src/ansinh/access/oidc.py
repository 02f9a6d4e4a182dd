"""The outside provider of identities (OpenID Connect Core 1.0): authorization code with PKCE, nonce, and who it was.

    start() ─► address of the provider + what the session keeps (state, nonce, verifier)
    finish(kept, answer) ─► code for tokens ─► ID token: signature, iss, aud, azp, exp, iat, nonce ─► claims

Configured by ANSINH_OIDC_… (`settings.OUTSIDE`). Nothing of a token is logged or kept.
"""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import constant_time_compare

from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound

_KEPT = 3600  # seconds that addresses and keys of the provider are remembered
_LARGEST = 256 * 1024
_SKEW = 60  # seconds
_HERE = ("127.0.0.1", "localhost")


def start(back: str) -> tuple[str, dict[str, str]]:
    """(where to send the browser, what the session keeps until it returns to `back`). Raises NotFound, Invalid."""
    provider = _provider()
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code", "client_id": provider["client"], "redirect_uri": back, "scope": provider["scope"],
        "state": kept["state"], "nonce": kept["nonce"], "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    address = _metadata()["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", kept


def finish(kept: Mapping[str, str] | None, answer: Mapping[str, str], back: str) -> dict[str, Any]:
    """The claims of who came back. Raises Invalid when anything is not as it must be."""
    if not kept or not constant_time_compare(answer.get("state", ""), kept["state"]):
        raise _bad("oidc-state")
    if answer.get("error") or not answer.get("code"):
        raise Invalid("Nơi cấp danh tính không xác nhận; anh/chị hãy thử lại hoặc dùng mật khẩu.", code="oidc-denied")
    if answer.get("iss", settings.OUTSIDE["issuer"]) != settings.OUTSIDE["issuer"]:
        raise _bad("oidc-issuer")
    tokens = _ask_token(answer["code"], kept["verifier"], back)
    claims = _verified(tokens.get("id_token"))
    _check(claims, kept["nonce"])
    return claims


def _check(claims: Mapping[str, Any], nonce: str) -> None:
    """OpenID Connect Core 3.1.3.7."""
    provider, now = settings.OUTSIDE, clock.now().timestamp()
    given = claims.get("aud")
    audience = given if isinstance(given, list) else [given]
    if claims.get("iss") != provider["issuer"]:
        raise _bad("oidc-issuer")
    if provider["client"] not in audience or (len(audience) > 1 and claims.get("azp") != provider["client"]):
        raise _bad("oidc-audience")
    if claims.get("azp", provider["client"]) != provider["client"]:
        raise _bad("oidc-audience")
    if _time(claims.get("exp")) <= now - _SKEW or _time(claims.get("iat")) > now + _SKEW:
        raise _bad("oidc-time")
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise _bad("oidc-nonce")
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
        raise _bad("oidc-subject")


def _time(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _bad("oidc-time")
    return value


def _verified(token: Any) -> dict[str, Any]:
    """Claims of an ID token; a key that is not known yet is asked for once."""
    from ansinh.access import jwt  # brings a library of 10 MB, which a node without a provider never needs

    if not isinstance(token, str):
        raise _bad("oidc-token")
    kid = jwt.header_of(token).get("kid")
    keys = _keys()
    if kid is not None and all(key.get("kid") != kid for key in keys):
        keys = _keys(anew=cache.add("oidc-keys-anew", True, 60))
    return jwt.claims_of(token, keys)


def _ask_token(code: str, verifier: str, back: str) -> dict[str, Any]:
    provider = _provider()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if provider["secret"]:
        pair = f"{quote(provider['client'], safe='')}:{quote(provider['secret'], safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form["client_id"] = provider["client"]
    return _fetch(_metadata()["token_endpoint"], urlencode(form).encode(), headers)


def _metadata() -> dict[str, Any]:
    """OpenID Connect Discovery 1.0. Raises Invalid when the document is another issuer's or lacks an address."""
    issuer = _provider()["issuer"]
    if found := cache.get(f"oidc-metadata-{issuer}"):
        return found
    found = _fetch(f"{issuer}/.well-known/openid-configuration")
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer", "").rstrip("/") != issuer or not all(_is_safe(found.get(name)) for name in wanted):
        raise _bad("oidc-metadata")
    cache.set(f"oidc-metadata-{issuer}", found, _KEPT)
    return found


def _keys(anew: bool = False) -> list[dict[str, Any]]:
    address = _metadata()["jwks_uri"]
    found = None if anew else cache.get(f"oidc-keys-{address}")
    if found is None:
        listed = _fetch(address).get("keys")
        found = [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
        cache.set(f"oidc-keys-{address}", found, _KEPT)
    return found


def _fetch(address: str, body: bytes | None = None, headers: Mapping[str, str] = {}) -> dict[str, Any]:
    request = urllib.request.Request(address, body, {"Accept": "application/json", **headers})
    try:
        with _opener.open(request, timeout=10) as answer:
            found = json.loads(answer.read(_LARGEST))
    except (urllib.error.URLError, TimeoutError, ValueError, ConnectionError, RecursionError) as error:
        raise _bad("oidc-unreachable") from error
    if not isinstance(found, dict):
        raise _bad("oidc-unreachable")
    return found


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is an error: secrets go only where the configuration says."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _is_safe(address: Any) -> bool:
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


def _provider() -> dict[str, Any]:
    if not settings.OUTSIDE:
        raise NotFound("Máy chủ này không dùng danh tính bên ngoài.")
    return settings.OUTSIDE


def _bad(code: str) -> Invalid:
    return Invalid("Nơi cấp danh tính trả lời không đúng; anh/chị hãy thử lại hoặc dùng mật khẩu.", code=code)
