"""What nobody can have been measured is refused, what is unusual is told, and everything else passes."""

import pytest

from ansinh.clinical.encounters import limits
from ansinh.clinical.encounters.limits import impossible_values
from ansinh.kernel.errors import Invalid

UCUM = "http://unitsofmeasure.org"


def quantity(value, unit):
    return {"value": value, "system": UCUM, "code": unit, "unit": unit}


def coded(code, system="http://loinc.org"):
    return {"coding": [{"system": system, "code": code}]}


def observation(code, value, unit, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(code),
        "valueQuantity": quantity(value, unit),
    } | more


def pressure(systolic, diastolic, unit="mm[Hg]"):
    parts = [{"code": coded("8480-6"), "valueQuantity": quantity(systolic, unit)}]
    parts += [{"code": coded("8462-4"), "valueQuantity": quantity(diastolic, unit)}]
    return {"resourceType": "Observation", "status": "final", "code": coded("85354-9"), "component": parts}


# what was measured → keys of what is told
SPEC = {
    "a temperature of a person": (observation("8310-5", 36.8, "Cel"), []),
    "a temperature ten times too high": (observation("8310-5", 420, "Cel"), ["vital-impossible"]),
    "a temperature below freezing": (observation("8310-5", -1, "Cel"), ["vital-impossible"]),
    "a temperature in Fahrenheit called Celsius": (observation("8310-5", 98.6, "Cel"), ["vital-unusual"]),
    "a temperature in Fahrenheit": (observation("8310-5", 98.6, "[degF]"), []),
    "more oxygen than all": (observation("2708-6", 101, "%"), ["vital-impossible"]),
    "all oxygen": (observation("2708-6", 100, "%"), []),
    "a weight": (observation("29463-7", 70, "kg"), []),
    "a weight in grams": (observation("29463-7", 70000, "g"), []),
    "a weight of an elephant": (observation("29463-7", 5000000, "g"), ["vital-unusual"]),
    "a negative weight": (observation("29463-7", -70000, "g"), ["vital-impossible"]),
    "a height in metres called centimetres": (observation("8302-2", 1.7, "cm"), ["vital-unusual"]),
    "a height of a tower": (observation("8302-2", 17, "m"), ["vital-impossible"]),
    "a negative pulse": (observation("8867-4", -1, "/min"), ["vital-impossible"]),
    "a blood pressure": (pressure(135, 85), []),
    "a blood pressure the wrong way round": (pressure(85, 135), ["vital-order"]),
    "a blood pressure the wrong way round in another unit": (pressure(10, 15, "kPa"), ["vital-order"]),
    "both alike": (pressure(80, 80), []),
    "something that was entered by mistake": (observation("8310-5", 420, "Cel", status="entered-in-error"), []),
    "a comparison": (
        observation("8310-5", 420, "Cel", valueQuantity=quantity(420, "Cel") | {"comparator": "<"}),
        [],
    ),
    "a number without unit": (observation("8310-5", 420, "Cel", valueQuantity={"value": 420}), []),
    "a unit without number": (observation("8310-5", 0, "Cel", valueQuantity={"system": UCUM, "code": "Cel"}), []),
    "a code of another system": (observation("x", 420, "Cel") | {"code": coded("8310-5", "http://example.org")}, []),
    "something else": (observation("2345-7", 420, "mg/dL"), []),
    "a text": ({"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueString": "420"}, []),
}


@pytest.mark.parametrize("case", SPEC)
def test_measurement_is_judged_by_what_is_physically_possible(case):
    measured, expected = SPEC[case]

    found = list(impossible_values(measured))

    assert [one.key for one in found] == expected
    assert all((one.severity == "warning") == (one.key == "vital-unusual") for one in found)


def test_problem_names_the_component_that_is_wrong():
    found = list(impossible_values(pressure(135, -1)))

    assert [(one.key, one.expression) for one in found] == [
        ("vital-impossible", "Observation.component[1].valueQuantity.value")
    ]
    assert "Huyết áp tâm trương" in found[0].message


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"orders": [{"greater": "1"}]}, "orders[0]"),
        ({"limits": [{"label": "a", "loinc": ["1"], "ucum": "kg", "reason": "b", "min": "0"}]}, "min"),
        ({"limits": [{"label": "a", "loinc": ["1"], "ucum": "kg", "reason": "b", "min": 2, "max": 1}]}, "min"),
        ({"source": ""}, "source"),
        ({"extra": 1}, "extra"),
    ],
)
def test_file_that_says_nothing_sound_is_refused(change, word):
    whole = {"id": "a", "title": "b", "source": "c", "limits": [], "orders": []}

    with pytest.raises(Invalid) as error:
        limits.read(whole | change)

    assert word in error.value.message
    assert limits.read(whole).orders == ()


def test_node_without_the_file_limits_nothing(settings, tmp_path):
    settings.DEFINITIONS = tmp_path
    limits.limits.cache_clear()
    try:
        assert limits.limits() == limits.Limits({}, ())
    finally:
        limits.limits.cache_clear()
