"""An app of another house: registered by the administrator, sent through its steps as a browser and a server do."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from falcon.testing import TestClient

from ansinh.access import tokens
from ansinh.access.models import Assignment
from ansinh.api import callers
from ansinh.api.door import fhir_application

REDIRECT = "https://app.example.vn/ve"
AUD = "http://testserver/fhir"
VERIFIER = "một-chuỗi-dài".encode().hex() * 2


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class App:
    """One registered app and what it does."""

    client_id: str
    secret: str = ""

    def query(self, scope: str, **more: str) -> str:
        """The address it sends a browser to; a value of "" leaves a parameter out."""
        given = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": REDIRECT, "scope": scope,
            "state": "xyz", "aud": AUD, "code_challenge": challenge(VERIFIER), "code_challenge_method": "S256", **more,
        }  # fmt: skip
        return f"{reverse('smart_authorize')}?{urlencode({k: v for k, v in given.items() if v})}"

    def ask(self, browser: Client, scope: str, answer: str = "yes", person: str = "", **more: str) -> HttpResponse:
        """Show the page and answer it."""
        address = self.query(scope, **more)
        browser.get(address)
        return browser.post(address, {"answer": answer} | ({"person": person} if person else {}))

    def code(self, browser: Client, scope: str, **more: str) -> str:
        """The code that comes back to its address."""
        answer = self.ask(browser, scope, **more)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        back = parse_qs(urlsplit(answer["Location"]).query)
        assert answer["Location"].startswith(REDIRECT)
        assert back["state"] == ["xyz"], back
        return back["code"][0]

    def token(self, **form: str) -> tuple[int, dict[str, Any]]:
        """Ask the token address, as a client without cookies."""
        headers = {}
        if self.secret:
            pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        elif "client_assertion" not in form:
            form["client_id"] = self.client_id
        answer = Client().post(reverse("smart_token"), form, headers=headers)
        return answer.status_code, json.loads(answer.content)

    def exchange(self, code: str, verifier: str = VERIFIER) -> tuple[int, dict[str, Any]]:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT, code_verifier=verifier)


@pytest.fixture
def admin_token(account_of) -> str:
    return tokens.issue(Assignment.objects.get(user=account_of("admin")), label="test")


@pytest.fixture
def register(admin_token) -> Callable[..., HttpResponse]:
    """Send metadata to the registration address, with the administrator's token or another."""

    def send(token: str = admin_token, **told: Any) -> HttpResponse:
        metadata = {"client_name": "Ứng dụng thử", "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none",
                    "scope": "launch launch/patient offline_access patient/*.cruds user/*.cruds", **told}  # fmt: skip
        return Client().post(
            reverse("smart_register"), json.dumps(metadata), content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip

    return send


@pytest.fixture
def app(register) -> App:
    """A public app that may ask for everything a user may."""
    return App(register(launch_url="https://app.example.vn/mo").json()["client_id"])


@pytest.fixture
def fhir() -> Callable[..., Any]:
    """`fhir(token, "GET", "/Patient/1")`: (status, JSON)."""

    def call(token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        callers.forget()
        path, _, query = path.partition("?")
        headers = {"Host": "testserver", "Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = "application/fhir+json"
        answer = TestClient(fhir_application).simulate_request(
            method, f"/fhir{path}", headers=headers, query_string=query, body=json.dumps(body) if body else None
        )
        return answer.status_code, answer.json if answer.content else None

    return call


@pytest.fixture
def people(lan, cuc) -> dict[str, str]:
    """Two people of facility A with a pulse and a laboratory value each, one of B: name → Patient id."""
    from ansinh.fhir.store import Repository

    found = {}
    for context, name in ((lan, "Lò Thị Một"), (lan, "Lò Văn Hai"), (cuc, "Lò Thị Ba")):
        here = Repository(context)
        found[name[-3:].strip()] = fhir_id = here.create(
            {"resourceType": "Patient", "name": [{"text": name}]}
        ).resource["id"]
        for category in ("vital-signs", "laboratory"):
            here.create(observation(fhir_id, category))
    return found


def observation(patient: str, category: str = "vital-signs") -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{patient}"},
        "category": [{"coding": [{"system": system, "code": category}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "valueQuantity": {"value": int(secrets.randbelow(40)) + 60, "unit": "/min"},
    }  # fmt: skip
