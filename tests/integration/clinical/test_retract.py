"""What was entered in error: struck through, kept, counted nowhere; taken back whole or not at all."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.encounters.actions import Notes
from ansinh.clinical.registry import contacts, record, timeline
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.rehab import actions as rehab
from ansinh.clinical.rehab import queries as rehab_queries
from ansinh.clinical.rehab.rules import Session, Technique
from ansinh.clinical.screening import actions as screening
from ansinh.clinical.screening import queries as screening_queries
from ansinh.clinical.screening.rules.extensions import ordinal
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.validation.responses.items import options
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
NOTES = Notes(
    moment=MOMENT,
    measures={"systolic": Decimal(150), "diastolic": Decimal(90), "weight": Decimal("60.5"), "height": Decimal(160)},
    codes=("I10",),
    long_term=True,
    note="Huyết áp cao",
    advice="Ăn nhạt",
)


def every_day() -> dict:
    """PHQ-9 with the last answer of each scored question, thoughts of self-harm among them."""

    def filled(items: list[dict]) -> list[dict]:
        answers = []
        for item in items:
            if item["type"] == "group":
                answers.append({"linkId": item["linkId"], "item": filled(item["item"])})
            elif found := [one for one in options(tool, item) if ordinal(one) is not None]:
                answers.append({"linkId": item["linkId"], "answer": [{"valueCoding": found[-1]["valueCoding"]}]})
        return answers

    tool = screening_queries.questionnaire("phq-9")
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": filled(tool["item"])}


@pytest.fixture
def visit(lan, an) -> str:
    return care.record_visit(lan, person_id=an, notes=NOTES)


def statuses(context, contact: str) -> set[str]:
    """State of everything written within a contact."""
    return {
        one.get("status") or one["verificationStatus"]["coding"][0]["code"]
        for one in contacts.entries(context, contact)
    }


def test_retracted_visit_leaves_every_list_and_stays_in_the_timeline(lan, an, visit):
    entries = care.retract(lan, person_id=an, contact_id=visit, reason="Ghi nhầm người")

    (struck, *_stay) = timeline.timeline(lan, an).entries
    assert entries == 1 + len(contacts.entries(lan, visit)) == 7  # pressure, weight, height, BMI, diagnosis, note
    assert statuses(lan, visit) == {"entered-in-error"}
    assert record.trends(lan, an) == record.problems(lan, an) == []
    assert (struck.id, struck.kind, struck.lines) == (visit, "visit", ())
    assert (struck.retraction.reason, struck.retraction.actor_name) == ("Ghi nhầm người", lan.display)
    assert struck.retraction.at


def test_retracted_check_no_longer_counts_for_electronic_management(lan, an):
    check = care.record_check(lan, person_id=an, notes=NOTES)
    card, day = registry.person(lan, an), MOMENT.date()
    before = record.managed(lan, card, day).managed

    care.retract(lan, person_id=an, contact_id=check, reason="Ghi hai lần")

    assert (before, record.managed(lan, card, day).managed) == (True, False)
    counted = "SELECT COUNT(*) AS n FROM view_encounter e WHERE {reach:e} AND e.patient_id = :person"
    assert tables.rows(lan, counted, {"person": an})[0]["n"] == 0


def test_retracted_session_is_no_longer_practised(lan, an):
    session = rehab.record_session(
        lan, person_id=an, session=Session(MOMENT, 45, (Technique("17.0046", ""),), "good", 3)
    )

    care.retract(lan, person_id=an, contact_id=session, reason="Ghi hai lần")

    assert record.practised(lan, an) == rehab_queries.sessions(lan, an) == rehab_queries.usual_techniques(lan, an) == []


def test_retracted_screening_takes_its_open_tasks_along_and_leaves_done_ones(lan, an):
    recorded = screening.record_screening(context=lan, patient_id=an, questionnaire="phq-9", response=every_day())
    first, *others = recorded.task_ids
    screening.complete_task(context=lan, task_id=first, version=1, note="Đã gặp")

    care.retract(lan, person_id=an, contact_id=recorded.encounter_id, reason="Ghi nhầm người")

    tasks = {one.id: one.status for one in screening_queries.tasks_of(lan, an)}
    assert tasks == {first: "completed"} | dict.fromkeys(others, "cancelled")
    assert screening_queries.screening_history(lan, an) == record.screenings(lan, an) == []
    assert record.open_tasks(lan, an) == []


def test_page_of_a_screening_in_error_names_the_instrument_and_no_bare_code(client_of, lan, an):
    recorded = screening.record_screening(context=lan, patient_id=an, questionnaire="phq-9", response=every_day())

    shown = client_of("lan").get(reverse("entry_retract", args=[an, recorded.encounter_id])).content.decode()

    assert "Chỉ số: PHQ-9, câu 9" in shown
    assert "44260-8" not in shown


@pytest.mark.parametrize(
    ("who", "refusal"), [("lan", None), ("binh", None), ("mai", None), ("cuc", NotFound), ("officer", Refused)]
)
def test_visit_is_retracted_by_its_author_and_by_who_answers_for_it(who, refusal, an, visit, request):
    reader = request.getfixturevalue(who)
    before = journal.position()

    if refusal:
        with pytest.raises(refusal):
            care.retract(reader, person_id=an, contact_id=visit, reason="Ghi nhầm người")
        assert journal.position() == before
    else:
        assert care.retract(reader, person_id=an, contact_id=visit, reason="Ghi nhầm người")


def test_nurse_does_not_retract_what_the_doctor_wrote(lan, binh, an):
    visit = care.record_visit(binh, person_id=an, notes=NOTES)

    with pytest.raises(Refused):
        care.retract(lan, person_id=an, contact_id=visit, reason="Ghi nhầm người")

    assert contacts.may_retract(binh, Repository(binh).read("Encounter", visit))


def test_retraction_without_a_reason_or_a_second_time_changes_nothing(lan, an, visit):
    with pytest.raises(Invalid):
        care.retract(lan, person_id=an, contact_id=visit, reason="  ")
    care.retract(lan, person_id=an, contact_id=visit, reason="Ghi hai lần")
    before = journal.position()

    with pytest.raises(Conflict):
        care.retract(lan, person_id=an, contact_id=visit, reason="Ghi hai lần")

    assert journal.position() == before


def test_just_saved_visit_offers_to_be_taken_back(client_of, lan, an):
    client = client_of("lan")
    page = client.get(reverse("visit_new", args=[an]))
    entry = page.context["form"]["entry_id"].value()
    now = clock.now().astimezone(clock.VIETNAM).strftime("%d/%m/%Y %H:%M")

    saved = client.post(
        reverse("visit_new", args=[an]), {"entry_id": entry, "moment": now, "complaint": "Ho"}, follow=True
    )
    undo = reverse("entry_retract", args=[an, entry])
    asked = client.post(undo, {"why": "other"})
    done = client.post(undo, {"why": "figures", "words": "nhầm giờ"})

    assert f'href="{undo}"' in saved.content.decode()
    assert (asked.status_code, "Hãy ghi lý do." in asked.content.decode()) == (422, True)
    assert (done.status_code, done["Location"]) == (302, reverse("visit_new", args=[an]))
    seen = client.get(reverse("person_timeline", args=[an])).content.decode()
    assert "<del>" in seen
    assert "Ghi nhầm: Ghi sai nội dung, sẽ ghi lại: nhầm giờ (Nhân viên Lan" in seen


def test_retracted_visit_opens_with_its_parts_and_is_not_offered_again(client_of, lan, an, visit):
    client = client_of("lan")
    care.retract(lan, person_id=an, contact_id=visit, reason="Ghi nhầm người")

    source = client.get(reverse("person_versions", args=[an]), {"loai": "Encounter", "id": visit}).content.decode()
    asked = client.get(reverse("entry_retract", args=[an, visit])).content.decode()
    again = client.post(reverse("entry_retract", args=[an, visit]), {"why": "twice"})

    assert "Ghi nhầm: Ghi nhầm người" in source
    assert source.count("loai=Observation") == 4
    assert reverse("entry_retract", args=[an, visit]) not in source
    assert "đã được đánh dấu ghi nhầm" in asked
    assert again["Location"] == reverse("person_timeline", args=[an])


@pytest.mark.parametrize(("who", "status"), [("cuc", 404), ("officer", 403), ("", 302)])
def test_page_of_retraction_is_for_those_who_care_for_the_person(who, status, client_of, an, visit):
    assert client_of(who).get(reverse("entry_retract", args=[an, visit])).status_code == status
