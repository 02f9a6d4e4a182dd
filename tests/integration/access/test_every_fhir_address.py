"""The contract of the FHIR door: each address and method says what each of the cast gets; one without a rule fails.

`fhir_contract.yaml`: address → method → statuses of CAST, in this order. Whatever the status, nobody but who may see
the person is told the canary that stands in everything about that person.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import falcon
import pytest
import yaml
from django.db import transaction
from falcon.testing import TestClient

from ansinh.api import door
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
from tests.support.fhir_door import FhirClient

pytestmark = pytest.mark.django_db

CAST = ("nobody", "lan", "cuc", "mai", "officer", "leader", "admin")
MAY_SEE = ("lan", "mai")
CANARY = "CHIM HOÀNG YẾN"
LEDGER = Path(__file__).with_name("fhir_contract.yaml")
CONTRACT: dict[str, dict[str, str]] = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))

PERSON = "00000000-0000-4000-8000-00000000000a"
NOTE = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": CANARY},
    "subject": {"reference": f"Patient/{PERSON}"},
}
_PATCH = [{"op": "replace", "path": "/status", "value": "amended"}]
_PARAMETERS = {"resourceType": "Parameters"}
_TAG = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [{"code": "x"}]}}]}
_MATCH = {
    "resourceType": "Parameters",
    "parameter": [{"name": "resource", "resource": {"resourceType": "Patient", "name": [{"text": CANARY}]}}],
}
_BATCH = {
    "resourceType": "Bundle",
    "type": "batch",
    "entry": [{"request": {"method": "GET", "url": f"Patient/{PERSON}"}}],
}
# What stands for an argument, by the type that the address is about.
_VALUES = {"kind": "Observation", "identity": "o-a", "inner": "Observation", "version": "1"}
_IDENTITIES = {"Patient": PERSON, "Encounter": "e-a", "Group": "g-a", "AuditEvent": "audit-1", "Subscription": "s-a"}
_QUERIES = {
    ("", "GET"): "?_type=Patient",
    ("/{kind}", "PUT"): "?code:text=x",
    ("/{kind}", "PATCH"): "?_id=o-a",
    ("/{kind}", "DELETE"): "?_id=o-a",
    ("/Observation/$lastn", "GET"): f"?patient={PERSON}",
    ("/AuditEvent", "GET"): f"?patient={PERSON}",
}
_FORMS = {"_search": f"_id={PERSON}&_type=Patient"}
_BODIES: dict[tuple[str, str], Any] = {
    ("", "POST"): _BATCH,
    ("/{kind}", "POST"): NOTE,
    ("/{kind}", "PUT"): NOTE,
    ("/{kind}/{identity}", "PUT"): NOTE | {"id": "o-a"},
    ("/{kind}/$validate", "POST"): NOTE,
    ("/Patient/$match", "POST"): _MATCH,
}


def routes() -> Iterator[tuple[str, str]]:
    """Every address of the door with each method that it answers."""
    for address, resource in door._addresses(falcon.App()):
        for name in dir(resource):
            if name.startswith("on_") and name != "on_head":
                yield address, name.removeprefix("on_").upper()


def asked(address: str, method: str) -> tuple[str, Any, dict[str, str]]:
    """(path below /fhir, body, headers) that try this address on the person of facility A."""
    values = dict(_VALUES)
    kind = address.split("/")[1] if address.startswith("/") and "{kind}" not in address else "Observation"
    if "{inner}" in address or address == "/{kind}/{identity}/_search":
        kind = values["kind"] = "Patient"
    values["identity"] = _IDENTITIES.get(kind, "o-a" if kind == "Observation" else "x")
    path = address
    for name in ("kind", "identity", "inner", "version", "job", "name", "upload"):
        path = path.replace(f"{{{name}}}", values.get(name, "x"))
    path += _QUERIES.get((address, method), "")
    headers = {"Prefer": "respond-async"} if "export" in address or "import" in address else {}
    if address.endswith("_search"):
        form = f"_id={PERSON}" if address.startswith("/{kind}/_search") else _FORMS["_search"]
        form = "subject=Patient/" + PERSON if address == "/{kind}/_search" else form
        form = f"patient={PERSON}" if address.startswith("/AuditEvent") else form
        form = "_count=5" if "{identity}" in address else form
        return path, form.encode(), headers | {"Content-Type": "application/x-www-form-urlencoded"}
    if method == "PATCH":
        return path, _PATCH, headers | {"Content-Type": "application/json-patch+json"}
    if method in ("POST", "PUT"):
        body = _BODIES.get((address, method), _TAG if "$meta-" in address else _PARAMETERS)
        return path, body, headers
    return path, None, headers


@pytest.fixture
def record(world) -> None:
    """A person of A, and what is about that person; each holds the canary."""
    system = Repository(system_context(unit=world.a), validate=False)
    person = {"reference": f"Patient/{PERSON}"}
    owner = {"reference": f"Organization/{world.a}"}
    text = [{"text": CANARY}]
    system.update({"resourceType": "Patient", "id": PERSON, "managingOrganization": owner, "name": text})
    system.update(NOTE | {"id": "o-a"})
    code = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    visit = {"resourceType": "Encounter", "id": "e-a", "status": "finished", "class": code, "subject": person}
    system.update(visit | {"reasonCode": text})
    member = [{"entity": person}]
    system.update({"resourceType": "Group", "id": "g-a", "type": "person", "actual": True, "name": CANARY,
                   "member": member})  # fmt: skip


@pytest.fixture
def call(account_of):
    """Ask as a member of the cast; whatever it wrote is undone."""
    clients: dict[str, Any] = {}

    def ask(name: str, method: str, path: str, body: Any, headers: dict[str, str]):
        if name not in clients:
            clients[name] = FhirClient(account_of(name)) if name != "nobody" else None
        with transaction.atomic():
            if name == "nobody":
                sent = {"Host": "testserver", **headers}
                raw = body if isinstance(body, bytes) or body is None else b"{}"
                path, _, query = path.partition("?")
                answer = TestClient(door.fhir_application).simulate_request(
                    method, f"/fhir{path}", headers=sent, body=raw, query_string=query
                )
            else:
                told = {key.replace("-", "_"): value for key, value in headers.items()}
                answer = clients[name].call(method, path, body, **told)
            transaction.set_rollback(True)
        return answer

    return ask


def test_every_address_has_a_rule_and_every_rule_an_address():
    there = {(address or "/", method) for address, method in routes()}
    ruled = {(address, method) for address, methods in CONTRACT.items() for method in methods}

    assert there - ruled == set(), "an address of the door without a rule: say in fhir_contract.yaml who gets what"
    assert ruled - there == set()


@pytest.mark.parametrize("name", CAST)
def test_each_of_the_cast_gets_what_the_contract_says(record, account_of, call, name):
    if name != "nobody":
        account_of(name)
    wrong, told = [], []
    for address, method in routes():
        path, body, headers = asked(address, method)
        answer = call(name, method, path, body, headers)
        said = CONTRACT.get(address or "/", {}).get(method, "").split()
        expected = dict(zip(CAST, said, strict=False)).get(name, "")
        if str(answer.status_code) != expected:
            wrong.append((address, method, answer.status_code, expected))
        if name not in MAY_SEE and CANARY in answer.text:
            told.append((address, method))

    assert told == []
    assert wrong == []


def test_who_may_see_the_person_is_told(record, account_of, call):
    """The walk would prove nothing if nobody were told."""
    seen = {address for address, method in routes() if CANARY in call("lan", method, *asked(address, method)).text}

    assert {"", "/_search", "/_history", "/{kind}", "/{kind}/{identity}", "/Patient/{identity}/$everything"} <= seen
    assert len(seen) > 15
