"""How a server proves itself: a token of five minutes, signed with its own key, for this node's token address, once.

Source: http://hl7.org/fhir/smart-app-launch/STU2/client-confidential-asymmetric.html (RS384 and ES384), RFC 7523.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from ansinh.access.smart.models import SmartApp, SpentAssertion
from ansinh.kernel import clock
from ansinh.kernel.errors import LoginRequired

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("RS384", "ES384")
LONGEST = timedelta(minutes=5)
SKEW = timedelta(seconds=30)
_MOST = 16_000


def prove(kind: str | None, assertion: str, addresses: Collection[str]) -> SmartApp:
    """The app that signed. addresses: of the request, for one of which the assertion must be.

    Raises LoginRequired, without saying why, for a proof that is forged, late, for somebody else or was used before.
    """
    if kind != TYPE or len(assertion) > _MOST:
        raise _refused()
    app = SmartApp.objects.select_related("application").filter(
        application__client_id=_claims_unproved(assertion).get("iss"), closed__isnull=True
    ).first()  # fmt: skip
    if app is None or not app.keys:
        raise _refused()
    claims = _proved(assertion, app.keys)
    client = app.application.client_id
    if not (claims.get("iss") == claims.get("sub") == client and _is_for(claims.get("aud"), addresses)):
        raise _refused()
    expires = _expires(claims.get("exp"))
    _spend(client, claims.get("jti"), expires)
    return app


def read_keys(keys: Any) -> dict[str, Any]:
    """A JWKS with public keys of the kinds that are taken. Raises ValueError saying what is wrong."""
    from jwcrypto.common import JWException
    from jwcrypto.jwk import JWK

    found = keys.get("keys") if isinstance(keys, dict) else None
    if not isinstance(found, list) or not found or len(found) > 10:
        raise ValueError("jwks phải có từ 1 đến 10 khóa")
    for one in found:
        try:
            key = JWK(**one)
        except (JWException, TypeError, ValueError) as error:
            raise ValueError("jwks có khóa không đọc được") from error
        if key.has_private or not one.get("kid"):
            raise ValueError("jwks chỉ được có khóa công khai, mỗi khóa có kid")
        kind = (key["kty"], key.get("crv"))
        if kind != ("EC", "P-384") and not (kind[0] == "RSA" and key.get_op_key("verify").key_size >= 2048):
            raise ValueError("jwks chỉ nhận RSA từ 2048 bit hoặc EC P-384")
    return {"keys": found}


def _claims_unproved(assertion: str) -> dict[str, Any]:
    from jwcrypto.common import JWException, base64url_decode

    try:
        claims = json.loads(base64url_decode(assertion.split(".")[1]))
    except (JWException, ValueError, IndexError, RecursionError) as error:
        raise _refused() from error
    return claims if isinstance(claims, dict) else {}


def _proved(assertion: str, keys: dict[str, Any]) -> dict[str, Any]:
    from jwcrypto.common import JWException
    from jwcrypto.jwk import JWKSet
    from jwcrypto.jws import JWS

    try:
        signed = JWS()
        signed.allowed_algs = list(ALGORITHMS)
        signed.deserialize(assertion)
        key = JWKSet.from_json(json.dumps(keys)).get_key(signed.jose_header.get("kid"))
        if key is None or signed.jose_header.get("jku"):
            raise _refused()
        signed.verify(key)
        claims = json.loads(signed.payload)
    except (JWException, ValueError, TypeError, RecursionError) as error:
        raise _refused() from error
    if not isinstance(claims, dict):
        raise _refused()
    return claims


def _is_for(audience: Any, addresses: Collection[str]) -> bool:
    named = audience if isinstance(audience, list) else [audience]
    return any(isinstance(one, str) and one in addresses for one in named)


def _expires(value: Any) -> datetime:
    now = clock.now()
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _refused()
    try:
        expires = datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise _refused() from error
    if not now - SKEW < expires <= now + LONGEST + SKEW:
        raise _refused()
    return expires


def _spend(client: str, jti: Any, expires: datetime) -> None:
    if not isinstance(jti, str) or not jti:
        raise _refused()
    digest = hashlib.sha256(f"{client}\x1f{jti}".encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentAssertion.objects.create(digest=digest, expires=expires + 2 * SKEW)
    except IntegrityError as error:
        raise _refused() from error


def _refused() -> LoginRequired:
    return LoginRequired("Không xác minh được ứng dụng.", code="assertion")
