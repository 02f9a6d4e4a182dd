"""One person of facility A for whom everything was done that a page can show, and a yearly report."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from ansinh.network.facilities.resources import organization_id
from tests.support import treated

MORNING = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
SAMPLE_NAME = "Nguyễn Hoài An"
STAFF_NAME = "Đinh Thị Ngần"
WARD, ROOM, BEDS = "Khoa Thử", "Buồng Một", ("Giường 1", "Giường 2")  # beds are named when the room is made
# Words a nurse typed, kept as typed in either language.
TYPED = (
    "Đau đầu",
    "Huyết áp cao",
    "Ăn nhạt",
    "Thôn Bình Yên",
    "Xã Hòa Hải cũ",
    "Trần Thị Bảo",
    "con gái",
    STAFF_NAME,
    WARD,
    ROOM,
    *BEDS,
    *treated.WORDS,
    *treated.STORED,
)


@dataclass(frozen=True)
class Story:
    """Ids of what was made: the person, a screening response, its task, a draft of a report, a post; words in them."""

    person: str
    response: str
    task: str
    report: str
    facility: str
    post: str
    report_title: str
    visit: str
    account: Any
    key: int
    bed: str
    stay: str
    treated: dict[str, dict[str, list[Any]]]
    name: str = SAMPLE_NAME
    typed: tuple[str, ...] = TYPED


@pytest.fixture
def story(world, lan, binh, mai, officer) -> Story:
    """A person registered, admitted, examined, checked, treated and screened; a draft of a report."""
    from ansinh.access.models import User
    from ansinh.network.workforce import actions as workforce
    from ansinh.programme.reports import actions as reports

    person = _registered(lan)
    visit = _cared_for(binh, person)
    response, task = _screened(lan, person)
    report = reports.build_draft(officer, plan_id="ninh-binh-2021-2030", year=2025)
    post = workforce.take_up_post(
        mai, facility=world.a, full_name=STAFF_NAME, post="nurse", level="university", start=date(2024, 1, 2)
    )
    title, account = _title_of(officer, report.id), User.objects.get(username="lan")
    key, bed, stay = _key_of(account), _bed(mai), _stay_of(lan, person)
    pages = treated.treat(lan, binh, mai, person)
    pages["entry_signatures"] = {"kind": ["Encounter"], "part": [visit]}
    pages["part_amend"] = {"kind": ["ClinicalImpression"], "part": [_note_of(binh, person)]}
    pages["facility_handover"] = {"facility_id": [organization_id("so-y-te-dak-nong")]}
    return Story(person, response, task, report.id, world.a, post, title, visit, account, key, bed, stay, pages)


def _note_of(doctor, person: str) -> str:
    """The note of a contact: it may be amended once it is signed."""
    from ansinh.fhir.search import search
    from ansinh.fhir.store import Repository

    return search(Repository(doctor), "ClinicalImpression", [("patient", person)]).resources[0]["id"]


def _stay_of(nurse, person: str) -> str:
    from ansinh.clinical.registry import queries

    return queries.person(nurse, person).stays[0].id


def _bed(director) -> str:
    """A free bed beside the one of nobody; its names are words that somebody typed."""
    from ansinh.clinical.wards import actions, queries

    actions.add_room(director, facility=director.unit, ward="", ward_name=WARD, name=ROOM, beds=2)
    return queries.places(director, director.unit).wards[0].rooms[0].beds[0].id


def _key_of(account: Any) -> int:
    """A passkey as django-allauth keeps it; nobody can log in with it."""
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.create(user=account, type="webauthn", data={"name": STAFF_NAME}).pk


def _title_of(officer, report: str) -> str:
    from ansinh.programme.reports import queries

    return next(each.title for each in queries.summaries(officer) if each.id == report)


def _registered(nurse) -> str:
    from ansinh.clinical.registry import actions
    from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft

    draft = PersonDraft(
        SAMPLE_NAME,
        "female",
        "1950-05",
        citizen_number="037150000001",
        phone="0912345678",
        address="Thôn Bình Yên",
        old_address="Xã Hòa Hải cũ",
        ethnicity="01",
        groups=(GroupEntry("merit-g", "2010-01-01"),),
        disabilities=(DisabilityEntry("1", "severe", "12/GXN", "2015"),),
        guardian=Guardian("Trần Thị Bảo", "con gái", "0987654321"),
        insurance=Insurance("DN4373712345678", "37001", "2026-01-01", "2026-12-31"),
    )
    return actions.register_person(nurse, draft=draft, admission=actions.Admission("inpatient", "2026-01-05"))


def _cared_for(doctor, person: str) -> str:
    from ansinh.clinical.encounters import actions as care
    from ansinh.clinical.rehab import actions as rehab
    from ansinh.clinical.rehab.rules import Session, Technique

    pressure = {"systolic": Decimal(150), "diastolic": Decimal(90), "weight": Decimal("60.5"), "height": Decimal(160)}
    notes = care.Notes(MORNING, pressure, "Đau đầu", ("I10",), True, "Huyết áp cao", "Ăn nhạt")
    visit = care.record_visit(doctor, person_id=person, notes=notes)
    care.record_check(doctor, person_id=person, notes=care.Notes(MORNING, {"pulse": Decimal(72)}, note="Huyết áp cao"))
    rehab.record_session(
        doctor, person_id=person, session=Session(MORNING, 45, (Technique("17.0046", ""),), "good", 3, "")
    )
    return visit


def _screened(nurse, person: str) -> tuple[str, str]:
    from ansinh.clinical.screening import actions
    from ansinh.clinical.screening.loading import read_questionnaire

    tool = read_questionnaire(settings.DEFINITIONS / "questionnaires" / "phq-9.yaml")
    recorded = actions.record_screening(
        context=nurse, patient_id=person, questionnaire="phq-9", response=_worst_answers(tool)
    )
    return recorded.response_id, recorded.task_ids[0]


def _worst_answers(tool: dict) -> dict:
    """A response in which every scored question has its last, worst option."""
    from ansinh.fhir.validation.responses.items import options

    def answered(items):
        found = []
        for item in items:
            if item["type"] == "group":
                found.append({"linkId": item["linkId"], "item": answered(item["item"])})
            elif chosen := options(tool, item):
                coding = {key: chosen[-1]["valueCoding"][key] for key in ("system", "code")}
                found.append({"linkId": item["linkId"], "answer": [{"valueCoding": coding}]})
        return found

    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": answered(tool["item"])}
