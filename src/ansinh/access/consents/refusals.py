"""What is refused of a Consent at every door: one without a person, or for a purpose that the node does not know."""

from collections.abc import Iterator
from typing import Any

from ansinh.access.consents.purposes import purposes
from ansinh.access.consents.resources import REASONS
from ansinh.fhir.store import rules
from ansinh.kernel.errors import Problem


def check(resource: dict[str, Any]) -> Iterator[Problem]:
    """The standard asks for neither."""
    if not resource.get("patient", {}).get("reference"):
        yield Problem(
            "required", "Sự đồng ý phải nói của người nào (patient).", "Consent.patient", key="consent-patient"
        )
    known = {one.code for one in purposes().values()}
    for number, one in enumerate(resource.get("provision", {}).get("purpose", ())):
        if one.get("system") == REASONS and one.get("code") not in known:
            place = f"Consent.provision.purpose[{number}]"
            yield Problem("code-invalid", "Nút không có mục đích xử lý dữ liệu này.", place, key="consent-purpose")


def register() -> None:
    """Ask at every write."""
    rules.register("Consent", check)
