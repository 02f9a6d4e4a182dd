"""Callers of the FHIR door: a doctor of facility A, a nurse of facility B, an officer above both, and nobody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from falcon.testing import Result, TestClient

from ansinh.access import tokens
from ansinh.access.actions import create_account
from ansinh.access.models import Assignment
from ansinh.api import callers
from ansinh.api.door import fhir_application
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context, system_context

PASSWORD = "chỉ dùng để kiểm thử 1942"
JSON = {"Content-Type": "application/fhir+json"}


@dataclass
class Caller:
    """One client with its token; answers carry `.json` (Decimals kept) and `.headers`."""

    token: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Result:
        """`path` below /fhir; a body that is no bytes is sent as FHIR JSON. Header names use _ for -."""
        sent = {"Host": "testserver"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body)
        if body is not None and "Content-Type" not in sent:
            sent |= JSON
        path, _, query = path.partition("?")
        return TestClient(fhir_application).simulate_request(
            method, f"/fhir{path}", headers=sent, body=body, query_string=query
        )

    def get(self, path: str, **headers: str) -> Result:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Result:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Result:
        return self.call("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Result:
        return self.call("DELETE", path, **headers)


@pytest.fixture(autouse=True)
def no_memory_of_callers():
    """Each test looks its tokens up."""
    callers.forget()


@pytest.fixture
def units(db) -> dict[str, str]:
    """Ids of facilities `a` and `b`."""
    repository = Repository(system_context())
    return {
        name: repository.create({"resourceType": "Organization", "name": f"Cơ sở {name.upper()}"}).resource["id"]
        for name in ("a", "b")
    }


def _caller(name: str, role: str, unit: str) -> Caller:
    user = create_account(username=name, password=PASSWORD, full_name=f"Nhân viên {name}", role=role, unit=unit)
    assignment = Assignment.objects.get(user=user)
    return Caller(tokens.issue(assignment, label="test", valid_for=timedelta(hours=1)))


@pytest.fixture
def doctor(units) -> Caller:
    """May read and write the records of A."""
    return _caller("api-doctor", "doctor", units["a"])


@pytest.fixture
def stranger(units) -> Caller:
    """A nurse of B: nothing of A exists for them."""
    return _caller("api-nurse", "nurse", units["b"])


@pytest.fixture
def nobody(db) -> Caller:
    """A client without a token."""
    return Caller("")


@pytest.fixture
def patient(units) -> dict[str, Any]:
    """A synthetic person of A, not yet stored."""
    return {
        "resourceType": "Patient",
        "name": [{"text": "Nguyễn Văn Mẫu", "family": "Nguyễn", "given": ["Văn", "Mẫu"]}],
        "gender": "male",
        "birthDate": "1950",
        "managingOrganization": {"reference": f"Organization/{units['a']}"},
    }


@pytest.fixture
def stored(doctor, patient) -> dict[str, Any]:
    """The same person, stored through the door."""
    answer = doctor.post("/Patient", patient)
    assert answer.status_code == 201, answer.text
    return answer.json


def texts(answer: Result) -> str:
    """All sentences of an OperationOutcome."""
    assert answer.json["resourceType"] == "OperationOutcome"
    return " ".join(issue["details"]["text"] for issue in answer.json["issue"])


@pytest.fixture
def sentences():
    """Reads the sentences of an OperationOutcome."""
    return texts


@pytest.fixture
def node(units, monkeypatch) -> Caller:
    """One who may do everything, as no shipped role may delete."""

    known = tokens.context_from_bearer

    def context_of(token: str) -> Context:
        return system_context() if token == "node" else known(token)

    monkeypatch.setattr(tokens, "context_from_bearer", context_of)
    return Caller("node")


@pytest.fixture
def client_cookie(db) -> str:
    """A session id that a logged-in browser would send."""
    from django.contrib.sessions.backends.signed_cookies import SessionStore

    session = SessionStore()
    session["_auth_user_id"] = "1"
    session.save()
    return session.session_key or "x"
