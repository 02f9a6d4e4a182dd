"""Problems as OperationOutcome."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.kernel.errors import Problem
from ansinh.kernel.naming import CS

_ISSUE_TYPES = "http://hl7.org/fhir/issue-type"


def outcome(problems: Iterable[Problem]) -> dict[str, Any]:
    """An OperationOutcome with one issue a problem: what in details.text, where in expression."""
    return {"resourceType": "OperationOutcome", "issue": [_issue(problem) for problem in problems]}


def message(text: str, *, code: str = "processing", severity: str = "error", key: str = "") -> dict[str, Any]:
    """An OperationOutcome of one sentence."""
    return outcome([Problem(code, text, severity=severity, key=key)])  # type: ignore[arg-type]


def _issue(problem: Problem) -> dict[str, Any]:
    details: dict[str, Any] = {"text": problem.message}
    if problem.key:
        details = {"coding": [{"system": CS("problem"), "code": problem.key}], **details}
    code = problem.code if problem.code in issue_types() else "processing"
    issue: dict[str, Any] = {"severity": problem.severity, "code": code, "details": details}
    if problem.expression:
        issue["expression"] = [problem.expression]
    return issue


@cache
def issue_types() -> frozenset[str]:
    """The codes that FHIR knows for issues."""
    return _codes((definitions().code_system(_ISSUE_TYPES) or {}).get("concept", ()))


def _codes(concepts: Iterable[dict[str, Any]]) -> frozenset[str]:
    found: set[str] = set()
    for concept in concepts:
        found.add(concept["code"])
        found |= _codes(concept.get("concept", ()))
    return frozenset(found)
