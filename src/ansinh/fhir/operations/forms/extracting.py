"""`QuestionnaireResponse/$extract`: answers as resources, in a transaction that the door takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.operations.forms.expressions import Expressions
from ansinh.fhir.operations.forms.extensions import VARIABLE, values
from ansinh.fhir.operations.forms.mapped import mapped
from ansinh.fhir.operations.forms.observations import observations
from ansinh.fhir.operations.forms.pairing import Product
from ansinh.fhir.operations.forms.requests import allocated
from ansinh.fhir.operations.forms.templates import bundled, templates
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Problem

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Extracted:
    """A transaction Bundle, and what could not be extracted and why."""

    bundle: Resource
    problems: tuple[Problem, ...]


def extract(repository: Repository, questionnaire: Resource, response: Resource) -> Extracted:
    """What the form says its answers are: templates, then definitions, then observations. Nothing is stored.

    A resource with an id asks to be updated, one without to be created. Questions that were not answered make nothing.
    """
    run = Expressions(repository, questionnaire, lambda: response)
    scope = allocated(questionnaire, _launch(repository, response))
    for expression in values(questionnaire, VARIABLE):
        if isinstance(expression, dict) and isinstance(expression.get("name"), str):
            scope[expression["name"]] = run.items(expression, response, scope, "Questionnaire")
    made = [*templates(questionnaire, response, scope, run), *mapped(questionnaire, response, scope, run)]
    made += observations(questionnaire, response, run)
    entries = [*bundled(questionnaire, response, scope, run), *map(_entry, made)]
    bundle = {"resourceType": "Bundle", "type": "transaction"} | ({"entry": entries} if entries else {})
    return Extracted(bundle, tuple(_once(run.problems)))


def _launch(repository: Repository, response: Resource) -> dict[str, Any]:
    """%subject and %patient, where the reader may see them."""
    kind, _, identity = str((response.get("subject") or {}).get("reference", "")).partition("/")
    found = repository.find(kind, identity) if identity and repository.context.allows("read", kind) else None
    held = [found] if found else []
    return {"subject": held, "patient": held if kind == "Patient" else []}


def _entry(one: Product) -> Resource:
    kind, identity = one.resource["resourceType"], one.resource.get("id")
    request = {"method": "PUT" if identity else "POST", "url": f"{kind}/{identity}" if identity else kind}
    return {"fullUrl": one.full_url, "resource": one.resource, "request": request | dict(one.conditions)}


def _once(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
