"""Every assessment of the library as its definition says: lowest, middle, highest; what is missing, what is outside.

Sums are written as points in the order of the questions, measured totals as numbers. A number is given twice: what is
answered, and what stands in the record.
"""

from decimal import Decimal

import pytest
from django.conf import settings

from ansinh.clinical.rehab import library
from ansinh.clinical.screening import rules
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.fhir.validation import responses
from ansinh.fhir.validation.responses.extensions import HL7, value
from ansinh.fhir.validation.responses.items import flat, options
from ansinh.kernel.errors import Invalid
from tests.support.responses import of_points

TOOLS = {
    name: read_questionnaire(settings.DEFINITIONS / "questionnaires" / f"{name}.yaml")
    for name in library.library().tools
}
POINTS, SIGNS, LEVELS = "điểm", "dấu hiệu", "mức"


def measured(tool: str, **answers) -> dict:
    """A response with these numbers, texts and chosen codes, in the order of the form and its groups."""
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": _given(tool, TOOLS[tool], answers)}


def _given(tool: str, form: dict, answers: dict) -> list[dict]:
    found = []
    for item in form["item"]:
        name = item["linkId"].removeprefix(f"{tool}.")
        if item["type"] == "group":
            if inner := _given(tool, item, answers):
                found.append({"linkId": item["linkId"], "item": inner})
        elif name in answers:
            found.append({"linkId": item["linkId"], "answer": [_answer(tool, item, answers[name])]})
    return found


def _answer(tool: str, item: dict, said) -> dict:
    if item["type"] == "choice":
        known = {one["valueCoding"]["code"]: one["valueCoding"] for one in options(TOOLS[tool], item)}
        coding = known.get(said, {"system": "https://vidu.vn", "code": said})
        return {"valueCoding": {key: coding[key] for key in ("system", "code")}}
    if item["type"] == "decimal":
        return {"valueDecimal": Decimal(str(said))}
    return {"valueInteger": said} if item["type"] == "integer" else {"valueString": said}


# tool, points of each question, total, unit
SUMS = [
    ("barthel", [0] * 10, 0, None),
    ("barthel", [5, 0, 5, 5, 10, 5, 5, 10, 10, 0], 55, None),
    ("barthel", [10, 5, 5, 10, 10, 10, 10, 15, 15, 10], 100, None),
    ("muscle-test", [0] * 12, 0, None),
    ("muscle-test", [5, 0] * 6, 30, None),
    ("muscle-test", [4, 3, 4, 3, 4, 3, 2, 1, 2, 1, 2, 1], 30, None),
    ("muscle-test", [5] * 12, 60, None),
    ("language-screen", [0] * 6, 0, None),
    ("language-screen", [3, 2, 1, 0, 2, 1], 9, None),
    ("language-screen", [3] * 6, 18, None),
    ("swallowing", [0] * 6, 0, SIGNS),
    ("swallowing", [0, 0, 1, 0, 0, 0], 1, SIGNS),
    ("swallowing", [1] * 6, 6, SIGNS),
    ("gmfcs", [1], 1, LEVELS),
    ("gmfcs", [3], 3, LEVELS),
    ("gmfcs", [5], 5, LEVELS),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "points", "total", "unit"), SUMS)
def test_points_are_summed_to_the_total_of_the_instrument(tool, points, total, unit):
    response = of_points(TOOLS[tool], points)

    found = rules.score(TOOLS[tool], response)

    assert responses.validate(TOOLS[tool], response) == []
    assert (found.value, found.missing) == (total, ())
    assert found.unit.get("display") == unit


SUMMED = {tool: len(points) for tool, points, *_rest in SUMS}


@pytest.mark.parametrize(("tool", "number"), [(tool, n) for tool, count in SUMMED.items() for n in range(count)])
def test_question_left_open_is_refused_and_named(tool, number):
    open_one: list[int | None] = [1 if tool == "gmfcs" else 0] * SUMMED[tool]
    open_one[number] = None
    scored = [item for item in TOOLS[tool]["item"] if item["type"] == "choice"]

    found = responses.validate(TOOLS[tool], of_points(TOOLS[tool], open_one))

    assert [problem.key for problem in found] == ["required"]
    assert scored[number]["text"] in found[0].message


@pytest.mark.parametrize("tool", SUMMED)
def test_answer_that_the_instrument_does_not_offer_is_refused(tool):
    response = of_points(TOOLS[tool], [1 if tool == "gmfcs" else 0] * SUMMED[tool])
    response["item"][0]["answer"] = [{"valueCoding": {"system": "https://vidu.vn", "code": "9"}}]

    assert responses.validate(TOOLS[tool], response)


