"""The shipped assessments: complete, scored by their expressions, and in the library with a direction."""

from decimal import Decimal

import pytest
import yaml
from django.conf import settings

from ansinh.clinical.rehab import exercises, library, ranges, reading
from ansinh.clinical.screening import rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.clinical.screening.rules.checking import definition_problems
from ansinh.clinical.screening.rules.extensions import SCORE
from ansinh.fhir.validation.responses.extensions import extensions, value
from ansinh.fhir.validation.responses.items import flat
from ansinh.kernel.errors import Invalid

FOLDER = settings.DEFINITIONS / "questionnaires"
TOOLS = {name: read_questionnaire(FOLDER / f"{name}.yaml") for name in library.library().tools}


def answered(tool: str, **numbers) -> dict:
    return {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {"linkId": f"{tool}.{name}", "answer": [{"valueDecimal": Decimal(str(n))}]} for name, n in numbers.items()
        ],
    }


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_says_its_licence_and_that_the_words_are_the_projects(name):
    tool = TOOLS[name]

    assert tool["copyright"]
    assert rules.is_project_translation(tool)
    assert definition_problems(tool) == []


@pytest.mark.parametrize("name", TOOLS)
def test_every_total_has_a_direction_and_a_source_and_its_words(name):
    for score in extensions(TOOLS[name], SCORE):
        code = value(score, "code")["code"]
        assert code in library.library().better
        assert value(score, "source")


@pytest.mark.parametrize("name", TOOLS)
def test_no_band_or_rule_is_shipped_but_for_barthel(name):
    """A cut-off needs a source that was read; Barthel's bands have one."""
    for score in extensions(TOOLS[name], SCORE):
        found = [part["url"] for part in score["extension"] if part["url"] in ("band", "rule")]
        assert not found or name == "barthel"


def test_every_code_with_a_direction_comes_from_a_tool():
    totals = {value(score, "code")["code"] for tool in TOOLS.values() for score in extensions(tool, SCORE)}
    items = {code["code"] for tool in TOOLS.values() for item in flat(tool["item"]) for code in item.get("code", [])}

    assert set(library.library().better) <= totals | items


def test_words_of_every_own_code_stand_in_the_list():
    listed = yaml.safe_load((settings.DEFINITIONS / "codesystems" / "assessment.yaml").read_text("utf-8"))["concepts"]
    own = {code for code in library.library().better if not code[:1].isdigit()}

    assert own <= {one["code"] for one in listed}


@pytest.mark.parametrize(
    ("tool", "numbers", "total"),
    [
        ("timed-up-and-go", {"time": "12.34"}, "12.3"),
        ("timed-up-and-go", {"time": "12.35"}, "12.4"),
        ("ten-metre-walk", {"distance": 10, "time": 25}, "0.40"),
        ("ten-metre-walk", {"distance": 6, "time": "4.5"}, "1.33"),
        ("six-minute-walk", {"distance": 312}, "312"),
        ("berg-total", {"total": 56}, "56"),
        ("pain", {"now": 0}, "0"),
    ],
)
def test_measured_total_is_computed_in_its_unit_and_places(tool, numbers, total):
    found = rules.score(TOOLS[tool], answered(tool, **numbers))

    assert str(found.value) == total
    assert found.unit["code"]


def test_total_without_its_answers_is_none_and_out_of_range_is_refused():
    assert rules.score(TOOLS["ten-metre-walk"], answered("ten-metre-walk", distance=10)) is None
    with pytest.raises(Invalid):
        rules.score(TOOLS["berg-total"], answered("berg-total", total=57))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"expression": {"language": "text/fhirpath", "expression": "item.where("}}, "score-expression"),
        ({"unit": None}, "score-unit"),
    ],
)
def test_expression_that_cannot_be_read_or_has_no_unit_is_refused(change, key):
    tool = yaml.safe_load((FOLDER / "pain.yaml").read_text("utf-8"))
    (score,) = [one for one in tool["extension"] if one["url"] == SCORE]
    for name, new in change.items():
        score["extension"] = [part for part in score["extension"] if part["url"] != name]
        if new:
            score["extension"].append({"url": name, "valueExpression": new})

    assert [problem.key for problem in definition_problems(tool)] == [key]


def test_every_home_exercise_of_the_list_has_words_and_two_drawings():
    listed = yaml.safe_load((settings.DEFINITIONS / "codesystems" / "home-exercise.yaml").read_text("utf-8"))
    known = exercises.exercises()

    assert {one["code"] for one in listed["concepts"]} == set(known)
    assert all(one.how and len(one.poses) == 2 and not one.video for one in known.values())


@pytest.mark.parametrize(
    "change",
    [
        {"video": "http://example.org/a.mp4"},
        {"video": "javascript:alert(1)"},
        {"poses": [{"head": "x", "lines": []}]},
        {"poses": [{"head": "1,2", "lines": ['1,2" onload="x']}]},
        {"how": ""},
    ],
)
def test_exercise_with_an_unsafe_film_or_drawing_is_refused(change):
    one = {"code": "a", "how": "Nâng tay", "poses": [{"head": "1,2", "lines": ["1,2 3,4"]}]}

    with pytest.raises(Invalid):
        exercises.read({"id": "a", "title": "b", "source": "c", "exercises": [one | change]})


def test_joints_of_a_form_are_read_with_their_sides():
    tool = TOOLS["range-of-motion"]
    response = {
        "item": [
            {
                "linkId": "range-of-motion.shoulder",
                "item": [
                    {"linkId": "range-of-motion.shoulder-rotation-in-left", "answer": [{"valueInteger": 40}]},
                    {"linkId": "range-of-motion.shoulder-flexion-right", "answer": [{"valueInteger": 120}]},
                ],
            },
            {"linkId": "range-of-motion.note", "answer": [{"valueString": "Đau"}]},
        ]
    }

    found = {(joint.side, joint.x): joint.moves for joint in ranges.joints(tool, response)}

    assert found == {("left", 208): (("xoay trong", 40),), ("right", 112): (("gấp", 120),)}


def test_every_joint_of_the_form_has_a_place_on_the_body():
    tool = TOOLS["range-of-motion"]
    given = [
        {"linkId": item["linkId"], "answer": [{"valueInteger": 1}]} for item in flat(tool["item"]) if "item" not in item
    ]

    joints = ranges.joints(tool, {"item": [one for one in given if not one["linkId"].endswith("note")]})

    assert len(joints) == 12
    assert all(0 < joint.x < ranges.WIDTH and 0 < joint.y < ranges.HEIGHT for joint in joints)


def test_hours_of_the_file_make_a_working_day():
    hours = reading.hours()

    assert hours.opens < hours.rest_from <= hours.rest_to < hours.closes
    assert hours.room_places >= 1
