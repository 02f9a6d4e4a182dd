"""What is refused at every door, page or machine: an ICD-10 code that the list here does not have, and measurements
that nobody can have (`limits`).

The list is the one that pages offer (`./ansinh icd10` brings the whole of it). Codes of other systems are not judged.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from ansinh.clinical.encounters.limits import impossible_values
from ansinh.clinical.encounters.queries import diagnosis
from ansinh.fhir.store.rules import register
from ansinh.kernel import clock
from ansinh.kernel.errors import Problem
from ansinh.kernel.naming import ICD10
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]

# Where a diagnosis stands as a code: as the thing itself, or as the reason for something.
_NAMING_DIAGNOSES = """CarePlan Claim ClinicalImpression Condition DeviceRequest DiagnosticReport Encounter
    ExplanationOfBenefit FamilyMemberHistory Flag Goal MedicationRequest MedicationStatement Procedure RiskAssessment
    ServiceRequest Task""".split()
_DATES = ("recordedDate", "onsetDateTime", "performedDateTime", "authoredOn", "effectiveDateTime", "created", "date")


def register_all() -> None:
    """Tell the store; called when the node starts."""
    for kind in _NAMING_DIAGNOSES:
        register(kind, unknown_diagnoses)
    register("Observation", impossible_values)


def unknown_diagnoses(resource: Resource) -> Iterator[Problem]:
    """Each ICD-10 code that did not exist on the day of the resource, nor does today; headings are no diagnoses."""
    for place, code in _icd10_codes(resource, resource["resourceType"]):
        if diagnosis(code, _day_of(resource)) is None:
            message = phrase("Mã bệnh này không có trong danh mục ICD-10 của nút.")
            yield Problem("code-invalid", message, f"{place}.code", key="icd-unknown")


def _icd10_codes(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """(place, code) of each Coding of ICD-10 within a value."""
    if isinstance(value, dict):
        if value.get("system") == ICD10 and isinstance(value.get("code"), str):
            yield place, value["code"]
        for key, child in value.items():
            if isinstance(child, dict | list):
                yield from _icd10_codes(child, f"{place}.{key}")
    else:
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from _icd10_codes(item, f"{place}[{index}]")


def _day_of(resource: Resource) -> date:
    """The day that a resource is about as far as it says one, else today."""
    told = next((resource[name] for name in _DATES if name in resource), resource.get("period", {}).get("start", ""))
    try:
        return date.fromisoformat(clock.at_home(told)[:10])
    except ValueError:
        return clock.today()
