"""One person for whom everything was done that a page or the FHIR door can show, and what is secret of them.

whole = make_whole_person(nurse, doctor)
assert not whole.told_in(response.content.decode())
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.registry import actions as registry
from ansinh.clinical.registry import queries
from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft
from ansinh.clinical.rehab import actions as rehab
from ansinh.clinical.rehab.rules import Session, Technique
from ansinh.clinical.screening import actions as screening
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.fhir.validation.responses.items import options
from ansinh.kernel.context import Context
from ansinh.kernel.text import fold

MOMENT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
NAME = "Quàng Thị Bồng Lai"
CITIZEN = "037150998877"
CARD = "DN4373798765432"
PHONE = "0977123987"
GUARDIAN = "Lò Văn Thác Bạc"
COMPLAINT = "Chóng mặt khi leo thang gác"
DRAFT = PersonDraft(
    NAME,
    "female",
    "1950-05-17",
    citizen_number=CITIZEN,
    phone=PHONE,
    address="Xóm Mây Ngàn",
    groups=(GroupEntry("merit-g", "2010-01-01"),),
    disabilities=(DisabilityEntry("1", "severe", "7719/GXN", "2015"),),
    guardian=Guardian(GUARDIAN, "con gái", "0966554433"),
    insurance=Insurance(CARD, "37001", "2026-01-01", "2026-12-31"),
)
SECRETS = (NAME, CITIZEN, CITIZEN[-6:], CARD, CARD[-10:], PHONE, GUARDIAN, COMPLAINT, "Xóm Mây Ngàn", "7719/GXN")


@dataclass(frozen=True)
class WholePerson:
    """Ids of what was made, by resource type; `id` is the person's."""

    id: str
    records: Mapping[str, str] = field(default_factory=dict)

    def told_in(self, text: str, *, ids: bool = False) -> list[str]:
        """What a text tells of this person: name (also without marks), numbers, words; with `ids` also record ids."""
        plain = html.unescape(text)
        folded = fold(plain)
        found = [secret for secret in SECRETS if secret in plain or fold(secret) in folded]
        return found + ([one for one in self.records.values() if one in plain] if ids else [])


def make_whole_person(nurse: Context, doctor: Context) -> WholePerson:
    """Registered, admitted, examined, treated and screened (PHQ-9 at its worst: two tasks)."""
    person = registry.register_person(nurse, draft=DRAFT, admission=registry.Admission("inpatient", "2026-01-05"))
    measures = {"systolic": Decimal(150), "diastolic": Decimal(90)}
    visit = care.record_visit(
        doctor, person_id=person, notes=care.Notes(MOMENT, measures, COMPLAINT, ("I10",), True, COMPLAINT, "Ăn nhạt")
    )
    rehab.record_session(
        doctor, person_id=person, session=Session(MOMENT, 45, (Technique("17.0046", ""),), "good", 3, "")
    )
    screened = screening.record_screening(
        context=nurse, patient_id=person, questionnaire="phq-9", response=answers("phq-9", -1)
    )
    card = queries.person(nurse, person)
    assert card.stay is not None
    return WholePerson(
        person,
        {
            "Patient": person,
            "EpisodeOfCare": card.stay.id,
            "Encounter": visit,
            "QuestionnaireResponse": screened.response_id,
            "Task": screened.task_ids[0],
            "Coverage": card.coverage_id,
        },
    )


def answers(tool_name: str, choice: int) -> dict[str, Any]:
    """A response to a shipped tool in which every question with options has the option at this place."""
    tool = read_questionnaire(settings.DEFINITIONS / "questionnaires" / f"{tool_name}.yaml")
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "item": _answered(tool, tool["item"], choice),
    }


def _answered(tool: dict[str, Any], items: list[dict[str, Any]], choice: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in items:
        if item["type"] == "group":
            found.append({"linkId": item["linkId"], "item": _answered(tool, item["item"], choice)})
        elif offered := options(tool, item):
            coding = {key: offered[choice]["valueCoding"][key] for key in ("system", "code")}
            found.append({"linkId": item["linkId"], "answer": [{"valueCoding": coding}]})
    return found