# tool, answers, total, unit (UCUM)
TOTALS = [
    ("timed-up-and-go", {"time": 1}, "1.0", "s"),
    ("timed-up-and-go", {"time": "13.5"}, "13.5", "s"),
    ("timed-up-and-go", {"time": "13.44", "aid": "cane"}, "13.4", "s"),
    ("timed-up-and-go", {"time": 600, "note": "Nghỉ ba lần"}, "600.0", "s"),
    ("ten-metre-walk", {"distance": 2, "time": 600}, "0.00", "m/s"),
    ("ten-metre-walk", {"distance": 10, "time": 10}, "1.00", "m/s"),
    ("ten-metre-walk", {"distance": 10, "time": 3}, "3.33", "m/s"),
    ("ten-metre-walk", {"distance": 10, "time": "8.1", "pace": "fast"}, "1.23", "m/s"),
    ("ten-metre-walk", {"distance": 50, "time": 1}, "50.00", "m/s"),
    ("six-minute-walk", {"distance": 0}, "0", "m"),
    ("six-minute-walk", {"distance": "412.5", "rests": 1}, "413", "m"),
    ("six-minute-walk", {"distance": 1500, "pulse-before": 20, "pulse-after": 250}, "1500", "m"),
    ("berg-total", {"total": 0}, "0", "{score}"),
    ("berg-total", {"total": 28}, "28", "{score}"),
    ("berg-total", {"total": 56}, "56", "{score}"),
    ("pain", {"now": 0}, "0", "{score}"),
    ("pain", {"now": 4, "worst": 9, "least": 1}, "4", "{score}"),
    ("pain", {"now": 10, "worst": 10, "kind": "phantom"}, "10", "{score}"),
]


@pytest.mark.parametrize(("tool", "answers", "total", "unit"), TOTALS)
def test_measured_total_is_what_was_measured_in_its_unit(tool, answers, total, unit):
    response = measured(tool, **answers)

    found = rules.score(TOOLS[tool], response)

    assert responses.validate(TOOLS[tool], response) == []
    assert (str(found.value), found.unit["code"]) == (total, unit)


# Every question with limits: the last that is taken and the first that is not, at both ends.
LIMITS = [
    ("timed-up-and-go", "time", 1, 600),
    ("ten-metre-walk", "distance", 2, 50),
    ("ten-metre-walk", "time", 1, 600),
    ("six-minute-walk", "distance", 0, 1500),
    ("six-minute-walk", "rests", 0, 50),
    ("six-minute-walk", "pulse-before", 20, 250),
    ("six-minute-walk", "pulse-after", 20, 250),
    ("berg-total", "total", 0, 56),
    ("standing-balance", "together", 0, 60),
    ("standing-balance", "semi-tandem", 0, 60),
    ("standing-balance", "tandem", 0, 60),
    ("standing-balance", "one-leg", 0, 60),
    ("pain", "now", 0, 10),
    ("pain", "worst", 0, 10),
    ("pain", "least", 0, 10),
    ("hand-function", "grip-right", 0, 120),
    ("hand-function", "grip-left", 0, 120),
    ("hand-function", "pegs-right", 1, 600),
    ("hand-function", "pegs-left", 1, 600),
    ("stump-record", "length", 0, 80),
    ("stump-record", "around-end", 5, 120),
    ("stump-record", "around-middle", 5, 120),
    ("stump-record", "around-top", 5, 120),
    ("stump-record", "sound-length", 5, 140),
    ("stump-record", "foot", 5, 40),
    ("stump-record", "weight", 2, 300),
    ("stump-record", "contracture", 0, 90),
    ("stump-record", "pain", 0, 10),
    ("stump-record", "phantom", 0, 10),
    *(
        ("range-of-motion", f"{move}-{side}", -60, most)
        for move, most in {
            "shoulder-flexion": 180, "shoulder-extension": 90, "shoulder-abduction": 180, "shoulder-rotation-in": 120,
            "shoulder-rotation-out": 120, "elbow-flexion": 170, "elbow-extension": 170, "wrist-flexion": 100,
            "wrist-extension": 100, "hip-flexion": 150, "hip-extension": 60, "hip-abduction": 90, "knee-flexion": 170,
            "knee-extension": 170, "ankle-dorsiflexion": 60, "ankle-plantarflexion": 90,
        }.items()
        for side in ("right", "left")
    ),
]  # fmt: skip
NEEDED = {
    "timed-up-and-go": {"time": 20}, "ten-metre-walk": {"distance": 10, "time": 10}, "six-minute-walk": {"distance": 1},
    "berg-total": {"total": 1}, "pain": {"now": 1}, "stump-record": {"side": "left", "level": "below-knee"},
}  # fmt: skip


