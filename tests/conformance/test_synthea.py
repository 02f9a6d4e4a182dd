"""Whole lives of synthetic people, as Synthea writes them: they load as transactions and come back as sent."""

from typing import Any

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.model.references import parse
from ansinh.fhir.store import Repository
from ansinh.fhir.transactions import process
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import UserError

pytestmark = pytest.mark.django_db

PARTS = 6  # so that parallel workers share them
SHARED = ("Practitioner", "Organization", "Location")


@pytest.fixture
def everyone() -> Repository:
    """A writer of the whole node who is not the node itself: everything is validated, references too."""
    reach = frozenset({"*"})
    return Repository(Context(actor="Device/loader", role="loader", reach=reach, may={"*": frozenset({"*"})}))


def without_store(resource: dict[str, Any]) -> dict[str, Any]:
    """Without what the store itself writes."""
    meta = {key: value for key, value in resource.get("meta", {}).items() if key not in ("versionId", "lastUpdated")}
    rest = {key: value for key, value in resource.items() if key not in ("id", "meta")}
    return rest | ({"meta": meta} if meta else {})


def linked(value: Any, names: dict[str, str]) -> Any:
    """What was sent, with the references that the transaction had to give."""
    if isinstance(value, dict):
        return {key: linked(child, names) for key, child in value.items()}
    if isinstance(value, list):
        return [linked(child, names) for child in value]
    return names.get(value, value) if isinstance(value, str) else value


def conditions_met(repository: Repository, bundle: dict[str, Any]) -> None:
    """What the conditional references of a bundle (`Practitioner?identifier=…`) name is there beforehand."""
    for resource in shared_of(bundle):
        repository.save(resource)


def shared_of(value: Any) -> list[dict[str, Any]]:
    """A small resource for each conditional reference anywhere in a bundle."""
    found: dict[str, dict[str, Any]] = {}
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            reference = one.get("reference")
            if isinstance(reference, str) and "?identifier=" in reference and parse(reference) is None:
                kind, _, query = reference.partition("?identifier=")
                system, _, code = query.partition("|")
                identifier = [{"system": system, "value": code}]
                found[reference] = {"resourceType": kind, "id": f"s-{code}"[:64], "identifier": identifier}
                if kind == "Organization":
                    found[reference]["name"] = "Synthea"
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
    return list(found.values())


def difference(repository: Repository, bundle: dict[str, Any]) -> str:
    """Nothing when the bundle loads and each resource reads back as it was sent, else what went wrong."""
    conditions_met(Repository(system_context(), validate=False), bundle)
    try:
        answer = process(repository, bundle)
    except UserError as error:
        return "; ".join(f"{one.expression}: {one.message}" for one in error.problems[:3])
    where = [one["response"]["location"].partition("/_history")[0] for one in answer["entry"]]
    names = {one["fullUrl"]: place for one, place in zip(bundle["entry"], where, strict=True)}
    for one, place in zip(bundle["entry"], where, strict=True):
        stored = without_store(repository.read(*place.split("/")))
        sent = without_store(linked(one["resource"], names))
        if json.dumps(_references_aside(stored)) != json.dumps(_references_aside(sent)):
            return f"{place} differs from what was sent"
    return ""


def _references_aside(value: Any) -> Any:
    """Conditional references become ids; everything else stays."""
    if isinstance(value, dict):
        return {
            key: "…" if key == "reference" and _is_shared(child) else _references_aside(child)
            for key, child in value.items()
        }
    return [_references_aside(child) for child in value] if isinstance(value, list) else value


def _is_shared(text: Any) -> bool:
    return isinstance(text, str) and text.startswith(tuple(f"{kind}{mark}" for kind in SHARED for mark in "?/"))


@pytest.mark.parametrize("part", range(PARTS))
def test_synthea_bundles_load_and_read_back_losslessly(official, everyone, score, part):
    files = sorted(official("synthea-r4").glob("*.json"), key=lambda one: one.stat().st_size)
    assert len(files) == 60
    chosen = files[part::PARTS]

    wrong = {}
    for file in chosen:
        found = difference(everyone, json.loads(file.read_bytes()))
        if found:
            wrong[file.name] = found

    score("Synthea bundles", len(chosen) - len(wrong), len(chosen), expected=0)
    assert wrong == {}
