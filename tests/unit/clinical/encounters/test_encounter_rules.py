"""Vitals, moments and due dates: what is believed and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from ansinh.clinical.encounters import rules
from ansinh.clinical.encounters.rules import Vital
from ansinh.kernel.errors import Invalid

NOW = datetime(2026, 3, 15, 8, 0, tzinfo=UTC)
FILE = Path(__file__).parents[4] / "definitions/catalogues/vital-ranges.yaml"
VITALS = {
    entry["name"]: Vital(**{**entry, "min": Decimal(str(entry["min"])), "max": Decimal(str(entry["max"]))})
    for entry in yaml.safe_load(FILE.read_text(encoding="utf-8"))["vitals"]
}
NORMAL = {"systolic": Decimal(120), "diastolic": Decimal(80), "pulse": Decimal(72)}


def keys(**values: str) -> list[tuple[str, str]]:
    found = rules.vital_problems({name: Decimal(value) for name, value in values.items()}, VITALS)
    return [(problem.expression, problem.key) for problem in found]


def test_vitals_within_their_limits_have_no_problem():
    assert rules.vital_problems(NORMAL, VITALS) == []
    assert rules.vital_problems({}, VITALS) == []


@pytest.mark.parametrize("name", [name for name in VITALS if name not in ("systolic", "diastolic")])
def test_vital_at_its_limits_is_taken_and_beyond_is_refused(name):
    vital, step = VITALS[name], Decimal("0.1")

    assert rules.vital_problems({name: vital.min}, VITALS) == []
    assert rules.vital_problems({name: vital.max}, VITALS) == []
    for value in (vital.min - step, vital.max + step):
        assert [problem.key for problem in rules.vital_problems({name: value}, VITALS)] == ["vital-range"]


def test_vital_refusal_says_the_limits_and_the_unit():
    (problem,) = rules.vital_problems({"temperature": Decimal("365")}, VITALS)

    assert "từ 30 đến 44 °C" in problem.message
    assert problem.expression == "temperature"


@pytest.mark.parametrize(("systolic", "diastolic"), [("80", "80"), ("80", "120")])
def test_pressure_with_systolic_not_above_diastolic_is_refused(systolic, diastolic):
    assert keys(systolic=systolic, diastolic=diastolic) == [("diastolic", "pressure-order")]


def test_pressure_with_one_figure_asks_for_the_other():
    assert keys(systolic="120") == [("diastolic", "pressure-half")]
    assert keys(diastolic="80") == [("systolic", "pressure-half")]


def test_several_impossible_vitals_are_all_told():
    assert keys(pulse="400", spo2="110", weight="0") == [
        ("pulse", "vital-range"),
        ("spo2", "vital-range"),
        ("weight", "vital-range"),
    ]


def test_vital_not_in_the_catalogue_is_refused():
    assert keys(mood="5") == [("mood", "vital-unknown")]


@pytest.mark.parametrize(
    ("weight", "height", "expected"),
    [("60", "160", "23.4"), ("45.5", "150", "20.2"), ("3.4", "50", "13.6"), ("70", "175", "22.9")],
)
def test_bmi_has_one_decimal(weight, height, expected):
    assert rules.bmi(Decimal(weight), Decimal(height)) == Decimal(expected)


def test_bmi_needs_both_figures():
    assert rules.bmi(None, Decimal(160)) is None
    assert rules.bmi(Decimal(60), None) is None


def test_moment_of_care_in_the_future_is_refused_but_clocks_may_differ():
    assert rules.moment_of_care(datetime(2026, 3, 15, 8, 4, tzinfo=UTC), "1950", NOW)
    with pytest.raises(Invalid, match="chưa đến") as refusal:
        rules.moment_of_care(datetime(2026, 3, 15, 9, 0, tzinfo=UTC), "1950", NOW)
    assert refusal.value.field == "moment"


@pytest.mark.parametrize("birth", ["2021", "2020-07", "2020-06-16"])
def test_moment_of_care_before_birth_is_refused_at_every_precision(birth):
    with pytest.raises(Invalid, match="trước ngày sinh"):
        rules.moment_of_care(datetime(2020, 6, 15, tzinfo=UTC), birth, NOW)


@pytest.mark.parametrize("birth", ["2020", "2020-06", "2020-06-15", ""])
def test_moment_of_care_in_the_time_of_birth_is_taken(birth):
    assert rules.moment_of_care(datetime(2020, 6, 15, tzinfo=UTC), birth, NOW)


@pytest.mark.parametrize(
    ("done", "months", "due"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2025, 6, 30), 6, date(2025, 12, 30)),
        (date(2025, 7, 1), 6, date(2026, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
    ],
)
def test_next_check_falls_on_the_same_day_or_the_last_of_the_month(done, months, due):
    assert rules.next_check(done, months) == due


def test_visit_without_anything_written_is_refused():
    rules.something_written({}, "", "đau đầu")
    with pytest.raises(Invalid, match="còn trống"):
        rules.something_written({}, "", ())
