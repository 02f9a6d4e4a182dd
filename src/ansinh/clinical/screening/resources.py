"""QuestionnaireResponse, Observation, Encounter and Task of a screening, as FHIR. Pure.

Encounter(screening) ◄── QuestionnaireResponse ◄── Observation(survey): total, and items marked for it
                                  ▲
                                  └── Task.focus, for = the person, owner = the facility
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ansinh.clinical.screening.rules import Assessment, Band, Finding, Score
from ansinh.clinical.screening.rules.extensions import EXTRACT, TRANSLATION, Text
from ansinh.fhir.validation.responses.extensions import HL7, value
from ansinh.fhir.validation.responses.items import answer_value, by_link, flat, options, same_value
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, EXT, SYNTHETIC, UCUM

Resource = dict[str, Any]

QUESTIONNAIRE = EXT("questionnaire")
UNIT = f"{HL7}questionnaire-unit"
TAKEN_BY = EXT("taken-by")
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@dataclass(frozen=True, slots=True)
class Session:
    """One screening: ids of response, person, facility, encounter and stay; when (FHIR instant); by whom."""

    id: str
    patient: str
    facility: str
    moment: str
    encounter: str
    stay: str = ""
    actor: str = ""
    actor_name: str = ""
    synthetic: bool = False

    def part(self, *names: str) -> str:
        """The id of a resource of this screening: the same parts, the same id."""
        return stable_id("screening", self.id, *names)

    def about(self) -> Resource:
        """What every resource of the screening carries."""
        return {"meta": {"tag": [dict(SYNTHETIC)]}} if self.synthetic else {}

    @property
    def subject(self) -> Resource:
        return {"reference": f"Patient/{self.patient}"}

    @property
    def visit(self) -> Resource:
        return {"reference": f"Encounter/{self.encounter}"}

    @property
    def who(self) -> Resource | None:
        """The practitioner who asked, None when it was none."""
        if not self.actor.startswith("Practitioner/"):
            return None
        return {"reference": self.actor, **({"display": self.actor_name} if self.actor_name else {})}


def canonical(questionnaire: Mapping) -> str:
    """`url|version`: what a response names."""
    return f"{questionnaire['url']}|{questionnaire['version']}"


def encounter(session: Session) -> Resource:
    """The contact in which the questions were asked, finished."""
    resource: Resource = {
        "resourceType": "Encounter",
        "id": session.encounter,
        **session.about(),
        "status": "finished",
        "class": {"system": _ACT, "code": "IMP" if session.stay else "AMB"},
        "type": [{"coding": [{"system": CS("encounter-type"), "code": "screening", "display": "Sàng lọc"}]}],
        "subject": session.subject,
        "period": {"start": session.moment, "end": session.moment},
        "serviceProvider": {"reference": f"Organization/{session.facility}"},
    }
    if session.who:
        resource["participant"] = [{"individual": session.who}]
    if session.stay:
        resource["episodeOfCare"] = [{"reference": f"EpisodeOfCare/{session.stay}"}]
    return resource


def response(session: Session, questionnaire: Mapping, items: list[dict]) -> Resource:
    """The answers as they are kept: texts and displays are the tool's, not the sender's."""
    resource: Resource = {
        "resourceType": "QuestionnaireResponse",
        "id": session.id,
        **session.about(),
        "questionnaire": canonical(questionnaire),
        "status": "completed",
        "subject": session.subject,
        "encounter": session.visit,
        "authored": session.moment,
    }
    if session.who:
        resource["author"] = session.who
    if kept := _kept(questionnaire, by_link(questionnaire), items):
        resource["item"] = kept
    return resource


def _kept(questionnaire: Mapping, known: Mapping[str, dict], items: list[dict]) -> list[dict]:
    found = []
    for entry in items:
        item = known[entry["linkId"]]
        one: Resource = {"linkId": item["linkId"], **({"text": item["text"]} if "text" in item else {})}
        if answers := [_answer(questionnaire, known, item, answer) for answer in entry.get("answer", [])]:
            one["answer"] = answers
        if inner := _kept(questionnaire, known, entry.get("item", [])):
            one["item"] = inner
        if len(one) > 1 and ("answer" in one or "item" in one):
            found.append(one)
    return found


def _answer(questionnaire: Mapping, known: Mapping[str, dict], item: Mapping, answer: Mapping) -> Resource:
    key = next(key for key in answer if key.startswith("value"))
    kept: Resource = {key: answer[key]}
    for option in options(questionnaire, item):
        if key == "valueCoding" and same_value(answer_value(option), answer[key]):
            coding = option["valueCoding"]
            kept = {key: {name: coding[name] for name in ("system", "code", "display") if coding.get(name)}}
    if inner := _kept(questionnaire, known, answer.get("item", [])):
        kept["item"] = inner
    return kept


def total_observation(session: Session, questionnaire: Mapping, total: Score, band: Band | None) -> Resource:
    """The total as an Observation of category survey."""
    resource = _observation(session, questionnaire, "total", dict(total.code))
    unit = {"display": "điểm", "code": "{score}", **total.unit}
    resource["valueQuantity"] = {"value": total.value, "unit": unit["display"], "system": UCUM, "code": unit["code"]}
    if band:
        resource["interpretation"] = [{"text": band.label.default}]
    return resource


def item_observations(session: Session, questionnaire: Mapping, items: list[dict]) -> Iterator[Resource]:
    """One Observation for each answer to an item that the tool marks for it (SDC observationExtract): coded ones, and
    numbers whose question has a unit."""
    known = by_link(questionnaire)
    for entry in flat(items):
        item = known[entry["linkId"]]
        if not value(item, EXTRACT) or not item.get("code"):
            continue
        for answer in entry.get("answer", []):
            resource = _observation(session, questionnaire, entry["linkId"], dict(item["code"][0]))
            kept = _answer(questionnaire, known, item, answer)
            if "valueCoding" in kept:
                resource["valueCodeableConcept"] = {"coding": [kept["valueCoding"]]}
            else:
                unit = value(item, UNIT, {})
                number = {"value": answer_value(answer), "unit": unit.get("display", ""), "system": UCUM}
                resource["valueQuantity"] = number | {"code": unit.get("code", "1")}
            yield resource


def _observation(session: Session, questionnaire: Mapping, name: str, code: Resource) -> Resource:
    resource: Resource = {
        "resourceType": "Observation",
        "id": session.part("observation", name),
        **session.about(),
        "extension": [{"url": QUESTIONNAIRE, "valueCanonical": canonical(questionnaire)}],
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "survey", "display": "Survey"}]}],
        "code": {"coding": [code]},
        "subject": session.subject,
        "encounter": session.visit,
        "effectiveDateTime": session.moment,
        "derivedFrom": [{"reference": f"QuestionnaireResponse/{session.id}"}],
    }
    if session.who:
        resource["performer"] = [session.who]
    return resource


def tasks(session: Session, assessment: Assessment, today: date) -> Iterator[Resource]:
    """One Task for each finding that asks for one, on the list of the person's facility."""
    for finding in assessment.findings:
        if finding.follow_up:
            yield _task(session, finding, today)


