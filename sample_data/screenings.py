"""Screenings of synthetic people: answers → response, score and tasks, by the rules of the tool's own file."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.clinical.encounters.resources import Care
from ansinh.clinical.screening import resources as screening
from ansinh.clinical.screening import rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.fhir.validation.responses.items import flat, options
from sample_data import LAST_DAY
from sample_data.care import Event
from sample_data.people import Person

Resource = dict[str, Any]
STILL_OPEN_DAYS = 150


@cache
def _tool(name: str) -> Resource:
    return read_questionnaire(Path(settings.DEFINITIONS) / "questionnaires" / f"{name}.yaml")


def resources(person: Person, care: Care, event: Event, late: datetime) -> list[Resource]:
    """Encounter, response, observations and tasks; tasks of long ago were completed by `late`."""
    tool = _tool(event.tool)
    items = list(_items(tool, event.answers))
    session = screening.Session(
        id=care.part("response"),
        patient=care.patient,
        facility=care.facility,
        moment=care.moment,
        encounter=care.id,
        stay=care.stay if care.inpatient else "",
    )
    response = screening.response(session, tool, items)
    assessment = rules.assess(tool, response, {"resourceType": "Patient", "gender": person.sex})
    assert assessment.score is not None
    return [
        screening.encounter(session),
        response,
        screening.total_observation(session, tool, assessment.score, assessment.band),
        *screening.item_observations(session, tool, items),
        *(_settled(task, event, late) for task in screening.tasks(session, assessment, event.at.date())),
    ]


def _items(tool: Resource, answers: tuple[int, ...]) -> Iterator[Resource]:
    """The n-th answer is an option number of the n-th scored question; groups are kept as they are."""
    numbers = iter(answers)
    scored = {
        item["linkId"]: options(tool, item)
        for item in flat(tool["item"])
        if item.get("required") and "item" not in item
    }

    def answered(items: list[Resource]) -> Iterator[Resource]:
        for item in items:
            if inner := list(answered(item.get("item", []))):
                yield {"linkId": item["linkId"], "item": inner}
            elif choices := scored.get(item["linkId"]):
                chosen = choices[min(next(numbers, 0), len(choices) - 1)]
                yield {"linkId": item["linkId"], "answer": [{"valueCoding": chosen["valueCoding"]}]}

    return answered(tool["item"])


def _settled(task: Resource, event: Event, late: datetime) -> Resource:
    if (LAST_DAY - event.at.date()).days <= STILL_OPEN_DAYS:
        return task
    return screening.stepped(
        task, "completed", late.isoformat(timespec="seconds"), actor=None, note="Đã gặp, tư vấn và hẹn theo dõi."
    )
