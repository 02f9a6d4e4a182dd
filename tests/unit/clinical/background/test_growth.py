"""The LMS method, weeks of a pregnancy, tables as they are imported. The figures are invented."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.background import rules
from ansinh.clinical.background.rules import Lms
from ansinh.kernel.errors import Invalid

HEAD = "indicator,sex,days,l,m,s"
TODAY = date(2026, 3, 10)

points = st.builds(
    Lms,
    st.integers(0, 7000),
    st.floats(-2, 2).filter(lambda power: power == 0 or abs(power) > 0.01),
    st.floats(2, 150),
    st.floats(0.02, 0.2),
)


@given(points, st.floats(-2.4, 2.4))
def test_value_of_a_score_has_that_score(at, z):
    if 1 + at.l * at.s * z > 0.05:
        assert rules.z_score(rules.value_at(z, at), at) == pytest.approx(z, abs=1e-6)


@given(points, st.floats(0.5, 3))
def test_more_is_never_a_lower_score(at, factor):
    assert (rules.z_score(at.m * factor, at) >= 0) == (factor >= 1 or factor == pytest.approx(1))


@pytest.mark.parametrize(("value", "power", "z"), [(12, 1, 0), (13.2, 1, 1), (10.8, 1, -1), (12, 0, 0)])
def test_median_is_nought_and_a_tenth_is_one(value, power, z):
    assert rules.z_score(value, Lms(0, power, 12, 0.1)) == pytest.approx(z)


@pytest.mark.parametrize(("days", "median"), [(0, 3), (50, 5), (100, 7), (101, None), (-1, None)])
def test_between_two_points_it_is_in_proportion_and_outside_nothing(days, median):
    found = rules.lms_at([Lms(0, 1, 3, 0.1), Lms(100, 1, 7, 0.1)], days)

    assert (found.m if found else None) == median


@pytest.mark.parametrize(
    ("z", "words"), [(0, "+0,00"), (-1.254, "−1,25"), (3, "+3,00"), (3.01, "> +3"), (-3.2, "< −3")]
)
def test_scores_beyond_three_only_say_their_side(z, words):
    assert rules.z_words(z) == words


def test_tables_are_read_in_order_of_age():
    data = f"{HEAD}\nweight-for-age,1,30,0.2,4.4,0.13\nweight-for-age,nam,0,0.3,3.3,0.14\nbmi-for-age,2,0,1,13,0.1\n"

    tables = rules.read_lms(data.encode())

    assert [one.days for one in tables["weight-for-age", "male"]] == [0, 30]
    assert set(tables) == {("weight-for-age", "male"), ("bmi-for-age", "female")}


@pytest.mark.parametrize(
    "line",
    ["weight,1,0,1,3,0.1", "weight-for-age,3,0,1,3,0.1", "weight-for-age,1,x,1,3,0.1", "weight-for-age,1,0,1,0,0.1",
     "weight-for-age,1,-1,1,3,0.1", "weight-for-age,1,0,1,3", "weight-for-age,1,0,1,3,0"],
)  # fmt: skip
def test_bad_line_is_told_by_its_number(line):
    with pytest.raises(Invalid) as refused:
        rules.read_lms(f"{HEAD}\nweight-for-age,1,0,1,3,0.1\n{line}".encode())

    assert [one.expression for one in refused.value.problems] == ["3"]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2", "cân nặng".encode("utf-16")])
def test_file_without_the_columns_is_refused(data):
    with pytest.raises(Invalid):
        rules.read_lms(data)


@pytest.mark.parametrize(("days", "weeks"), [(0, (0, 0)), (6, (0, 6)), (73, (10, 3)), (280, (40, 0))])
def test_weeks_are_counted_from_the_last_period(days, weeks):
    assert rules.gestation(TODAY - timedelta(days=days), TODAY) == weeks


@pytest.mark.parametrize(
    ("period", "due", "keys"),
    [
        (-70, 210, []), (-70, None, []), (None, 100, []), (None, None, ["due"]), (1, None, ["period-range"]),
        (-400, None, ["period-range"]), (None, 400, ["due-range"]), (None, -60, ["due-range"]),
        (-10, 20, ["due-order"]),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_of_a_pregnancy_are_told(period, due, keys):
    days = [None if off is None else TODAY + timedelta(days=off) for off in (period, due)]

    assert [one.key for one in rules.pregnancy_problems(*days, TODAY)] == keys


# --- tables as they come ------------------------------------------------------------------------------------------


def problems_of(*lines):
    with pytest.raises(Invalid) as refused:
        rules.read_lms("\n".join((HEAD, *lines)).encode())
    return [(one.expression, one.key) for one in refused.value.problems]


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "sNaN", "", "1e999999", "1e400", "ba"])
@pytest.mark.parametrize("place", range(4))
def test_figure_that_is_no_finite_number_is_told(figure, place):
    figures = ["30", "0.2", "4.4", "0.1"]
    figures[place] = figure

    assert problems_of("weight-for-age,1," + ",".join(figures)) == [("2", "lms-row")]


def test_part_of_a_day_is_not_cut_off_but_told():
    assert problems_of("weight-for-age,1,30.4375,0.2,4.4,0.1") == [("2", "lms-row")]


def test_day_that_stands_twice_in_one_table_is_told_and_not_in_two():
    line = "weight-for-age,1,30,0.2,4.4,0.1"

    assert problems_of(line, line) == [("3", "lms-twice")]
    assert len(rules.read_lms(f"{HEAD}\n{line}\n{line.replace(',1,', ',2,', 1)}".encode())) == 2


def test_blank_lines_count_where_a_line_is_named():
    assert problems_of("", "weight-for-age,1,30,0.2,4.4,0.1", ",,,,,", "weight,1,30,0.2,4.4,0.1") == [("5", "lms-row")]


def test_every_bad_line_is_told_at_once():
    assert [place for place, _key in problems_of("a,1,0,1,3,0.1", "weight-for-age,9,0,1,3,0.1")] == ["2", "3"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_table_is_read_with_any_end_of_line_and_any_mark(end, mark):
    text = end.join((HEAD, "height-for-age,girls,0,1,49.1,0.04", "height-for-age,nữ,10,1,50.2,0.04", ""))

    (points,) = rules.read_lms(text.replace(",", mark).encode("utf-8-sig")).values()

    assert [(one.days, one.m) for one in points] == [(0, 49.1), (10, 50.2)]


def test_decimals_may_stand_behind_a_comma():
    tables = rules.read_lms(b"indicator;sex;days;l;m;s\nbmi-for-age;nam;0;-0,3;13,4;0,09")

    assert tables["bmi-for-age", "male"] == [Lms(0, -0.3, 13.4, 0.09)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b",,,\n", "lms-empty"), (b"  \n", "lms-empty"), (b"a,b\n1,2", "lms-columns"),
        (f'{HEAD}\n"weight'.encode(), "lms-quotes"), (b"\xff\xfe", "lms-encoding"),
    ],
)  # fmt: skip
def test_file_that_is_no_table_is_refused_in_words(data, code):
    with pytest.raises(Invalid) as refused:
        rules.read_lms(data)

    assert refused.value.code == code


def test_table_longer_than_one_reading_takes_is_refused(monkeypatch):
    monkeypatch.setattr(rules, "MOST_ROWS", 2)
    with pytest.raises(Invalid) as refused:
        rules.read_lms(f"{HEAD}\n1\n2".encode())

    assert refused.value.code == "lms-long"


@given(st.text(alphabet='weight-fora,;\t"\n\r0123.NaIe', max_size=100))
def test_any_text_is_a_table_or_refused_in_words(text):
    try:
        tables = rules.read_lms(f"{HEAD}\n{text}".encode())
    except Invalid as refused:
        told = refused.message
    else:
        told = "read"
        assert all(one.m > 0 and one.s > 0 for points in tables.values() for one in points)

    assert told
