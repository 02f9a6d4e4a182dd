"""Questionnaire files that would misbehave are refused before they are loaded, naming file and place."""

import copy

import pytest
import yaml
from django.conf import settings

from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.clinical.screening.rules.checking import definition_problems
from ansinh.clinical.screening.rules.extensions import SCORE
from ansinh.kernel.errors import Invalid

FOLDER = settings.DEFINITIONS / "questionnaires"
GAD = read_questionnaire(FOLDER / "gad-7.yaml")


def score_part(questionnaire, url):
    definition = next(e for e in questionnaire["extension"] if e["url"] == SCORE)
    return definition["extension"], [part for part in definition["extension"] if part["url"] == url]


def changed(change):
    questionnaire = copy.deepcopy(GAD)
    change(questionnaire)
    return [problem.key for problem in definition_problems(questionnaire)]


def set_part(part, url, **value):
    found = next(inner for inner in part["extension"] if inner["url"] == url)
    for key in [key for key in found if key.startswith("value")]:
        del found[key]
    found.update(value)


def drop_part(part, url):
    part["extension"] = [inner for inner in part["extension"] if inner["url"] != url]


def first_rule(questionnaire):
    return score_part(questionnaire, "rule")[1][0]


def first_task(questionnaire):
    return next(part for part in first_rule(questionnaire)["extension"] if part["url"] == "task")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_file_is_sound(path):
    assert definition_problems(read_questionnaire(path)) == []
    assert read_questionnaire(path)["id"] == path.stem


def test_missing_identity_is_named():
    assert changed(lambda q: q.pop("version")) == ["questionnaire-identity"]


def test_repeated_link_is_named():
    assert "link-id" in changed(lambda q: q["item"].append(copy.deepcopy(q["item"][0]["item"][0])))


def test_condition_on_a_question_that_is_not_there_is_named():
    def change(questionnaire):
        questionnaire["item"][0]["enableWhen"] = [{"question": "lạ", "operator": "exists", "answerBoolean": True}]

    assert changed(change) == ["enable-when"]


def test_total_that_cannot_be_reached_is_named():
    assert changed(lambda q: q["item"][0]["item"].pop()) == ["score-range"]


def test_gap_between_bands_is_named():
    assert changed(lambda q: set_part(score_part(q, "band")[1][1], "minimum", valueDecimal=6)) == ["score-bands"]


def test_bands_that_end_early_are_named():
    assert changed(lambda q: set_part(score_part(q, "band")[1][-1], "maximum", valueDecimal=20)) == ["score-bands"]


def test_condition_that_is_no_fhirpath_is_named():
    def change(questionnaire):
        expression = {"language": "text/fhirpath", "expression": "%score >="}
        set_part(first_rule(questionnaire), "condition", valueExpression=expression)

    assert changed(change) == ["score-rule"]


def test_rule_without_a_source_is_named():
    assert changed(lambda q: drop_part(first_rule(q), "source")) == ["score-source"]


def test_task_without_a_known_priority_is_named():
    assert changed(lambda q: set_part(first_task(q), "priority", valueCode="gấp")) == ["score-task"]


def test_due_days_without_saying_where_they_come_from_are_named():
    assert changed(lambda q: drop_part(first_task(q), "due-basis")) == ["score-due-basis"]


def test_method_that_is_not_known_is_named():
    def change(questionnaire):
        _parts, found = score_part(questionnaire, "method")
        found[0]["valueCode"] = "average"

    assert changed(change) == ["score"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1", "không phải YAML đúng"),
        ("- 1", "phải là một Questionnaire"),
        ("resourceType: Measure", "phải là một Questionnaire"),
        ("resourceType: Questionnaire", "thiếu “id”"),
    ],
)
def test_bad_file_is_refused_by_name(tmp_path, text, words):
    path = tmp_path / "hỏng.yaml"
    path.write_text(text)

    with pytest.raises(Invalid) as refused:
        read_questionnaire(path)

    assert "hỏng.yaml" in refused.value.message
    assert words in refused.value.message


def test_file_may_be_written_back_without_loss(tmp_path):
    path = tmp_path / "gad-7.yaml"
    path.write_text(yaml.safe_dump(GAD, allow_unicode=True))

    assert read_questionnaire(path) == GAD
