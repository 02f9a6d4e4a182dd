"""Rows of a search spec: facts, a request, and who is found; asked of both runners."""

from typing import Any

from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.reference import run
from ansinh.fhir.store import Repository


def asked(request: str) -> tuple[str, list[tuple[str, str]]]:
    """`Patient?name=an&gender=male` as type and parameters."""
    kind, _, text = request.partition("?")
    return kind, [tuple(part.split("=", 1)) for part in text.split("&")]  # type: ignore[misc]


def found_by_both(repository: Repository, facts: list[dict[str, Any]], request: str) -> tuple[list[str], list[str]]:
    """(ids found by SQL, ids found in memory), each in the order found."""
    kind, params = asked(request)
    stored = [repository.save(json.loads(json.dumps(one))).resource for one in facts]
    mine = [("_id", ",".join(one["id"] for one in facts if one["resourceType"] == kind))]

    by_sql = [one["id"] for one in search(repository, kind, [*params, *mine]).resources]
    return by_sql, [one["id"] for one in run(parse(kind, params), stored)]
