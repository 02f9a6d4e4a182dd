"""What an import tells of single lines: OperationOutcomes as NDJSON, with file and line."""

from collections.abc import Sequence
from typing import Any

from ansinh.fhir.bulk.sources import Source
from ansinh.fhir.model import json, outcomes
from ansinh.kernel.errors import Problem


def refusal(source: Source, number: int, problems: Sequence[Problem]) -> bytes:
    """A line that was not written, with every problem."""
    return json.dumps(_outcome(f"{source.name}:{number}", problems))


def warning(one: dict[str, Any]) -> bytes:
    """A line (file, line, type, id) that was written though what it names is nowhere."""
    text = f"Đã ghi, nhưng {one['type']} được nhắc đến không có ở đây."
    problem = Problem("not-found", text, one["type"], severity="warning", key="ref-missing")
    return json.dumps(_outcome(f"{one['file']}:{one['line']}", [problem]))


def _outcome(place: str, problems: Sequence[Problem]) -> dict[str, Any]:
    """An OperationOutcome; `diagnostics` says file and line."""
    found = outcomes.outcome(problems)
    for issue in found["issue"]:
        issue["diagnostics"] = place
    return found
