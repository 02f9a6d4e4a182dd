"""Servers that act by themselves (`private_key_jwt`), and who may register an app."""

import json
import time
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from ansinh.access import tokens
from ansinh.access.models import Assignment
from ansinh.access.smart import assertions, tidying
from ansinh.access.smart.models import SmartApp, SpentAssertion
from ansinh.kernel import clock
from tests.integration.smart.conftest import App

pytestmark = pytest.mark.django_db
EC_KEY = JWK.generate(kty="EC", crv="P-384", kid="ec-1", use="sig")
RSA_KEY = JWK.generate(kty="RSA", size=2048, kid="rsa-1", use="sig")
ADDRESS = "http://testserver/oauth/ma-truy-cap/"


def jwks(*keys: JWK) -> dict[str, Any]:
    return {"keys": [json.loads(key.export_public()) for key in keys]}


def signed(client_id: str, *, key: JWK = EC_KEY, header: dict | None = None, **changed: Any) -> str:
    """An assertion; `changed` replaces claims, None removes one."""
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": ADDRESS, "exp": now + 240, "jti": str(uuid.uuid4()), **changed}
    claims = {name: value for name, value in claims.items() if value is not None}
    algorithm = "ES384" if key["kty"] == "EC" else "RS384"
    token = JWS(json.dumps(claims).encode())
    token.add_signature(key, None, json.dumps({"alg": algorithm, "kid": key["kid"], **(header or {})}))
    return token.serialize(compact=True)


@pytest.fixture
def server(register, account_of) -> App:
    """A server that acts for a doctor of facility A."""
    account_of("binh")
    answer = register(
        grant_types=["client_credentials"], token_endpoint_auth_method="private_key_jwt", redirect_uris=[],
        scope="system/Patient.rs system/Observation.rs", jwks=jwks(EC_KEY, RSA_KEY), ansinh_account="binh",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    return App(answer.json()["client_id"])


def ask(app: App, assertion: str, scope: str = "system/Patient.rs", **form: str) -> tuple[int, dict]:
    given = {"grant_type": "client_credentials", "scope": scope, "client_assertion": assertion,
             "client_assertion_type": assertions.TYPE, **form}  # fmt: skip
    return app.token(**given)


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY], ids=["ES384", "RS384"])
def test_server_that_proves_itself_sees_what_its_account_sees(server, key, people, fhir):
    status, told = ask(server, signed(server.client_id, key=key))

    assert (status, told["scope"]) == (200, "system/Patient.rs")
    assert "refresh_token" not in told
    token = told["access_token"]
    assert fhir(token, "GET", f"/Patient/{people['Một']}")[0] == 200
    assert fhir(token, "GET", f"/Patient/{people['Ba']}")[0] == 404
    assert fhir(token, "GET", "/Observation")[0] == 403


def test_proof_works_once(server):
    proof = signed(server.client_id)

    assert ask(server, proof)[0] == 200
    assert ask(server, proof)[0] == 401
    assert ask(server, signed(server.client_id, jti="khác"))[0] == 200
    assert ask(server, signed(server.client_id, jti="khác", exp=int(time.time()) + 100))[0] == 401


IN_AN_HOUR = int(time.time()) + 3600


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://khac.example.vn/oauth/ma-truy-cap/"},
        {"aud": "http://testserver/oauth/"},
        {"aud": None},
        {"aud": []},
        {"aud": 7},
        {"iss": "khac"},
        {"sub": "khac"},
        {"sub": None},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"exp": None},
        {"exp": 1},
        {"exp": IN_AN_HOUR},
        {"exp": 1e300},
        {"exp": "mai"},
        {"exp": True},
        {"header": {"alg": "none"}},
        {"header": {"kid": "khong-co"}},
        {"header": {"jku": "https://ke-gian.example.vn/jwks"}},
        {"key": JWK.generate(kty="EC", crv="P-384", kid="ec-1")},
    ],
    ids=["other address", "other path", "no address", "empty list", "a number", "other issuer", "other subject",
         "no subject", "no id", "empty id", "id a number", "no end", "past", "too late", "endless", "end a word",
         "end true", "unsigned", "unknown key", "key elsewhere", "other key"],
)  # fmt: skip
def test_proof_that_is_not_right_is_refused(server, changed):
    header = changed.pop("header", None) if "header" in changed else None
    try:
        proof = signed(server.client_id, header=header, **changed)
    except Exception:  # noqa: BLE001  (the signer itself refuses what no key can sign)
        proof = "e30.e30."

    assert ask(server, proof)[0] == 401
    assert SpentAssertion.objects.count() == 0


@pytest.mark.parametrize("proof", ["x", "a.b.c", "", "é.é.é", "." * 3, "A" * 20_000, "bnVsbA.bnVsbA.x"])
def test_what_is_no_proof_is_refused(server, proof):
    status, told = ask(server, proof)

    assert status in (400, 401)
    assert "access_token" not in told


