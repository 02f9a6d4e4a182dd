"""Rows of a search spec: facts, a request, and who is found; asked of both runners."""

from typing import Any

from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.reference import run
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context


def person(fhir_id: str, name: str = "", **more: Any) -> dict[str, Any]:
    """A Patient, with a name where one is given."""
    names = {"name": [{"text": name}]} if name else {}
    return {"resourceType": "Patient", "id": fhir_id, **names, **more}


def asked(request: str) -> tuple[str, list[tuple[str, str]]]:
    """`Patient?name=an&gender=male` as type and parameters."""
    kind, _, text = request.partition("?")
    return kind, [tuple(part.split("=", 1)) for part in text.split("&")]  # type: ignore[misc]


def assert_found(facts: list[dict[str, Any]], request: str, found: set[str] | list[str]) -> None:
    """Both runners find what a row of the table says: a set in any order, a list in its own."""
    kind, params = asked(request)
    repository = Repository(system_context(), validate=False)
    stored = [repository.save(json.loads(json.dumps(one))).resource for one in facts]
    mine = [("_id", ",".join(one["id"] for one in facts if one["resourceType"] == kind))]

    alike = set if isinstance(found, set) else list
    assert alike(one["id"] for one in search(repository, kind, [*params, *mine]).resources) == found
    assert alike(one["id"] for one in run(parse(kind, params), stored)) == found
