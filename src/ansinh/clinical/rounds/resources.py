"""A line of the care log as a QuestionnaireResponse. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import EXT, Q

Resource = dict[str, Any]
CARE_LOG = "care-log"


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Whose line, of which shift. day: ISO day on which the shift began; encounter: id of the residence."""

    person: str
    encounter: str
    day: str
    shift: str

    @property
    def id(self) -> str:
        """One line for each person and shift: two nurses cannot make two."""
        return stable_id(CARE_LOG, self.person, self.day, self.shift)


def items(questionnaire: Resource) -> list[Resource]:
    """The questions of the log in their order: the columns of the grid."""
    return list(questionnaire.get("item", []))


def log_resource(
    questionnaire: Resource,
    place: LogPlace,
    answers: Mapping[str, str],
    *,
    authored: str,
    author: Resource,
    before: Resource | None,
) -> Resource:
    """The line as it is written. answers: linkId → code, words, or `true`; a line written before is `amended`."""
    body: Resource = {
        "resourceType": "QuestionnaireResponse",
        "id": place.id,
        "extension": [
            {"url": EXT("shift"), "valueCode": place.shift},
            {"url": EXT("shift-day"), "valueDate": place.day},
        ],
        "questionnaire": f"{Q(CARE_LOG)}|{questionnaire['version']}",
        "status": "amended" if before else "completed",
        "subject": {"reference": f"Patient/{place.person}"},
        "encounter": {"reference": f"Encounter/{place.encounter}"},
        "authored": authored,
        "item": [
            {"linkId": item["linkId"], "text": item["text"], "answer": [_answer(item, answers[item["linkId"]])]}
            for item in items(questionnaire)
            if answers.get(item["linkId"])
        ],
    }
    return body | ({"author": author} if author else {})


def _answer(item: Resource, value: str) -> Resource:
    match item["type"]:
        case "choice":
            codings = [option["valueCoding"] for option in item["answerOption"]]
            found = next((coding for coding in codings if coding["code"] == value), {"code": value})
            return {"valueCoding": {key: found[key] for key in ("system", "code", "display") if key in found}}
        case "boolean":
            return {"valueBoolean": value == "true"}
        case "integer":
            return {"valueInteger": int(value)}
        case _:
            return {"valueString": value}


def answers_of(response: Resource) -> dict[str, str]:
    """linkId → code, words, or `true`, as `log_resource` takes them."""
    found = {}
    for item in response.get("item", []):
        for answer in item.get("answer", []):
            if "valueCoding" in answer:
                found[item["linkId"]] = answer["valueCoding"].get("code", "")
            elif answer.get("valueBoolean") is True:
                found[item["linkId"]] = "true"
            elif "valueInteger" in answer or "valueString" in answer:
                found[item["linkId"]] = str(answer.get("valueString", answer.get("valueInteger")))
    return found
