"""Consent resources (FHIR R4): one a person and purpose, whose versions are what was said when. Pure."""

from datetime import datetime
from typing import Any

from ansinh.kernel import clock
from ansinh.kernel.ids import stable_id

_SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
_RULES = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_LOINC = "http://loinc.org"


def consent_id(person: str, purpose: str) -> str:
    """The id of what a person said about a purpose."""
    return stable_id("consent", f"{person}/{purpose}")


def consent(
    *, person: str, purpose: str, code: str, given: bool, by: str, related: str, at: datetime
) -> dict[str, Any]:
    """by: who said it, in words; related: id of the RelatedPerson who spoke for the person, "" for the person."""
    performer = f"RelatedPerson/{related}" if related else f"Patient/{person}"
    return {
        "resourceType": "Consent",
        "id": consent_id(person, purpose),
        "status": "active" if given else "inactive",
        "scope": {"coding": [{"system": _SCOPES, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": _LOINC, "code": "59284-0", "display": "Consent Document"}]}],
        "patient": {"reference": f"Patient/{person}"},
        "dateTime": clock.instant(at),
        "performer": [{"reference": performer, "display": by}],
        "policyRule": {"coding": [{"system": _RULES, "code": "OPTIN"}]},
        "provision": {
            "type": "permit",
            "period": {"start": clock.instant(at)} if given else {"end": clock.instant(at)},
            "purpose": [{"system": REASONS, "code": code}],
        },
    }


def permits(resource: dict[str, Any] | None, code: str) -> bool:
    """True for a Consent that holds and permits this purpose."""
    if resource is None or resource.get("status") != "active":
        return False
    provision = resource.get("provision", {})
    return provision.get("type") == "permit" and code in {one.get("code") for one in provision.get("purpose", ())}