@pytest.mark.parametrize(("tool", "name", "low", "high"), LIMITS)
def test_number_is_taken_within_its_limits_and_refused_beyond(tool, name, low, high):
    def problems(number) -> list[str]:
        return [
            one.key for one in responses.validate(TOOLS[tool], measured(tool, **NEEDED.get(tool, {}) | {name: number}))
        ]

    assert [problems(low), problems((low + high) // 2), problems(high)] == [[], [], []]
    assert [bool(problems(low - 1)), bool(problems(high + 1))] == [True, True]


def test_every_number_of_the_library_has_its_row_of_limits():
    named = {(tool, name): (low, high) for tool, name, low, high in LIMITS}
    shipped = {
        (tool, item["linkId"].removeprefix(f"{tool}.")): tuple(
            int(value(item, f"{HL7}{end}")) for end in ("minValue", "maxValue")
        )
        for tool, form in TOOLS.items()
        for item in flat(form["item"])
        if item["type"] in ("integer", "decimal")
    }

    assert shipped == named


@pytest.mark.parametrize(("tool", "missing"), [(tool, name) for tool, given in NEEDED.items() for name in given])
def test_measure_without_what_it_is_computed_from_is_refused_and_gives_no_total(tool, missing):
    given = {name: said for name, said in NEEDED[tool].items() if name != missing}
    response = measured(tool, **given)

    assert [problem.key for problem in responses.validate(TOOLS[tool], response)] == ["required"]
    assert rules.score(TOOLS[tool], response) is None


@pytest.mark.parametrize(
    ("tool", "answers"),
    [("berg-total", {"total": -1}), ("berg-total", {"total": 57}), ("pain", {"now": 11}), ("pain", {"now": -1}),
     ("timed-up-and-go", {"time": "0.5"}), ("timed-up-and-go", {"time": 601}), ("six-minute-walk", {"distance": 1501}),
     ("ten-metre-walk", {"distance": 51, "time": 1})],
)  # fmt: skip
def test_total_outside_the_range_of_the_instrument_is_refused_by_itself(tool, answers):
    with pytest.raises(Invalid):
        rules.score(TOOLS[tool], measured(tool, **answers))


# Kept answer by answer: nobody may read a sum into them.
@pytest.mark.parametrize(
    ("tool", "answers"),
    [
        ("icf-core", {"b130": "0", "d450": "4", "d410": "8", "b280": "9"}),
        ("spasticity", {"elbow-right": "0", "elbow-left": "1p", "knee-right": "4"}),
        ("standing-balance", {"together": 10, "tandem": 0}),
        ("hand-function", {"grip-right": "21.5", "pegs-left": 40}),
        ("range-of-motion", {"knee-flexion-right": 95, "knee-extension-right": -10}),
        ("stump-record", {"side": "right", "level": "above-knee", "length": "24.5", "shape": "cone", "skin": "wound"}),
    ],
)
def test_instrument_that_is_not_summed_has_no_total(tool, answers):
    response = measured(tool, **answers)

    assert responses.validate(TOOLS[tool], response) == []
    assert rules.score(TOOLS[tool], response) is None


@pytest.mark.parametrize(("tool", "name", "code"), [("icf-core", "d450", "5"), ("spasticity", "knee-left", "1+"),
                                                   ("stump-record", "level", "tail")])  # fmt: skip
def test_level_that_the_scale_has_not_is_refused(tool, name, code):
    assert responses.validate(TOOLS[tool], measured(tool, **NEEDED.get(tool, {}) | {name: code}))


# Where less is better, more must never be told as better.
DIRECTIONS = {
    "96761-2": "higher", "muscle-test": "higher", "language-screen": "higher", "ten-metre-walk": "higher",
    "six-minute-walk": "higher", "berg-total": "higher", "balance-together": "higher", "balance-semi-tandem": "higher",
    "balance-tandem": "higher", "balance-one-leg": "higher", "grip-right": "higher", "grip-left": "higher",
    "swallowing": "lower", "gmfcs": "lower", "timed-up-and-go": "lower", "72514-3": "lower", "pegs-right": "lower",
    "pegs-left": "lower",
}  # fmt: skip


def test_direction_of_each_measure_is_that_of_the_instrument():
    assert library.library().better == DIRECTIONS


UNITS = {
    "timed-up-and-go": "s", "ten-metre-walk": "m/s", "six-minute-walk": "m", "berg-total": "{score}",
    "balance-together": "s", "balance-semi-tandem": "s", "balance-tandem": "s", "balance-one-leg": "s",
    "grip-right": "kg", "grip-left": "kg", "pegs-right": "s", "pegs-left": "s", "72514-3": "{score}",
    "gmfcs": "{score}", "swallowing": "{score}",
}  # fmt: skip


@pytest.mark.parametrize("code", library.library().better)
def test_measure_has_the_unit_of_its_form_before_anything_was_measured(code):
    assert library.units().get(code, {}).get("code") == UNITS.get(code)