def test_proof_of_another_kind_or_signed_by_secret_is_refused(server):
    public = json.loads(EC_KEY.export_public())
    secret = JWK.from_password(json.dumps(public))
    now = int(time.time())
    claims = {"iss": server.client_id, "sub": server.client_id, "aud": ADDRESS, "exp": now + 60, "jti": "1"}
    forged = JWS(json.dumps(claims).encode())
    forged.add_signature(secret, None, json.dumps({"alg": "HS384", "kid": "ec-1"}))

    assert ask(server, forged.serialize(compact=True))[0] == 401
    assert ask(server, signed(server.client_id), client_assertion_type="khac")[0] == 401


def test_server_cannot_come_by_secret_nor_ask_for_more(server):
    made = SmartApp.objects.get().application
    assert (
        App(server.client_id, made.client_secret).token(grant_type="client_credentials", scope="system/Patient.rs")[0]
        == 401
    )

    for scope in ("system/*.rs", "system/Patient.cruds", "user/Patient.rs", "patient/Patient.rs", ""):
        status, told = ask(server, signed(server.client_id), scope=scope)
        assert (status, told.get("error")) == (400, "invalid_scope"), scope


@pytest.mark.parametrize(
    "grant", ["password", "urn:ietf:params:oauth:grant-type:device_code", "authorization_code", ""]
)
def test_other_ways_to_a_token_are_closed_to_a_server(server, grant):
    status, told = ask(server, signed(server.client_id), grant_type=grant, username="binh", password="x", code="x")

    assert status in (400, 401)
    assert "access_token" not in told


def test_server_of_an_account_that_lost_its_role_sees_nothing(server, account_of, fhir):
    token = ask(server, signed(server.client_id))[1]["access_token"]
    user = account_of("binh")
    user.is_active = False
    user.save(update_fields=["is_active"])

    assert fhir(token, "GET", "/Patient")[0] == 401


def test_spent_proofs_are_forgotten_when_they_could_not_be_used_any_more(server):
    from datetime import timedelta

    ask(server, signed(server.client_id))
    tidying.tidy()
    assert SpentAssertion.objects.count() == 1
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        tidying.tidy()
    assert SpentAssertion.objects.count() == 0


def test_only_who_looks_after_apps_registers_one(register, account_of):
    doctor = tokens.issue(Assignment.objects.get(user=account_of("binh")), label="x")

    assert register(token=doctor).status_code == 403
    assert register(token="khong-co").status_code == 401
    assert Client().post(reverse("smart_register"), "{}", content_type="application/json").status_code == 401
    assert SmartApp.objects.count() == 0


def test_token_of_an_app_registers_nothing(app, client_of, register):
    token = app.exchange(app.code(client_of("admin"), "user/*.cruds"))[1]["access_token"]

    assert register(token=token).status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"client_name": ""},
        {"client_name": None},
        {"client_name": "x" * 201},
        {"redirect_uris": []},
        {"redirect_uris": "https://app.example.vn"},
        {"redirect_uris": ["http://app.example.vn/ve"]},
        {"redirect_uris": ["https://app.example.vn/ve#x"]},
        {"redirect_uris": ["https://a:b@app.example.vn/ve"]},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["https://app.example.vn/ve https://ke-gian.example.vn"]},
        {"launch_url": "data:text/html,x"},
        {"scope": ""},
        {"scope": "user/Khong.rs"},
        {"scope": "system/*.rs"},
        {"scope": "~person/abc"},
        {"grant_types": ["password"]},
        {"grant_types": ["implicit"]},
        {"grant_types": ["client_credentials"]},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": []}},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [{"kty": "oct", "k": "AAAA", "kid": "1"}]}},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [json.loads(EC_KEY.export_private())]}},
        {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt",
         "scope": "system/*.rs", "jwks": jwks(EC_KEY), "ansinh_account": "khong-co"},
    ],
    ids=lambda changed: str(changed)[:60],
)  # fmt: skip
def test_metadata_that_do_not_fit_register_nothing(register, changed):
    answer = register(**changed)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client_metadata"
    assert SmartApp.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 100_000])
def test_body_that_is_no_object_registers_nothing(admin_token, body):
    answer = Client().post(
        reverse("smart_register"), body, content_type="application/json",
        headers={"Authorization": f"Bearer {admin_token}"},
    )  # fmt: skip

    assert answer.status_code == 400


def test_secret_is_shown_once_and_kept_as_a_digest(register):
    told = register(token_endpoint_auth_method="client_secret_basic").json()
    kept = SmartApp.objects.get().application.client_secret

    assert len(told["client_secret"]) > 40
    assert told["client_secret"] not in kept
    assert kept.startswith("argon2")
