"""Names as numbers, so that index rows are small.

Every number is computed from the name alone: no table to look up, the same on every node and in every database.
64-bit numbers are positive (63 bits of BLAKE2b); two names that share one are refused on write, never mixed.
"""

import hashlib
import struct
from functools import lru_cache

# The order is for ever: a number stands in every row. R4 has no further types; own ones are appended.
TYPES = tuple(
    """Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic
    Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
    ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
    CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
    CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
    EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
    FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
    ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
    Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
    MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction
    MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
    MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder
    Observation ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation
    Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole
    Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
    ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule
    SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription
    Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities
    TestReport TestScript ValueSet VerificationResult VisionPrescription ViewDefinition""".split()
)
_NUMBER = {name: number for number, name in enumerate(TYPES, start=1)}

LONGEST = 300
"""Characters of a text that an index row holds: PostgreSQL's B-trees take 2,700 bytes."""
WITHHELD = 0
"""The owner of a personal record whose facility is not known: only readers of the whole node see it."""


def type_number(resource_type: str) -> int:
    """Small number of a resource type; KeyError for a name that is none."""
    return _NUMBER[resource_type]


def type_name(number: int) -> str:
    """The resource type of a small number."""
    return TYPES[number - 1]


def is_type(name: object) -> bool:
    """True for a concrete resource type of R4."""
    return name in _NUMBER


def _hash63(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1


@lru_cache(maxsize=8192)
def key(resource_type: str, fhir_id: str) -> int:
    """The number of one resource, present or not: references point at it, so they may be written in any order."""
    return _hash63(f"{resource_type}/{fhir_id}")


@lru_cache(maxsize=8192)
def token(system: str, code: str) -> int:
    """The number of a code in a system; "" where there is no system."""
    return _hash63(f"{system}|{code}")


@lru_cache(maxsize=4096)
def organization(fhir_id: str) -> int:
    """The number that an organisation's own records carry (reports, tasks of a plan); odd."""
    return key("Organization", fhir_id) | 1


@lru_cache(maxsize=4096)
def people_of(fhir_id: str) -> int:
    """The number that records of the people of an organisation carry; even, so that one bit tells them apart."""
    return organization(fhir_id) ^ 1 or 2


LABEL_BITS = 5
"""Sensitive compartments that there can be; one more would need new rows, none less may ever be."""


@lru_cache(maxsize=64)
def mask_number(mask: int) -> int:
    """What a mask of labels makes of an owner's number by exclusive or; even, 0 for no label."""
    number = 0
    for bit in range(LABEL_BITS):
        if mask & (1 << bit):
            number ^= _hash63(f"label {bit}") & ~1
    return number


def ordered(value: float) -> int:
    """A number as an integer of 64 bits with the same order: 1.5 < 2 and ordered(1.5) < ordered(2)."""
    bits = int.from_bytes(struct.pack(">d", value + 0.0), signed=True)
    return bits if bits >= 0 else bits ^ 0x7FFFFFFFFFFFFFFF


def short(text: str) -> str:
    """A text as an index of a database can hold it: very long ones keep their beginning and get a number of their own.

    Equal texts stay equal, different ones different.
    """
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 17]}#{_hash63(text):016x}"


def exact(text: str) -> int:
    """The number of a text as it was written, for `:exact`; never 0."""
    return _hash63(text) | 1


@lru_cache(maxsize=4096)
def param(resource_type: str, code: str) -> int:
    """The number of a search parameter of a type (31 bits; a test proves that no two of R4 collide)."""
    digest = hashlib.blake2b(f"{resource_type}.{code}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) >> 1
