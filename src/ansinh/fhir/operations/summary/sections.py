"""The sections of an International Patient Summary and what belongs in each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Resource = dict[str, Any]

_ENTERED_WRONGLY = frozenset({"entered-in-error", "refuted"})
_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_CURRENT = frozenset({"active", "on-hold", "intended"})


@dataclass(frozen=True, slots=True)
class Part:
    """Resources of one kind. statuses: those that count, none for any; categories, codes: of the search; per_code: the
    newest of each code only; is_entry: False for what is told in the text alone, as the profile allows no entry of
    this kind."""

    kind: str
    statuses: frozenset[str] = frozenset()
    categories: str = ""
    codes: str = ""
    per_code: bool = False
    is_entry: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """One section. Required ones are there also when they are empty. titles: by language."""

    name: str
    loinc: str
    display: str
    titles: Mapping[str, str]
    parts: tuple[Part, ...]
    required: bool = False


_RESULT = frozenset({"registered", "preliminary", "final", "amended", "corrected", "partial", "appended"})


def _statuses(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Smoking and alcohol (ObservationTobaccoUseUvIps, ObservationAlcoholUseUvIps): lifestyle, whatever category they bear.
_LIFESTYLE = frozenset({"72166-2", "74013-4"})


def _observed(categories: str, *, is_entry: bool = True) -> Part:
    return Part("Observation", _RESULT, categories, per_code=True, is_entry=is_entry)


_LIFESTYLE_PART = Part("Observation", _RESULT, codes=",".join(sorted(_LIFESTYLE)), per_code=True)

SECTIONS = (
    Section(
        "problems",
        "11450-4",
        "Problem list - Reported",
        {"vi": "Vấn đề sức khỏe hiện có", "en": "Problems"},
        (Part("Condition"),),
        required=True,
    ),
    Section(
        "allergies",
        "48765-2",
        "Allergies and adverse reactions Document",
        {"vi": "Dị ứng và không dung nạp", "en": "Allergies and intolerances"},
        (Part("AllergyIntolerance"),),
        required=True,
    ),
    Section(
        "medications",
        "10160-0",
        "History of Medication use Narrative",
        {"vi": "Thuốc đang dùng", "en": "Medications"},
        (Part("MedicationStatement", _CURRENT), Part("MedicationRequest", _CURRENT)),
        required=True,
    ),
    Section(
        "immunizations",
        "11369-6",
        "History of Immunization note",
        {"vi": "Tiêm chủng", "en": "Immunizations"},
        (Part("Immunization", _statuses("completed")),),
    ),
    Section(
        "results",
        "30954-2",
        "Relevant diagnostic tests/laboratory data note",
        {"vi": "Kết quả xét nghiệm, chẩn đoán", "en": "Results"},
        (
            _observed("laboratory,imaging"),
            Part("DiagnosticReport", _RESULT, per_code=True),
        ),
    ),
    Section(
        "procedures",
        "47519-4",
        "History of Procedures Document",
        {"vi": "Thủ thuật, phẫu thuật, kỹ thuật đã làm", "en": "Procedures"},
        (Part("Procedure", _statuses("in-progress on-hold stopped completed"), per_code=True),),
    ),
    Section(
        "devices",
        "46264-8",
        "History of medical device use",
        {"vi": "Dụng cụ, thiết bị y tế", "en": "Medical devices"},
        (Part("DeviceUseStatement"),),
    ),
    Section(
        "vital-signs",
        "8716-3",
        "Vital signs note",
        {"vi": "Dấu hiệu sinh tồn", "en": "Vital signs"},
        (_observed("vital-signs"),),
    ),
    Section(
        "past-illness",
        "11348-0",
        "History of Past illness note",
        {"vi": "Bệnh đã qua", "en": "Past illnesses"},
        (Part("Condition"),),
    ),
    Section(
        "functional-status",
        "47420-5",
        "Functional status assessment note",
        {"vi": "Khả năng tự phục vụ và sinh hoạt", "en": "Functional status"},
        (
            Part("ClinicalImpression", _statuses("completed")),
            _observed("survey", is_entry=False),
        ),
    ),
    Section(
        "plan-of-care",
        "18776-5",
        "Plan of care note",
        {"vi": "Kế hoạch chăm sóc", "en": "Plan of care"},
        (Part("CarePlan", _statuses("active on-hold")),),
    ),
    Section(
        "social-history",
        "29762-2",
        "Social history note",
        {"vi": "Lối sống, hoàn cảnh", "en": "Social history"},
        (_observed("social-history"), _LIFESTYLE_PART),
    ),
    Section(
        "alerts",
        "104605-1",
        "Alert",
        {"vi": "Cảnh báo", "en": "Alerts"},
        (Part("Flag", _statuses("active")),),
    ),
)


def belongs(section: str, resource: Resource) -> bool:
    """True when a resource that was found is for this section: what is current, past, and never what was a mistake."""
    if _ENTERED_WRONGLY & {*codes(resource.get("verificationStatus")), str(resource.get("status", ""))}:
        return False
    if resource["resourceType"] == "Observation" and _LIFESTYLE & codes(resource.get("code")):
        return section == "social-history"
    if resource["resourceType"] == "Condition":
        clinical = codes(resource.get("clinicalStatus"))
        return (section == "problems") is bool(not clinical or _ACTIVE & clinical)
    return True


def codes(concept: Any) -> frozenset[str]:
    """The codes of a CodeableConcept."""
    return frozenset(one.get("code", "") for one in (concept or {}).get("coding", ()))


def when(resource: Resource) -> str:
    """When it was, as written in the resource; "" when it does not say."""
    for key in (
        "effectiveDateTime", "effectiveInstant", "performedDateTime", "occurrenceDateTime", "onsetDateTime",
        "timingDateTime", "authoredOn", "recordedDate", "recordedOn", "dateAsserted", "date", "issued", "created",
    ):  # fmt: skip
        if isinstance(resource.get(key), str):
            return str(resource[key])
    for key in ("effectivePeriod", "performedPeriod", "onsetPeriod", "timingPeriod", "period"):
        if isinstance(resource.get(key), dict):
            return str(resource[key].get("end") or resource[key].get("start") or "")
    return ""
