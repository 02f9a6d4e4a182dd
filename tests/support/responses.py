"""Responses to the shipped tools, from points."""

from collections.abc import Iterable, Iterator
from typing import Any

from ansinh.clinical.screening.rules.extensions import ordinal
from ansinh.fhir.validation.responses.items import options


def of_points(tool: dict[str, Any], points: Iterable[int | None]) -> dict[str, Any]:
    """A response in which each scored question, in the order of the tool, has the option with these points; None
    leaves a question open."""
    items = _filled(tool, tool["item"], iter(points))
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}


def _filled(tool: dict[str, Any], items: list[dict[str, Any]], given: Iterator[int | None]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in items:
        if item["type"] == "group":
            found.append({"linkId": item["linkId"], "item": _filled(tool, item["item"], given)})
            continue
        scored = [option["valueCoding"] for option in options(tool, item) if ordinal(option) is not None]
        points = {ordinal(option): option["valueCoding"] for option in options(tool, item)}
        point = next(given, None) if scored else None
        if point is not None:
            answer = {key: points[point][key] for key in ("system", "code")}
            found.append({"linkId": item["linkId"], "answer": [{"valueCoding": answer}]})
    return found
