"""Signatures of tokens: what a key signed is read, everything else is refused."""

import base64
import json
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from ansinh.access import jwt
from ansinh.kernel.errors import Invalid

CLAIMS = {"sub": "ai-do", "n": 1}


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    return text(value.to_bytes((value.bit_length() + 7) // 8))


def rsa_jwk(bits: int = 2048, **more: str) -> dict:
    numbers = rsa_key(bits).public_key().public_numbers()
    return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e), "kid": "r", **more}


def ec_jwk(**more: str) -> dict:
    numbers = ec_key().public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": number(numbers.x), "y": number(numbers.y), "kid": "e", **more}


def token(algorithm: str, claims: object = CLAIMS, bits: int = 2048, **header: object) -> str:
    given = {"alg": algorithm, "kid": "e" if algorithm == "ES256" else "r", **header}
    signed = f"{text(json.dumps(given).encode())}.{text(json.dumps(claims).encode())}"
    return f"{signed}.{text(signature(algorithm, signed.encode(), bits))}"


def signature(algorithm: str, signed: bytes, bits: int) -> bytes:
    if algorithm == "ES256":
        r, s = decode_dss_signature(ec_key().sign(signed, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)
    how = padding.PSS(padding.MGF1(SHA256()), 32) if algorithm == "PS256" else padding.PKCS1v15()
    return rsa_key(bits).sign(signed, how, SHA256())


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_token_of_a_known_key_gives_its_claims(algorithm):
    assert jwt.claims_of(token(algorithm), [ec_jwk(), rsa_jwk()]) == CLAIMS


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_token_with_one_changed_claim_is_refused(algorithm):
    head, _, sign = token(algorithm).split(".")
    forged = f"{head}.{text(json.dumps({'sub': 'quan-tri'}).encode())}.{sign}"

    with pytest.raises(Invalid):
        jwt.claims_of(forged, [ec_jwk(), rsa_jwk()])


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS1", "", None, 7, ["RS256"]])
def test_token_of_another_algorithm_is_refused(algorithm):
    head = text(json.dumps({"alg": algorithm, "kid": "r"}).encode())
    made = f"{head}.{text(json.dumps(CLAIMS).encode())}."

    with pytest.raises(Invalid) as refusal:
        jwt.claims_of(made, [rsa_jwk()])

    assert refusal.value.code == "jwt-algorithm"


def test_token_signed_with_the_public_key_as_a_secret_is_refused():
    import hmac

    head = text(json.dumps({"alg": "HS256", "kid": "r"}).encode())
    signed = f"{head}.{text(json.dumps(CLAIMS).encode())}"
    made = f"{signed}.{text(hmac.digest(rsa_jwk()['n'].encode(), signed.encode(), 'sha256'))}"

    with pytest.raises(Invalid):
        jwt.claims_of(made, [rsa_jwk()])


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [ec_jwk()],
        [rsa_jwk(use="enc")],
        [rsa_jwk(alg="PS256")],
        [{**rsa_jwk(), "kid": "khac"}],
        [{"kty": "RSA", "kid": "r"}],
        [{"kty": "RSA", "kid": "r", "n": "!!", "e": "AQAB"}],
        [{"kid": "r"}],
    ],
)
def test_token_without_its_key_is_refused(keys):
    with pytest.raises(Invalid) as refusal:
        jwt.claims_of(token("RS256"), keys)

    assert refusal.value.code == "jwt-signature"


def test_token_of_a_short_key_is_refused():
    with pytest.raises(Invalid):
        jwt.claims_of(token("RS256", bits=1024), [rsa_jwk(1024)])


def test_token_with_a_critical_header_that_nobody_knows_is_refused():
    with pytest.raises(Invalid):
        jwt.claims_of(token("RS256", crit=["x"]), [rsa_jwk()])


@pytest.mark.parametrize(
    "made", ["", ".", "..", "a.b", "a.b.c.d", "é.é.é", "e30.W10.", "W10.e30.", "x" * 20_000 + ".."]
)
def test_text_that_is_no_token_is_refused(made):
    with pytest.raises(Invalid):
        jwt.claims_of(made, [rsa_jwk()])


@given(
    st.text(max_size=80)
    | st.lists(st.binary(max_size=30), min_size=3, max_size=3).map(lambda p: ".".join(map(text, p)))
)
def test_any_text_is_refused_and_nothing_breaks(made):
    with pytest.raises(Invalid):
        jwt.claims_of(made, [rsa_jwk(), ec_jwk()])


def test_header_is_read_before_it_is_trusted():
    assert jwt.header_of(token("ES256"))["kid"] == "e"
