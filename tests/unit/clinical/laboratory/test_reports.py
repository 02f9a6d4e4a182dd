"""How a value stands to its range: whose range, and which flag."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.laboratory import resources
from ansinh.clinical.laboratory.rules.reports import (
    Band,
    Limits,
    Measured,
    Report,
    Whose,
    band_for,
    flag_of,
    is_critical,
    with_flag,
)

DAY = date(2026, 3, 10)


def band(low, high, **more):
    return Band("HB", Limits(Decimal(low), Decimal(high)), unit="g/dL", **more)


BANDS = [
    band(9, 14, age_to=Decimal(6)),
    band(11, 15, age_from=Decimal(6)),
    band(12, 16, sex="female", age_from=Decimal(18)),
    band(13, 17, sex="male", age_from=Decimal(18)),
]


@pytest.mark.parametrize(
    ("gender", "birth", "low"),
    [
        ("female", "1990-01-01", 12), ("male", "1990", 13), ("male", "2024-05-01", 9), ("female", "2015-01-01", 11),
        ("", "1990-01-01", 11), ("male", "2020-03-10", 11), ("male", "2020-03-11", 9), ("male", "", None),
    ],
)  # fmt: skip
def test_range_is_that_of_sex_and_age_the_particular_before_the_general(gender, birth, low):
    found = band_for(BANDS, "g/dL", gender, birth, DAY)

    assert (found.limits.low if found else None) == low


def test_range_of_another_unit_is_not_used():
    assert band_for(BANDS, "g/L", "male", "1990", DAY) is None


def test_range_for_everybody_needs_no_birth_date():
    assert band_for([band(1, 2)], "g/dL", "", "", DAY) is not None


@pytest.mark.parametrize(
    ("value", "flag"),
    [("2.4", "LL"), ("2.5", "L"), ("3.4", "L"), ("3.5", "N"), ("5.0", "N"), ("5.1", "H"), ("6.5", "H"), ("6.6", "HH")],
)
def test_ends_belong_to_the_range(value, flag):
    limits = Limits(Decimal("3.5"), Decimal("5.0"), Decimal("2.5"), Decimal("6.5"))

    assert flag_of(Decimal(value), limits) == flag


def test_value_without_limits_has_no_flag():
    assert flag_of(Decimal(5), Limits(text="xem ghi chú")) == ""


def measured(value="6.8", flag="", limits=None):
    return Measured("K", "Kali", Decimal(value), "mmol/L", flag=flag, limits=limits)


def test_range_of_the_laboratory_stands_before_that_of_the_list():
    own = Limits(Decimal(3), Decimal(7))
    judged = with_flag(measured(limits=own), Band("K", Limits(Decimal("3.5"), Decimal(5)), unit="mmol/L"))

    assert (judged.limits.low, judged.flag) == (3, "N")


def test_critical_limits_of_the_list_are_looked_at_besides():
    own = Limits(Decimal(3), Decimal(7))
    known = Band("K", Limits(critical_high=Decimal("6.5")), unit="mmol/L")

    assert with_flag(measured(limits=own), known).flag == "HH"


def test_what_the_laboratory_flags_is_never_made_milder():
    wide = Band("K", Limits(Decimal(1), Decimal(9)), unit="mmol/L")

    assert with_flag(measured(flag="HH"), wide).flag == "HH"
    assert with_flag(measured(flag="H"), wide).flag == "H"


def test_words_have_no_flag_but_that_of_the_laboratory():
    words = Measured("X", "Cấy", "Không mọc", flag="A")

    assert with_flag(words, band(1, 2)).flag == "A"


@pytest.mark.parametrize(
    ("flag", "status", "told"),
    [("HH", "final", True), ("LL", "final", True), ("H", "final", False), ("HH", "cancelled", False)],
)
def test_critical_is_what_the_clinician_must_know_now(flag, status, told):
    assert is_critical(Measured("K", "Kali", Decimal(1), flag=flag, status=status)) is told


@given(st.decimals(-50, 50, places=1), st.lists(st.decimals(-40, 40, places=1), min_size=4, max_size=4, unique=True))
def test_flag_says_on_which_side_of_each_end_a_value_is(value, ends):
    critical_low, low, high, critical_high = sorted(ends)

    flag = flag_of(value, Limits(low, high, critical_low, critical_high))

    assert (flag == "LL") == (value < critical_low)
    assert (flag in ("L", "LL")) == (value < low)
    assert (flag in ("H", "HH")) == (value > high)
    assert (flag == "HH") == (value > critical_high)


bands = st.builds(
    Band,
    st.just("HB"),
    st.builds(
        Limits, st.decimals(1, 5, places=1), st.decimals(6, 9, places=1),
        st.none() | st.decimals(0, 1, places=1), st.none() | st.decimals(10, 12, places=1), st.just(""),
        st.just("Bảng"),
    ),
    st.sampled_from(["", "male", "female"]),
    st.sampled_from([Decimal(0), Decimal(6), Decimal(18)]),
    st.none() | st.sampled_from([Decimal(20), Decimal(65)]),
    st.just("g/dL"),
)  # fmt: skip


@given(st.lists(bands, max_size=6, unique_by=lambda one: (one.sex, one.age_from, one.age_to)))
def test_ranges_come_back_from_their_resource(written):
    definition = resources.range_resource("HB", "", "Huyết sắc tố", written)

    assert sorted(resources.bands_of(definition), key=repr) == sorted(written, key=repr)


def test_whom_a_report_told_of_comes_back_from_its_subject():
    whose = Whose(("037050000001", "26-ABC234"), "Nguyễn Văn An", "1950-05-12", "male")

    assert resources.whose_of(resources.told_subject(whose)) == whose


def test_report_of_nobody_known_keeps_its_results_within_and_gives_them_free_when_matched():
    report = Report("F1", Whose(("999",), "Ai đó"), "Sinh hóa", "2026-03-10", (measured(), measured("4")))
    (waiting,) = resources.report_resources(report, resources.Filed("r", "", "f", "2026-03-10T08:00:00+07:00"))
    assert [one["id"] for one in waiting["contained"]] == ["r1", "r2"]
    assert "reference" not in waiting["subject"]

    whole, *lines = resources.matched(waiting, "p")

    assert whole["subject"] == {"reference": "Patient/p"}
    assert [one["reference"] for one in whole["result"]] == [f"Observation/{line['id']}" for line in lines]
    assert {line["subject"]["reference"] for line in lines} == {"Patient/p"}
    straight = resources.report_resources(report, resources.Filed("r", "p", "f", "2026-03-10T08:00:00+07:00"))
    assert [one["id"] for one in straight] == ["r", *(line["id"] for line in lines)]


# --- values off the scale of the instrument ----------------------------------------------------------------------

POTASSIUM = Limits(Decimal("3.5"), Decimal("5.0"), Decimal("2.5"), Decimal("6.5"))
TROPONIN = Limits(high=Decimal(14))


@pytest.mark.parametrize(
    ("sign", "value", "limits", "flag"),
    [
        (">", "5.0", POTASSIUM, "H"), (">=", "5.0", POTASSIUM, ""), (">", "4.9", POTASSIUM, ""),
        (">", "6.5", POTASSIUM, "HH"), (">", "6", POTASSIUM, "H"), (">", "7", POTASSIUM, "HH"),
        ("<", "3.5", POTASSIUM, "L"), ("<=", "3.5", POTASSIUM, ""), ("<", "2.5", POTASSIUM, "LL"),
        ("<", "5", POTASSIUM, ""), ("<", "9", POTASSIUM, ""),
        ("<", "3", TROPONIN, "N"), ("<", "14", TROPONIN, "N"), ("<=", "14", TROPONIN, "N"), ("<", "15", TROPONIN, ""),
        (">", "14", TROPONIN, "H"), (">", "13", TROPONIN, ""),
        ("<", "1", Limits(Decimal(0), Decimal(5)), "N"), ("<", "-5", Limits(Decimal(-2), Decimal(2)), "L"),
        ("<", "5", Limits(text="xem ghi chú"), ""),
    ],
)  # fmt: skip
def test_value_behind_a_sign_has_the_flag_that_is_sure(sign, value, limits, flag):
    told = Measured("K", "Kali", Decimal(value), comparator=sign, limits=limits)

    assert with_flag(told, None).flag == flag


@given(
    st.sampled_from(["<", "<=", ">", ">="]),
    st.decimals(1, 20, places=1),
    st.decimals("0.1", 40, places=1),
    st.lists(st.decimals(1, 20, places=1), min_size=4, max_size=4, unique=True),
)
def test_flag_behind_a_sign_is_never_worse_than_any_value_that_it_leaves(sign, number, value, ends):
    critical_low, low, high, critical_high = sorted(ends)
    limits = Limits(low, high, critical_low, critical_high)
    left = {"<": value < number, "<=": value <= number, ">": value > number, ">=": value >= number}[sign]
    flag = with_flag(Measured("K", "Kali", number, comparator=sign, limits=limits), None).flag

    if left and flag:
        order = ("LL", "L", "N", "H", "HH")
        here, told = order.index(flag_of(value, limits)), order.index(flag)
        assert here == told or (here < told < 2) or (here > told > 2)


@pytest.mark.parametrize(
    ("limits", "value", "flag"),
    [
        (Limits(high=Decimal(5), strict=True), "5", "H"), (Limits(high=Decimal(5)), "5", "N"),
        (Limits(high=Decimal(5), strict=True), "4.99", "N"), (Limits(low=Decimal(60), strict=True), "60", "L"),
        (Limits(low=Decimal(60)), "60", "N"),
    ],
)  # fmt: skip
def test_end_of_an_open_range_is_no_usual_value(limits, value, flag):
    assert flag_of(Decimal(value), limits) == flag


def test_range_holds_for_its_unit_however_it_is_written():
    known = Band("K", Limits(critical_high=Decimal("6.5")), unit="mmol/L")

    assert band_for([known], "mmol/l", "", "", DAY) is known
    assert band_for([known], "mg/dL", "", "", DAY) is None


def test_count_of_cells_is_not_judged_by_a_range_in_grams():
    assert band_for([Band("X", Limits(high=Decimal(5)), unit="g/L")], "G/L", "", "", DAY) is None
