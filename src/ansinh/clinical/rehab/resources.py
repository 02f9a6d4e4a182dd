"""Encounter and Procedures of a rehabilitation session, as FHIR. Pure."""

from collections.abc import Iterator
from typing import Any

from ansinh.clinical.encounters.resources import Care, encounter_resource
from ansinh.clinical.rehab.rules import TOLERANCES, Session, Technique
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.naming import CS, EXT, UCUM

Resource = dict[str, Any]

SESSION = "rehab-session"
_CATEGORY = {"system": "http://snomed.info/sct", "code": "277132007", "display": "Therapeutic procedure"}
PAIN = ("72514-3", "Mức đau (0–10)")
_OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"


def all_resources(care: Care, session: Session, label: str, plan: str = "") -> list[Resource]:
    """The Encounter, a Procedure for each technique, and the pain score where one was given. plan: its CarePlan."""
    period = {"start": care.moment, "end": session.end.astimezone(VIETNAM).isoformat(timespec="seconds")}
    encounter = encounter_resource(care, SESSION, label) | {"period": period}
    extension = list(_extensions(session))
    named = {"basedOn": [{"reference": f"CarePlan/{plan}"}]} if plan else {}
    procedures = [_procedure(care, technique, period) | named for technique in session.techniques]
    pain = [_pain(care, session.pain)] if session.pain is not None else []
    return [encounter | ({"extension": extension} if extension else {}), *procedures, *pain]


def _extensions(session: Session) -> Iterator[Resource]:
    if session.tolerance:
        coding = {
            "system": CS("session-tolerance"),
            "code": session.tolerance,
            "display": str(TOLERANCES[session.tolerance]),  # plain text: what is stored knows no translations
        }
        yield {"url": EXT("session-tolerance"), "valueCoding": coding}
    if session.note:
        yield {"url": EXT("session-note"), "valueString": session.note}


def _procedure(care: Care, technique: Technique, period: Resource) -> Resource:
    procedure: Resource = {
        "resourceType": "Procedure",
        "id": care.part("procedure", technique.code),
        "status": "completed",
        "category": {"coding": [_CATEGORY]},
        "code": {
            "coding": [{"system": CS("technique"), "code": technique.code, "display": technique.display}],
            "text": technique.display,
        },
        **care.links,
        "performedPeriod": period,
    }
    if performer := care.performer():
        procedure["performer"] = [{"actor": performer[0]}]
    if extension := list(_amounts(technique)):
        procedure["extension"] = extension
    return procedure


def _amounts(technique: Technique) -> Iterator[Resource]:
    if technique.minutes:
        quantity = {"value": technique.minutes, "unit": "phút", "system": UCUM, "code": "min"}
        yield {"url": EXT("duration"), "valueDuration": quantity}
    if technique.repetitions:
        yield {"url": EXT("repetitions"), "valuePositiveInt": technique.repetitions}


def _pain(care: Care, score: int) -> Resource:
    coding = {"system": "http://loinc.org", "code": PAIN[0], "display": PAIN[1]}
    return {
        "resourceType": "Observation",
        "id": care.part("observation", "pain"),
        "status": "final",
        "category": [{"coding": [{"system": _OBSERVATION, "code": "survey"}]}],
        "code": {"coding": [coding], "text": PAIN[1]},
        **care.links,
        "effectiveDateTime": care.moment,
        "valueQuantity": {"value": score, "unit": "điểm", "system": UCUM, "code": "{score}"},
    }
