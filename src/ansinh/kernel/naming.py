"""Canonical names of what An Sinh defines. The base is a name, not an address: nothing is fetched from it."""

BASE = "https://ansinh.vn/fhir"

CCCD = f"{BASE}/id/cccd"
CMND = f"{BASE}/id/cmnd"
BHYT = f"{BASE}/id/bhyt"
MRN = f"{BASE}/id/ma-so"
FACILITY = f"{BASE}/id/co-so"

ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


def EXT(name: str) -> str:
    """URL of an extension: `EXT("beneficiary-group")`."""
    return f"{BASE}/StructureDefinition/{name}"


def CS(name: str) -> str:
    """URL of a code system under definitions/codesystems."""
    return f"{BASE}/CodeSystem/{name}"


def VS(name: str) -> str:
    """URL of a value set under definitions/valuesets."""
    return f"{BASE}/ValueSet/{name}"


def Q(name: str) -> str:
    """URL of a Questionnaire under definitions/questionnaires."""
    return f"{BASE}/Questionnaire/{name}"


def PLAN(name: str) -> str:
    """URL of a PlanDefinition under definitions/plans."""
    return f"{BASE}/PlanDefinition/{name}"


def MEASURE(name: str) -> str:
    """URL of a Measure under definitions/measures."""
    return f"{BASE}/Measure/{name}"


SYNTHETIC = {"system": CS("data-kind"), "code": "synthetic"}
