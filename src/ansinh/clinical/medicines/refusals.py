"""What is refused of medicines at every door, page or machine: an order against an allergy, a dose that is to come.

An order that names the DetectedIssue about it was given on purpose, with a reason, and is not refused.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ansinh.clinical.medicines import queries
from ansinh.clinical.medicines.rules.checks import Drug, against_allergies
from ansinh.fhir.store.ownership import patient_of
from ansinh.fhir.store.rules import register
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Problem
from ansinh.kernel.naming import EXT
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]
_CLOCKS_DIFFER = timedelta(minutes=5)


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("MedicationRequest", against_allergy, locked=True, concerns=is_new_order)
    register("MedicationAdministration", not_yet)


def is_new_order(request: Resource) -> bool:
    """Only orders that run and say nothing of a known issue are judged by looking at the person's allergies."""
    return request.get("status") == "active" and not request.get("detectedIssue")


def against_allergy(request: Resource) -> Iterator[Problem]:
    """A medicine that the person does not bear."""
    context, person = system_context(), patient_of(request)
    found = queries.allergies(context, [person]).get(person) if person else None
    if not found:
        return
    drug = drug_of(request)
    for finding in against_allergies(drug, found, queries.known(context)):
        if finding.kind == "allergy":
            yield finding.problem("MedicationRequest.medication")


def drug_of(request: Resource) -> Drug:
    """The medicine of an order, from the list of its facility; what no list has is known by its words alone."""
    concept = request.get("medicationCodeableConcept", {})
    code = (concept.get("coding") or [{}])[0].get("code", "")
    name = concept.get("text") or (concept.get("coding") or [{}])[0].get("display", code)
    place: Resource = next((one for one in request.get("extension", []) if one["url"] == EXT("facility")), {})
    facility = place.get("valueReference", {}).get("reference", "").partition("/")[2]
    listed = queries.medicine(system_context(), facility, code, left=True) if facility and code else None
    return listed.drug if listed else Drug(code, name, (name,))


def not_yet(dose: Resource) -> Iterator[Problem]:
    """A dose that was given at an hour that has not come."""
    told = dose.get("effectiveDateTime") or dose.get("effectivePeriod", {}).get("start", "")
    if dose.get("status") not in ("completed", "in-progress", "not-done") or not told:
        return
    ahead = (
        datetime.fromisoformat(told) > clock.now() + _CLOCKS_DIFFER
        if len(told) > 10
        else told > clock.today().isoformat()[: len(told)]
    )
    if ahead:
        message = phrase("Liều thuốc không thể đã dùng vào một giờ chưa đến.")
        yield Problem("value", message, "MedicationAdministration.effective", key="dose-future")
