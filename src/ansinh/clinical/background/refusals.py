"""What is refused of vaccinations at every door: one of a day that has not come."""

from collections.abc import Iterator
from typing import Any

from ansinh.fhir.store.rules import register
from ansinh.kernel import clock
from ansinh.kernel.errors import Problem
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("Immunization", not_yet)


def not_yet(shot: Resource) -> Iterator[Problem]:
    """A vaccination that is to come is no vaccination."""
    told = shot.get("occurrenceDateTime", "")[:10]
    if shot.get("status") == "completed" and told > clock.today().isoformat()[: len(told)]:
        message = phrase("Mũi tiêm không thể đã tiêm vào một ngày chưa đến.")
        yield Problem("value", message, "Immunization.occurrence", key="shot-future")