def _task(session: Session, finding: Finding, today: date) -> Resource:
    follow_up = finding.follow_up
    assert follow_up is not None
    resource: Resource = {
        "resourceType": "Task",
        "id": session.part("task", finding.code),
        **session.about(),
        "status": "requested",
        "intent": "order",
        "priority": follow_up.priority,
        "code": {
            "coding": [{"system": CS("task-type"), "code": follow_up.code}],
            "text": follow_up.title.default,
            **_translated("_text", follow_up.title),
        },
        "description": finding.reason.default,
        **_translated("_description", finding.reason),
        "focus": {"reference": f"QuestionnaireResponse/{session.id}"},
        "for": session.subject,
        "encounter": session.visit,
        "authoredOn": session.moment,
        "lastModified": session.moment,
        "owner": {"reference": f"Organization/{session.facility}"},
        "restriction": {"period": {"end": (today + timedelta(days=follow_up.due_days)).isoformat()}},
    }
    if session.who:
        resource["requester"] = session.who
    return resource


def _translated(key: str, text: Text) -> Resource:
    extensions = [
        {
            "url": TRANSLATION,
            "extension": [{"url": "lang", "valueCode": code}, {"url": "content", "valueString": words}],
        }
        for code, words in text.translations.items()
    ]
    return {key: {"extension": extensions}} if extensions else {}


def stepped(
    task: Mapping, status: str, moment: str, *, actor: Mapping | None, note: str = "", reason: str = ""
) -> Resource:
    """The Task after a step: who took it, what was noted, why it was given up."""
    after: Resource = {**task, "status": status, "lastModified": moment}
    if status == "in-progress":
        kept = [extension for extension in task.get("extension", []) if extension["url"] != TAKEN_BY]
        after["extension"] = [*kept, *([{"url": TAKEN_BY, "valueReference": dict(actor)}] if actor else [])]
        after["executionPeriod"] = {"start": moment}
    else:
        after["executionPeriod"] = {**task.get("executionPeriod", {}), "end": moment}
    if note:
        written: Resource = {"time": moment, "text": note}
        if actor:
            written["authorReference"] = dict(actor)
        after["note"] = [*task.get("note", []), written]
    if reason:
        after["statusReason"] = {"text": reason}
    if not after.get("extension", True):
        del after["extension"]
    return after


def taken_by(task: Mapping) -> Resource:
    """Reference of the person who took a Task; {} when nobody has."""
    return value(task, TAKEN_BY, {})
