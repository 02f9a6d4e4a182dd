"""Encounter, Observation, Condition and ClinicalImpression of a visit or a check, as FHIR. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ansinh.clinical.encounters.rules import Vital
from ansinh.clinical.registry.retractions import Retraction, taken_back
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, EXT, ICD10, LOINC, UCUM

Resource = dict[str, Any]

VISIT, CHECK = "visit", "periodic-check"
PRESSURE = ("85354-9", "Huyết áp")
BMI = Vital("bmi", "Chỉ số khối cơ thể (BMI)", "39156-5", "kg/m²", "kg/m2", Decimal(1), Decimal(200), 1)
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CERTAINTY = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CONDITION = "http://terminology.hl7.org/CodeSystem/condition-category"


@dataclass(frozen=True, slots=True)
class Care:
    """Where a contact belongs: ids of the person, facility and stay, who did it, and when (FHIR dateTime)."""

    id: str
    patient: str
    facility: str
    moment: str
    actor: str = ""
    actor_name: str = ""
    stay: str = ""
    inpatient: bool = False

    @property
    def links(self) -> Resource:
        """The two references that every resource of a contact carries."""
        return {
            "subject": {"reference": f"Patient/{self.patient}"},
            "encounter": {"reference": f"Encounter/{self.id}"},
        }

    def performer(self) -> list[Resource]:
        """Who did it: a reference where the staff register knows them, otherwise the name alone."""
        known = {"reference": self.actor} if self.actor.startswith("Practitioner/") else {}
        person = known | ({"display": self.actor_name} if self.actor_name else {})
        return [person] if person else []

    def part(self, *name: str) -> str:
        """The id of one resource of this contact: the same parts give the same id, so nothing is written twice."""
        return stable_id("contact", self.id, *name)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One ICD-10 code with its words; `long_term` puts it on the person's list of problems."""

    code: str
    display: str
    long_term: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """What was seen, measured and said. measures: by name of the vital; parts: code and label → words."""

    measures: Mapping[str, Decimal] = field(default_factory=dict)
    complaint: str = ""
    diagnoses: tuple[Diagnosis, ...] = ()
    note: str = ""
    advice: str = ""
    parts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    next_due: str = ""
    next_source: str = ""


def encounter_resource(care: Care, kind: str, label: str, complaint: str = "") -> Resource:
    """The contact itself, finished."""
    place = ("IMP", "Nội trú") if care.inpatient else ("AMB", "Ngoại trú")
    encounter: Resource = {
        "resourceType": "Encounter",
        "id": care.id,
        "status": "finished",
        "class": {"system": _ACT, "code": place[0], "display": place[1]},
        "type": [{"coding": [{"system": CS("encounter-type"), "code": kind, "display": label}]}],
        "subject": {"reference": f"Patient/{care.patient}"},
        "period": {"start": care.moment, "end": care.moment},
        "serviceProvider": {"reference": f"Organization/{care.facility}"},
    }
    if care.stay:
        encounter["episodeOfCare"] = [{"reference": f"EpisodeOfCare/{care.stay}"}]
    if performer := care.performer():
        encounter["participant"] = [{"individual": performer[0]}]
    if complaint:
        encounter["reasonCode"] = [{"text": complaint}]
    return encounter


def observations(care: Care, measures: Mapping[str, Decimal], vitals: Mapping[str, Vital]) -> Iterator[Resource]:
    """One Observation for each measurement; both pressures together in one panel."""
    pressures = [vitals[name] for name in ("systolic", "diastolic") if name in measures]
    if pressures:
        panel = _observation(care, PRESSURE, "vital-signs", "pressure")
        yield panel | {"component": [_component(vital, measures[vital.name]) for vital in pressures]}
    for name, value in measures.items():
        if name not in ("systolic", "diastolic"):
            vital = BMI if name == "bmi" else vitals[name]
            body = _observation(care, (vital.loinc, vital.label), vital.category, name)
            yield body | {"valueQuantity": _quantity(vital, value)}


