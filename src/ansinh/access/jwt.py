"""Signed tokens of others: the signature and nothing else. RFC 7515 compact form; RS256, PS256 and ES256.

The algorithm is taken from the key, never from the token alone: `none` and secrets do not exist here.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from ansinh.kernel.errors import Invalid

LONGEST = 16_000  # characters
_KINDS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}


def header_of(token: str) -> dict[str, Any]:
    """The header, not yet to be trusted. Raises Invalid for what is no token."""
    return _parts(token)[0]


def claims_of(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The claims of a token that one of these keys (JWK) signed. Raises Invalid otherwise."""
    header, claims, signed, signature = _parts(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in _KINDS or header.get("crit"):
        raise _bad("jwt-algorithm")
    for key in keys:
        if kid is not None and key.get("kid") not in (None, kid):
            continue
        if _fits(key, algorithm) and _is_signed(key, algorithm, signed, signature):
            return claims
    raise _bad("jwt-signature")


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST or not token.isascii():
        raise _bad("jwt-form")
    try:
        header, claims = json.loads(_bytes(parts[0])), json.loads(_bytes(parts[1]))
        signature = _bytes(parts[2])
    except (ValueError, RecursionError) as error:
        raise _bad("jwt-form") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise _bad("jwt-form")
    return header, claims, f"{parts[0]}.{parts[1]}".encode(), signature


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    return (
        key.get("kty") == _KINDS[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (algorithm != "ES256" or key.get("crv") == "P-256")
    )


def _is_signed(key: Mapping[str, Any], algorithm: str, signed: bytes, signature: bytes) -> bool:
    try:
        if algorithm == "ES256":
            if len(signature) != 64:
                return False
            der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
            numbers = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
            numbers.public_key().verify(der, signed, ec.ECDSA(SHA256()))
            return True
        public = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
        if public.key_size < 2048:
            return False
        how = padding.PKCS1v15() if algorithm == "RS256" else padding.PSS(padding.MGF1(SHA256()), 32)
        public.verify(signature, signed, how, SHA256())
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text))


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _bad(code: str) -> Invalid:
    return Invalid("Nơi cấp danh tính trả lời không đúng; anh/chị hãy thử lại hoặc dùng mật khẩu.", code=code)
