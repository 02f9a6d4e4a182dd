"""A client of the FHIR door for an account: sends FHIR JSON with a token of its own."""

from datetime import timedelta
from typing import Any

from falcon.testing import Result, TestClient

from ansinh.access import tokens
from ansinh.access.models import Assignment, User
from ansinh.api import callers
from ansinh.api.door import fhir_application
from ansinh.fhir.model import json


class FhirClient:
    """`call("GET", "/Patient/1")`: the path is below /fhir; a body that is no bytes is sent as FHIR JSON."""

    def __init__(self, account: User):
        callers.forget()
        assignment = Assignment.objects.get(user=account)
        self._token = tokens.issue(assignment, label="test", valid_for=timedelta(hours=1))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Result:
        """Header names use _ for -."""
        sent = {"Host": "testserver", "Authorization": f"Bearer {self._token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body)
        if body is not None:
            sent.setdefault("Content-Type", "application/fhir+json")
        path, _, query = path.partition("?")
        return TestClient(fhir_application).simulate_request(
            method, f"/fhir{path}", headers=sent, body=body, query_string=query
        )