def part_observations(care: Care, parts: Mapping[tuple[str, str], str]) -> Iterator[Resource]:
    """What was found in each part of the body, in words."""
    for (code, label), words in parts.items():
        body = _observation(care, (code, label), "exam", code, CS("exam-part"))
        yield body | {"valueString": words}


def _observation(care: Care, code: tuple[str, str], category: str, name: str, system: str = LOINC) -> Resource:
    coding = {"system": system, "code": code[0], "display": code[1]}
    body: Resource = {
        "resourceType": "Observation",
        "id": care.part("observation", name),
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": category}]}],
        "code": {"coding": [coding], "text": code[1]},
        **care.links,
        "effectiveDateTime": care.moment,
    }
    if performer := care.performer():
        body["performer"] = performer
    return body


def _component(vital: Vital, value: Decimal) -> Resource:
    coding = {"system": LOINC, "code": vital.loinc, "display": vital.label}
    return {"code": {"coding": [coding], "text": vital.label}, "valueQuantity": _quantity(vital, value)}


def _quantity(vital: Vital, value: Decimal) -> Resource:
    return {"value": value, "unit": vital.unit, "system": UCUM, "code": vital.ucum}


def conditions(care: Care, diagnoses: tuple[Diagnosis, ...]) -> Iterator[Resource]:
    """One Condition for each diagnosis, of this contact or of the person's list of problems."""
    for diagnosis in diagnoses:
        kind = "problem-list-item" if diagnosis.long_term else "encounter-diagnosis"
        yield {
            "resourceType": "Condition",
            "id": care.part("condition", diagnosis.code),
            "clinicalStatus": {"coding": [{"system": _STATUS, "code": "active"}]},
            "verificationStatus": {"coding": [{"system": _CERTAINTY, "code": "confirmed"}]},
            "category": [{"coding": [{"system": _CONDITION, "code": kind}]}],
            "code": {
                "coding": [{"system": ICD10, "code": diagnosis.code, "display": diagnosis.display}],
                "text": diagnosis.display,
            },
            **care.links,
            "recordedDate": care.moment,
            **({"recorder": performer[0]} if (performer := care.performer()) else {}),
        }


def impression(care: Care, findings: Findings) -> Resource | None:
    """Note, advice and the day of the next check; None when nothing of this was said."""
    extension = [
        *([{"url": EXT("advice"), "valueString": findings.advice}] if findings.advice else []),
        *([{"url": EXT("next-check-due"), "valueDate": findings.next_due}] if findings.next_due else []),
        *([{"url": EXT("next-check-source"), "valueString": findings.next_source}] if findings.next_source else []),
    ]
    if not findings.note and not extension:
        return None
    body: Resource = {
        "resourceType": "ClinicalImpression",
        "id": care.part("impression"),
        **({"extension": extension} if extension else {}),
        "status": "completed",
        **care.links,
        "date": care.moment,
    }
    if performer := care.performer():
        body["assessor"] = performer[0]
    return body | ({"summary": findings.note} if findings.note else {})


def all_resources(care: Care, kind: str, label: str, findings: Findings, vitals: Mapping[str, Vital]) -> list[Resource]:
    """Everything of one contact, the Encounter first."""
    said = impression(care, findings)
    return [
        encounter_resource(care, kind, label, findings.complaint),
        *observations(care, findings.measures, vitals),
        *part_observations(care, findings.parts),
        *conditions(care, findings.diagnoses),
        *([said] if said else []),
    ]


def retracted(resource: Resource, why: Retraction) -> Resource:
    """The same resource marked as entered in error: nothing of it is lost, nothing of it counts.

    The contact itself carries who, when and why; an open task that came of it is cancelled and says so.
    """
    match resource["resourceType"]:
        case "Condition":
            rest = {key: value for key, value in resource.items() if key != "clinicalStatus"}  # constraint con-5
            return rest | {"verificationStatus": {"coding": [{"system": _CERTAINTY, "code": "entered-in-error"}]}}
        case "Task":
            return resource | {"status": "cancelled", "statusReason": {"text": why.reason}}
        case "Encounter":
            return taken_back(resource, why)
        case _:
            return resource | {"status": "entered-in-error"}
