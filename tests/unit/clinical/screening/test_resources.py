"""What a screening writes is valid FHIR, links together, and keeps only what the tool knows."""

from datetime import date

import pytest
from django.conf import settings

from ansinh.clinical.screening import resources, rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.fhir.validation import validate
from ansinh.kernel.naming import CS

PHQ = read_questionnaire(settings.DEFINITIONS / "questionnaires" / "phq-9.yaml")
TODAY = date(2025, 12, 1)
SESSION = resources.Session(
    id="018f0000-0000-7000-8000-000000000001",
    patient="p1",
    facility="f1",
    moment="2025-12-01T08:30:00.000+07:00",
    encounter="e1",
    stay="s1",
    actor="Practitioner/lan",
    actor_name="Điều dưỡng Lan",
)


def items(*codes):
    answers = [
        {
            "linkId": f"phq9.{n}",
            "answer": [{"valueCoding": {"system": "http://loinc.org", "code": code, "display": "sửa"}}],
        }
        for n, code in enumerate(codes, 1)
    ]
    return [{"linkId": "phq9", "text": "sửa", "item": answers}]


HIGH = items(*["LA6571-9"] * 9)
LOW = items(*["LA6568-5"] * 9)


def everything(given):
    assessment = rules.assess(PHQ, {"resourceType": "QuestionnaireResponse", "item": given})
    return [
        resources.encounter(SESSION),
        resources.response(SESSION, PHQ, given),
        resources.total_observation(SESSION, PHQ, assessment.score, assessment.band),
        *resources.item_observations(SESSION, PHQ, given),
        *resources.tasks(SESSION, assessment, TODAY),
    ]


@pytest.mark.parametrize("given", [HIGH, LOW], ids=["positive", "negative"])
def test_everything_written_is_valid_fhir(given):
    for resource in everything(given):
        errors = [problem for problem in validate(resource) if problem.severity in ("error", "fatal")]
        assert errors == [], (resource["resourceType"], errors)


def test_positive_screening_makes_a_task_for_each_finding():
    routine, urgent = [made for made in everything(HIGH) if made["resourceType"] == "Task"]

    assert [task["code"]["coding"][0] for task in (routine, urgent)] == [
        {"system": CS("task-type"), "code": "screening-followup"},
        {"system": CS("task-type"), "code": "self-harm-review"},
    ]
    assert (routine["priority"], urgent["priority"]) == ("routine", "urgent")
    assert routine["restriction"]["period"]["end"] == "2025-12-08"
    assert urgent["restriction"]["period"]["end"] == "2025-12-01"
    assert urgent["focus"] == {"reference": f"QuestionnaireResponse/{SESSION.id}"}
    assert urgent["for"] == {"reference": "Patient/p1"}
    assert urgent["owner"] == {"reference": "Organization/f1"}
    assert rules.text(urgent, "description").in_language("en").startswith("Item 9")


def test_negative_screening_makes_no_task_and_still_a_score():
    written = everything(LOW)

    assert [made["resourceType"] for made in written].count("Task") == 0
    total = next(made for made in written if made["resourceType"] == "Observation")
    assert total["valueQuantity"]["value"] == 0
    assert total["code"]["coding"][0]["code"] == "44261-6"
    assert total["interpretation"] == [{"text": "Không có hoặc rất nhẹ"}]


def test_item_nine_is_an_observation_of_its_own():
    item = [made for made in everything(HIGH) if made["resourceType"] == "Observation"][1]

    assert item["code"]["coding"][0]["code"] == "44260-8"
    assert item["valueCodeableConcept"]["coding"][0]["code"] == "LA6571-9"
    assert item["derivedFrom"] == [{"reference": f"QuestionnaireResponse/{SESSION.id}"}]


def test_texts_of_the_response_are_those_of_the_tool():
    kept = resources.response(SESSION, PHQ, HIGH)

    assert kept["item"][0]["text"] == PHQ["item"][0]["text"]
    assert kept["item"][0]["item"][0]["answer"][0]["valueCoding"] == {
        "system": "http://loinc.org",
        "code": "LA6571-9",
        "display": "Gần như mọi ngày",
    }
    assert kept["questionnaire"] == "https://ansinh.vn/fhir/Questionnaire/phq-9|1.0.0"


def test_empty_answers_are_not_kept():
    empty = [{"linkId": "phq9", "item": [{"linkId": "phq9.1"}]}, {"linkId": "difficulty", "answer": []}]

    assert "item" not in resources.response(SESSION, PHQ, empty)


def test_synthetic_people_have_synthetic_screenings():
    marked = resources.Session(**{name: getattr(SESSION, name) for name in SESSION.__slots__} | {"synthetic": True})

    assert resources.encounter(marked)["meta"]["tag"][0]["code"] == "synthetic"
    assert "meta" not in resources.encounter(SESSION)


def test_machine_is_not_named_as_a_person():
    machine = resources.Session(**{name: getattr(SESSION, name) for name in SESSION.__slots__} | {"actor": "system"})

    assert "author" not in resources.response(machine, PHQ, HIGH)
    assert "participant" not in resources.encounter(machine)


def a_task():
    assessment = rules.assess(PHQ, {"resourceType": "QuestionnaireResponse", "item": HIGH})
    return next(resources.tasks(SESSION, assessment, TODAY))


WHO = {"reference": "Practitioner/binh", "display": "Bác sĩ Bình"}


def test_taken_task_names_who_has_it_and_stays_on_the_list_of_the_facility():
    after = resources.stepped(a_task(), "in-progress", "2025-12-02T09:00:00.000+07:00", actor=WHO)

    assert resources.taken_by(after) == WHO
    assert after["owner"] == {"reference": "Organization/f1"}
    assert after["executionPeriod"] == {"start": "2025-12-02T09:00:00.000+07:00"}
    assert [p for p in validate(after) if p.severity == "error"] == []


def test_task_taken_again_has_one_owner():
    first = resources.stepped(a_task(), "in-progress", "2025-12-02T09:00:00.000+07:00", actor=WHO)
    other = {"reference": "Practitioner/lan"}

    again = resources.stepped(
        {**first, "status": "on-hold"}, "in-progress", "2025-12-03T09:00:00.000+07:00", actor=other
    )

    assert resources.taken_by(again) == other
    assert len(again["extension"]) == 1


def test_finished_task_keeps_its_notes_and_says_why_it_was_given_up():
    taken = resources.stepped(a_task(), "in-progress", "2025-12-02T09:00:00.000+07:00", actor=WHO)
    done = resources.stepped(taken, "completed", "2025-12-03T09:00:00.000+07:00", actor=WHO, note="Đã gặp.")
    given_up = resources.stepped(
        a_task(), "cancelled", "2025-12-03T09:00:00.000+07:00", actor=None, reason="Nhầm người"
    )

    assert done["note"][-1]["text"] == "Đã gặp."
    assert done["executionPeriod"] == {
        "start": "2025-12-02T09:00:00.000+07:00",
        "end": "2025-12-03T09:00:00.000+07:00",
    }
    assert given_up["statusReason"] == {"text": "Nhầm người"}
    for task in (done, given_up):
        assert [p for p in validate(task) if p.severity == "error"] == []


def test_same_screening_has_the_same_ids():
    assert [made.get("id") for made in everything(HIGH)] == [made.get("id") for made in everything(HIGH)]
