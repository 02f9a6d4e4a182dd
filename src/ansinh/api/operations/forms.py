"""Forms of Structured Data Capture: `Questionnaire/$populate`, `QuestionnaireResponse/$extract`."""

from collections.abc import Iterable
from typing import Any

from ansinh.api.operations.arguments import Arguments, resource, text, well_formed
from ansinh.api.operations.calls import Asked, Called
from ansinh.fhir.model import outcomes
from ansinh.fhir.model.references import parse
from ansinh.fhir.operations.forms import extract, populate
from ansinh.fhir.search import find_one
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Malformed, NotFound, Problem

Resource = dict[str, Any]

_RESPONSE = "QuestionnaireResponse"


class Populate(Called):
    """`/fhir/Questionnaire/$populate`, `/fhir/Questionnaire/{id}/$populate`: what is known already, filled in."""

    def run(self, asked: Asked) -> Resource:
        """`questionnaire`, `canonical`, `questionnaireRef` or the address; `subject`; `context` (name, content)."""
        form = _form(asked)
        subject = _reference(asked.given, "subject")
        found = populate(asked.repository, form, subject, _contexts(asked.repository, asked.given))
        return _answer("response", found.response, found.problems)


class Extract(Called):
    """`/fhir/QuestionnaireResponse/$extract`, `…/{id}/$extract`: resources out of answers, as a transaction to post."""

    def run(self, asked: Asked) -> Resource:
        """`questionnaire-response` or the address; `questionnaire`, else the form that the response names."""
        given = asked.given
        response = (
            asked.repository.read("QuestionnaireResponse", asked.identity)
            if asked.identity
            else resource(given, "questionnaire-response", _RESPONSE) or resource(given, "resource", _RESPONSE)
        )
        if response is None:
            raise Malformed("Cần questionnaire-response là một QuestionnaireResponse.", field="questionnaire-response")
        form = resource(given, "questionnaire", "Questionnaire") or _by_canonical(
            asked.repository, str(response.get("questionnaire") or "")
        )
        found = extract(asked.repository, form, response)
        return _answer("return", found.bundle, found.problems)


def _answer(name: str, made: Resource, problems: Iterable[Problem]) -> Resource:
    listed = [{"name": name, "resource": made}]
    told = list(problems)
    issues = [{"name": "issues", "resource": outcomes.outcome(told)}] if told else []
    return {"resourceType": "Parameters", "parameter": [*listed, *issues]}


def _form(asked: Asked) -> Resource:
    given = asked.given
    if asked.identity:
        return asked.repository.read("Questionnaire", asked.identity)
    by_name = isinstance(given.get("questionnaire", [{}])[0], str)
    sent = None if by_name else resource(given, "questionnaire", "Questionnaire")
    sent = sent or resource(given, "resource", "Questionnaire")
    if sent is not None:
        return sent
    if "questionnaireRef" in given:
        kind, _, identity = _reference(given, "questionnaireRef").partition("/")
        return asked.repository.read(kind, identity)
    return _by_canonical(asked.repository, text(given, "canonical", "") or text(given, "questionnaire", ""))


def _by_canonical(repository: Repository, canonical: str) -> Resource:
    if not canonical:
        raise Malformed("Cần phiếu: questionnaire, canonical hoặc questionnaireRef.", field="questionnaire")
    url, _, version = canonical.partition("|")
    local = parse(canonical)
    if local is not None and local.kind == "relative" and local.type == "Questionnaire":
        return repository.read("Questionnaire", local.id)
    asked = [("url", url), *([("version", version)] if version else []), ("_sort", "-_lastUpdated")]
    found = find_one(repository, "Questionnaire", asked)
    if found is None:
        raise NotFound("Không có phiếu (Questionnaire) này ở đây.", code="unknown-form")
    return found


def _reference(given: Arguments, name: str) -> str:
    """`Patient/1`, from a Reference or as text. Raises Malformed."""
    value = given.get(name, [None])[0]
    said = value.get("reference") if isinstance(value, dict) else value
    target = parse(said) if isinstance(said, str) else None
    if target is None or target.kind != "relative":
        raise Malformed(f"Tham số «{name}» phải là tham chiếu dạng Loại/mã.", field=name)
    return f"{target.type}/{target.id}"


def _contexts(repository: Repository, given: Arguments) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in given.get("context", []):
        names = one.get("name") if isinstance(one, dict) else None
        if not names or not isinstance(names[0], str):
            raise Malformed("Mỗi context phải có name và content.", field="context")
        for content in one.get("content", []):
            found.setdefault(names[0], []).append(_content(repository, content))
    return found


def _content(repository: Repository, content: Any) -> Resource:
    if isinstance(content, dict) and "resourceType" in content:
        return well_formed(content)
    target = parse(str(content.get("reference", ""))) if isinstance(content, dict) else None
    if target is None or target.kind != "relative":
        raise Malformed("content của context phải là một tài nguyên hoặc tham chiếu dạng Loại/mã.", field="context")
    return repository.read(target.type, target.id)
