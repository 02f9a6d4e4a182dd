"""What is refused at every door, page or machine: an ICD-10 code that the list here does not have, measurements that
nobody can have (`limits`), and those of a day that has not come.

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
_PLANNED = ("registered", "cancelled", "entered-in-error")
_DATES = (
    "recordedDate", "onsetDateTime", "performedDateTime", "authoredOn", "effectiveDateTime", "effectiveInstant",
    "created", "date",
)  # fmt: skip


def register_all() -> None:
    """Tell the store; called when the node starts."""
    for kind in _NAMING_DIAGNOSES:
        register(kind, unknown_diagnoses)
    register("Observation", impossible_values)
    register("Observation", measured_later)


def unknown_diagnoses(resource: Resource) -> Iterator[Problem]:
    """Each ICD-10 code that did not exist on the day of the resource, nor does today; headings are no diagnoses."""
    for place, code in _icd10_codes(resource, resource["resourceType"]):
        if diagnosis(code, _day_of(resource)) is None:
            message = phrase("Mã bệnh này không có trong danh mục ICD-10 của nút.")
            yield Problem("code-invalid", message, f"{place}.code", key="icd-unknown")


def measured_later(observation: Resource) -> Iterator[Problem]:
    """A value of tomorrow would stand as the newest of today. What is only planned may be of any day."""
    if observation["status"] not in _PLANNED and _day_of(observation) > clock.today():
        message = phrase("Ngày đo ở sau hôm nay.")
        yield Problem("value", message, "Observation.effective", key="measured-later")


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
    period = resource.get("period") or resource.get("effectivePeriod") or {}
    told = next((resource[name] for name in _DATES if name in resource), period.get("start", ""))
    try:
        return date.fromisoformat(clock.at_home(told)[:10])
    except ValueError:
        return clock.today()
