"""The live views of this room, run by the plain reference runner on what a screening writes."""

from datetime import date

import pytest
import yaml
from django.conf import settings

from ansinh.clinical.screening import resources, rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.fhir.views import reference

GAD = read_questionnaire(settings.DEFINITIONS / "questionnaires" / "gad-7.yaml")
SESSION = resources.Session(
    id="r1",
    patient="p1",
    facility="f1",
    moment="2025-12-01T08:30:00.000+07:00",
    encounter="e1",
    actor="Practitioner/lan",
)
CODINGS = [{"system": "http://loinc.org", "code": "LA6570-1"}] * 7
ITEMS = [
    {
        "linkId": "gad7",
        "item": [{"linkId": f"gad7.{n}", "answer": [{"valueCoding": coding}]} for n, coding in enumerate(CODINGS, 1)],
    }
]
ASSESSMENT = rules.assess(GAD, {"resourceType": "QuestionnaireResponse", "item": ITEMS})
TASK = next(resources.tasks(SESSION, ASSESSMENT, date(2025, 12, 1)))


@pytest.fixture
def run():
    def rows(name, *given):
        path = settings.DEFINITIONS / "views" / f"{name}.yaml"
        view = {"resourceType": "ViewDefinition", **yaml.safe_load(path.read_text(encoding="utf-8"))}
        return reference.run(view, given)

    return rows


def test_response_is_one_row(run):
    found = run("questionnaire_response", resources.response(SESSION, GAD, ITEMS))

    assert found == [
        {
            "id": "r1",
            "patient_id": "p1",
            "encounter_id": "e1",
            "questionnaire": "https://ansinh.vn/fhir/Questionnaire/gad-7|1.0.0",
            "status": "completed",
            "authored": SESSION.moment,
        }
    ]


def test_score_is_a_row_and_other_observations_are_not(run):
    total = resources.total_observation(SESSION, GAD, ASSESSMENT.score, ASSESSMENT.band)
    pulse = {
        "resourceType": "Observation",
        "id": "o2",
        "category": [{"coding": [{"code": "vital-signs"}]}],
        "valueQuantity": {"value": 72},
    }
    item = {**total, "id": "o3", "valueCodeableConcept": {"text": "x"}}
    del item["valueQuantity"]

    (row,) = run("score", total, pulse, item)

    assert (row["patient_id"], row["response_id"], row["code"], row["value"]) == ("p1", "r1", "70274-6", 14)
    assert row["questionnaire"].endswith("gad-7|1.0.0")
    assert row["band"] == "Vừa"


def test_task_row_says_whose_list_and_until_when(run):
    (row,) = run("task", TASK)

    assert {name: row[name] for name in ("patient_id", "code", "status", "priority", "owner_id", "due", "focus")} == {
        "patient_id": "p1",
        "code": "screening-followup",
        "status": "requested",
        "priority": "routine",
        "owner_id": "f1",
        "due": "2025-12-08",
        "focus": "QuestionnaireResponse/r1",
    }
    assert row["taken_by"] is None


def test_task_row_follows_its_steps(run):
    who = {"reference": "Practitioner/binh"}
    taken = resources.stepped(TASK, "in-progress", "2025-12-02T09:00:00.000+07:00", actor=who)
    done = resources.stepped(taken, "completed", "2025-12-03T09:00:00.000+07:00", actor=who, note="Đã gặp.")

    before, after = run("task", taken, done)

    assert (before["taken_by"], before["finished"]) == ("Practitioner/binh", None)
    assert (after["status"], after["finished"]) == ("completed", "2025-12-03T09:00:00.000+07:00")


def test_questionnaire_row_has_both_titles_and_its_days(run):
    (row,) = run("questionnaire", GAD)

    assert (row["id"], row["version"], row["status"]) == ("gad-7", "1.0.0", "active")
    assert row["title"] == "GAD-7: sàng lọc lo âu"
    assert row["title_en"] == "GAD-7: screening for anxiety"
    assert (row["valid_from"], row["valid_to"]) == ("2021-01-01", None)
