"""Which patient a record is about and which organisation it belongs to: what access is decided by.

- A Patient belongs to its managingOrganization; without one, to the unit that wrote it first.
- A record about a patient follows the patient: it moves when the patient does.
- A Task belongs to the facility that owns it; reports (Composition, MeasureReport) to the unit they are about.
- A SupplyDelivery belongs to the organisation that supplies, where it names one: what lies in stock is for nobody yet.
- A Subscription belongs to the unit that set it up: it may hold the secret of an address and names of people.
- A personal record whose patient is not known is withheld: its unit sees it, or only readers of the whole node.
- Everything else (definitions, organisations, staff, services) belongs to nobody.
"""

from dataclasses import dataclass
from typing import Any

from ansinh.fhir.index.numbers import WITHHELD, organization, people_of
from ansinh.fhir.model import references
from ansinh.fhir.store.records import Resource

# CompartmentDefinition/patient of R4 (http://hl7.org/fhir/R4/compartmentdefinition-patient.html), without the types
# that are about units or definitions when they name no patient.
PERSONAL = frozenset(
    """Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse BodyStructure CarePlan CareTeam
    ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Condition Consent Coverage
    CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare ExplanationOfBenefit
    FamilyMemberHistory Flag Goal Group ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation
    Invoice List Media MedicationAdministration MedicationDispense MedicationRequest MedicationStatement
    MolecularSequence NutritionOrder Observation Patient Person Procedure QuestionnaireResponse RelatedPerson
    RequestGroup ResearchSubject RiskAssessment ServiceRequest Specimen SupplyDelivery SupplyRequest Task
    VisionPrescription Binary Bundle Provenance AuditEvent GuidanceResponse Basic Parameters""".split()
)

_PATIENT_ELEMENTS = (
    "patient", "subject", "beneficiary", "individual", "for", "policyHolder", "subscriber", "candidate", "target",
)  # fmt: skip
_INNER_ELEMENTS = (
    ("participant", "actor"),
    ("participant", "member"),
    ("member", "entity"),
    ("actor", None),
    ("link", "target"),
)
_OWNERS = {
    "Patient": ("managingOrganization",),
    "Task": ("owner",),
    "Composition": ("subject", "custodian"),
    "MeasureReport": ("subject", "reporter"),
    "SupplyDelivery": ("supplier",),
}


@dataclass(frozen=True, slots=True)
class Owner:
    """patient: id of the Patient the record is about, ""; org: number of the owner; None to be taken from the
    patient (`follows`) or, where it does not follow, nobody."""

    patient: str
    org: int | None
    follows: bool


def owner_of(resource: Resource, unit: str) -> Owner:
    """Read the owner from the resource alone; the patient's own organisation is the store's to look up."""
    kind = resource["resourceType"]
    if kind == "Patient":
        unit_of_patient = _id(resource.get("managingOrganization"), "Organization")
        return Owner(resource["id"], people_of(unit_of_patient) if unit_of_patient else None, False)
    if kind == "Subscription":
        return Owner("", organization(unit), False)
    patient = patient_of(resource)
    if named := organization_id(resource):
        return Owner(patient, people_of(named) if patient else organization(named), False)
    if patient:
        return Owner(patient, None, True)
    if kind in PERSONAL:
        return Owner("", people_of(unit) if unit else WITHHELD, False)
    return Owner("", None, False)


def patient_of(resource: Resource) -> str:
    """Id of the patient that the resource is about; "" where there is none."""
    for element in _PATIENT_ELEMENTS:
        if found := _patient(resource.get(element)):
            return found
    for outer, inner in _INNER_ELEMENTS:
        for part in _list(resource.get(outer)):
            if found := _patient(part.get(inner) if inner and isinstance(part, dict) else part):
                return found
    return ""


def organization_id(resource: Resource) -> str:
    """Id of the organisation that a Patient or an owned record names; "" where there is none."""
    for name in _OWNERS.get(resource["resourceType"], ()):
        if found := _id(resource.get(name), "Organization"):
            return found
    return ""


def _patient(value: Any) -> str:
    return next((found for part in _list(value) if (found := _id(part, "Patient"))), "")


def _id(value: Any, kind: str) -> str:
    text = value.get("reference") if isinstance(value, dict) else None
    parsed = references.parse(text) if isinstance(text, str) else None
    return parsed.id if parsed and parsed.kind == "relative" and parsed.type == kind else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
