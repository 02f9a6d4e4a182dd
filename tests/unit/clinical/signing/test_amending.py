"""What of a signed part can be said otherwise, and that nothing else of it changes."""

from decimal import Decimal

import pytest

from ansinh.clinical.signing.amending import Field, amended_part, fields_of
from ansinh.kernel.naming import EXT

ADVICE = EXT("advice")
NOTE = {
    "resourceType": "ClinicalImpression",
    "summary": "Ổn định",
    "extension": [{"url": "khác", "valueString": "giữ"}, {"url": ADVICE, "valueString": "Ăn nhạt"}],
}
PRESSURE = {
    "resourceType": "Observation",
    "code": {"text": "Huyết áp"},
    "component": [
        {"code": {"text": "Tâm thu"}, "valueQuantity": {"value": 150, "unit": "mmHg"}},
        {"code": {"text": "Tâm trương"}, "valueQuantity": {"value": Decimal("90.5"), "unit": "mmHg"}},
    ],
}
WEIGHT = {
    "resourceType": "Observation",
    "code": {"coding": [{"display": "Cân nặng"}]},
    "valueQuantity": {"value": Decimal("50.5"), "unit": "kg"},
}
FINDING = {"resourceType": "Observation", "code": {"text": "Da"}, "valueString": "hồng"}


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        (NOTE, [Field("summary", "summary", "Ổn định"), Field("advice", "advice", "Ăn nhạt")]),
        ({"resourceType": "ClinicalImpression", "summary": "x"}, [Field("summary", "summary", "x")]),
        (
            PRESSURE,
            [Field("value1", "Tâm thu", Decimal(150), "mmHg"), Field("value2", "Tâm trương", Decimal("90.5"), "mmHg")],
        ),
        (WEIGHT, [Field("value0", "Cân nặng", Decimal("50.5"), "kg")]),
        (FINDING, [Field("value", "Da", "hồng")]),
        ({"resourceType": "Condition"}, []),
        ({"resourceType": "Observation", "code": {}, "valueCodeableConcept": {}}, []),
    ],
)
def test_fields_of_a_part_are_what_can_be_amended(part, fields):
    assert fields_of(part) == fields


@pytest.mark.parametrize("part", [NOTE, PRESSURE, WEIGHT, FINDING, {"resourceType": "Condition", "id": "1"}])
def test_amended_part_with_the_same_values_is_the_same(part):
    assert amended_part(part, {field.name: field.value for field in fields_of(part)}) == part
    assert amended_part(part, {}) == part
    assert amended_part(part, {"khac": "x"}) == part


def test_amended_note_changes_what_was_given_and_keeps_other_extensions():
    after = amended_part(NOTE, {"summary": "Khỏi", "advice": "Tái khám"})

    assert after["summary"] == "Khỏi"
    assert after["extension"] == [NOTE["extension"][0], {"url": ADVICE, "valueString": "Tái khám"}]
    assert NOTE["summary"] == "Ổn định"


def test_amended_figure_keeps_unit_and_the_other_component():
    after = amended_part(PRESSURE, {"value1": Decimal(145)})

    assert [one["valueQuantity"] for one in after["component"]] == [
        {"value": Decimal(145), "unit": "mmHg"},
        {"value": Decimal("90.5"), "unit": "mmHg"},
    ]
    assert amended_part(WEIGHT, {"value0": Decimal(51)})["valueQuantity"] == {"value": Decimal(51), "unit": "kg"}


def test_amended_finding_in_words():
    assert amended_part(FINDING, {"value": "xanh"})["valueString"] == "xanh"
