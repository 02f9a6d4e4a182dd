"""What each shipped tool means: answers in, total, band and follow-up out.

Totals and thresholds are those of the sources named in definitions/questionnaires; answers are given as points, in
the order of the questions, `None` for a question that is not asked.
"""

import pytest
from django.conf import settings

from ansinh.clinical.screening import rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.fhir.validation import responses
from ansinh.fhir.validation.responses.items import flat, options
from tests.support.responses import of_points

TOOLS = {name: read_questionnaire(settings.DEFINITIONS / "questionnaires" / f"{name}.yaml") for name in (
    "phq-9", "gad-7", "audit-c", "barthel",
)}  # fmt: skip

# tool, gender, points, total, band, findings
TABLE = [
    ("phq-9", None, [0] * 9, 0, "Không có hoặc rất nhẹ", []),
    ("phq-9", None, [1, 1, 1, 1, 0, 0, 0, 0, 0], 4, "Không có hoặc rất nhẹ", []),
    ("phq-9", None, [1, 1, 1, 1, 1, 0, 0, 0, 0], 5, "Nhẹ", []),
    ("phq-9", None, [3, 3, 3, 0, 0, 0, 0, 0, 0], 9, "Nhẹ", []),
    ("phq-9", None, [3, 3, 3, 1, 0, 0, 0, 0, 0], 10, "Vừa", ["positive"]),
    ("phq-9", None, [3, 3, 3, 3, 2, 0, 0, 0, 0], 14, "Vừa", ["positive"]),
    ("phq-9", None, [3, 3, 3, 3, 3, 0, 0, 0, 0], 15, "Nặng vừa", ["positive"]),
    ("phq-9", None, [3, 3, 3, 3, 3, 3, 2, 0, 0], 20, "Nặng", ["positive"]),
    ("phq-9", None, [0, 0, 0, 0, 0, 0, 0, 0, 1], 1, "Không có hoặc rất nhẹ", ["urgent"]),
    ("phq-9", None, [3] * 9, 27, "Nặng", ["positive", "urgent"]),
    ("gad-7", None, [0] * 7, 0, "Không có hoặc rất nhẹ", []),
    ("gad-7", None, [1, 1, 1, 1, 1, 0, 0], 5, "Nhẹ", []),
    ("gad-7", None, [3, 3, 3, 0, 0, 0, 0], 9, "Nhẹ", []),
    ("gad-7", None, [3, 3, 3, 1, 0, 0, 0], 10, "Vừa", ["positive"]),
    ("gad-7", None, [3, 3, 3, 3, 3, 0, 0], 15, "Nặng", ["positive"]),
    ("gad-7", None, [3] * 7, 21, "Nặng", ["positive"]),
    ("audit-c", "male", [0, None, None], 0, None, []),
    ("audit-c", "male", [3, 0, 0], 3, None, []),
    ("audit-c", "male", [4, 0, 0], 4, None, ["positive"]),
    ("audit-c", "female", [2, 0, 0], 2, None, []),
    ("audit-c", "female", [3, 0, 0], 3, None, ["positive"]),
    ("audit-c", None, [3, 0, 0], 3, None, ["positive"]),
    ("audit-c", "male", [4, 4, 4], 12, None, ["positive"]),
    ("barthel", None, [0] * 10, 0, "Phụ thuộc hoàn toàn", []),
    ("barthel", None, [10, 5, 5, 0, 0, 0, 0, 0, 0, 0], 20, "Phụ thuộc hoàn toàn", []),
    ("barthel", None, [10, 5, 5, 5, 0, 0, 0, 0, 0, 0], 25, "Phụ thuộc nặng", []),
    ("barthel", None, [10, 5, 5, 10, 10, 10, 10, 0, 0, 0], 60, "Phụ thuộc nặng", []),
    ("barthel", None, [10, 5, 5, 10, 10, 10, 10, 5, 0, 0], 65, "Phụ thuộc vừa", []),
    ("barthel", None, [10, 5, 5, 10, 10, 10, 10, 15, 15, 0], 90, "Phụ thuộc vừa", []),
    ("barthel", None, [10, 5, 5, 10, 10, 10, 10, 15, 15, 5], 95, "Phụ thuộc nhẹ", []),
    ("barthel", None, [10, 5, 5, 10, 10, 10, 10, 15, 15, 10], 100, "Tự lập", []),
]


@pytest.mark.parametrize(("name", "gender", "points", "total", "band", "findings"), TABLE)
def test_tool_means_what_its_source_says(name, gender, points, total, band, findings):
    tool, response = TOOLS[name], of_points(TOOLS[name], points)
    patient = {"resourceType": "Patient", **({"gender": gender} if gender else {})}

    assessment = rules.assess(tool, response, patient)

    assert responses.validate(tool, response) == []
    assert assessment.score.value == total
    assert (assessment.band.label.default if assessment.band else None) == band
    assert [finding.code for finding in assessment.findings] == findings


LOINC = {
    "phq-9": "44261-6 44250-9 44255-8 44259-0 44254-1 44251-7 44258-2 44252-5 44253-3 44260-8 69722-7",
    "gad-7": "70274-6 69725-0 68509-9 69733-4 69734-2 69735-9 69689-8 69736-7",
    "audit-c": "75626-2 68518-0 68519-8 68520-6",
    "barthel": "96761-2 83184-2 83181-8 96767-9 83182-6 96759-6 96760-4 83183-4 83185-9 83186-7 96758-8",
}


@pytest.mark.parametrize("name", TOOLS)
def test_tool_codes_its_total_and_questions_in_loinc(name):
    tool = TOOLS[name]
    total = rules.score(tool, of_points(tool, [0] * 10 if name != "audit-c" else [0])).code["code"]
    questions = [item["code"][0]["code"] for item in flat(tool["item"]) if "code" in item]

    assert " ".join([total, *questions]) == LOINC[name]


@pytest.mark.parametrize("name", TOOLS)
def test_every_text_is_also_in_english(name):
    for item in flat(TOOLS[name]["item"]):
        assert rules.text(item, "text").in_language("en") != item["text"]
        for option in options(TOOLS[name], item):
            assert "en" in rules.text(option["valueCoding"], "display").translations


@pytest.mark.parametrize("name", TOOLS)
def test_project_translation_says_so(name):
    assert rules.is_project_translation(TOOLS[name])
    assert "chưa phải bản chuẩn hóa" in TOOLS[name]["copyright"]


def test_difficulty_is_asked_only_after_a_problem():
    tool = TOOLS["phq-9"]
    difficulty = {
        "linkId": "difficulty",
        "answer": [{"valueCoding": {"system": "http://loinc.org", "code": "LA6572-7"}}],
    }
    without, with_one = of_points(tool, [0] * 9), of_points(tool, [1] + [0] * 8)
    without["item"].append(difficulty)
    with_one["item"].append(difficulty)

    assert [problem.key for problem in responses.validate(tool, without)] == ["disabled"]
    assert responses.validate(tool, with_one) == []
    assert rules.score(tool, with_one).value == 1
