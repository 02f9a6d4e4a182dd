"""Drawing of charts: round scales, honest lengths, gaps where nothing was measured."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.ui.charts import (
    HEIGHT,
    Axis,
    Bar,
    BarChart,
    LineChart,
    Series,
    amount,
    bar_drawing,
    line_drawing,
    number,
    share,
    spark_path,
    ticks,
)

VALUES = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [
        (0, 100, [0, 25, 50, 75, 100]),
        (0, 80, [0, 20, 40, 60, 80]),
        (60, 160, [50, 75, 100, 125, 150, 175]),
        (0, 1, [0, 0.25, 0.5, 0.75, 1]),
        (0, 0, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_ticks_are_round_and_cover_the_range(low, high, steps):
    assert ticks(low, high) == steps


@given(VALUES, st.floats(min_value=0.01, max_value=1e6))
def test_ticks_always_cover_and_stay_few(low, extent):
    steps = ticks(low, low + extent)

    rounding = 1e-6 * (1 + abs(low))
    assert steps[0] <= low + rounding
    assert steps[-1] >= low + extent - rounding
    assert 2 <= len(steps) <= 8


@given(VALUES, VALUES, VALUES)
def test_axis_never_turns_values_round(low, one, other):
    axis = Axis(min(low, one, other), max(low, one, other) + 1)

    assert (axis.y(one) <= axis.y(other)) or one <= other
    assert 0 <= axis.y(one) <= HEIGHT


def test_line_breaks_where_nothing_was_measured():
    chart = LineChart("x", [Series("a", [("1", 10), ("2", 20), ("3", None), ("4", 40)])])

    line = line_drawing(chart)["lines"][0]

    assert re.sub(r"[ 0-9.]", "", line["path"]) == "MLM"
    assert [dot["text"] for dot in line["dots"]] == ["1: 10", "2: 20", "4: 40"]


def test_series_with_other_labels_share_one_axis():
    chart = LineChart("x", [Series("a", [("1", 10), ("3", 30)]), Series("b", [("2", 20)])])

    drawing = line_drawing(chart)

    assert [label for _, label, _ in drawing["across"]] == ["1", "3", "2"]
    assert len({dot["x"] for line in drawing["lines"] for dot in line["dots"]}) == 3


def test_at_most_seven_labels_are_written():
    chart = LineChart("x", [Series("a", [(str(n), n) for n in range(40)])])

    assert len(line_drawing(chart)["across"]) <= 7


def test_single_point_stands_in_the_middle():
    chart = LineChart("x", [Series("a", [("1", 10)])])

    assert line_drawing(chart)["lines"][0]["dots"][0]["x"] == 50.0


def test_chart_without_values_still_draws_its_frame():
    drawing = line_drawing(LineChart("x", [Series("a", [])]))

    assert drawing["lines"][0]["dots"] == []
    assert len(drawing["grid"]) >= 2


def test_target_is_within_the_scale():
    drawing = line_drawing(LineChart("x", [Series("a", [("1", 10)])], target=80))

    assert drawing["grid"][-1][1] == "80"
    assert drawing["target"] == drawing["grid"][-1][0]


def test_bars_share_one_scale_that_holds_the_target():
    drawing = bar_drawing(BarChart("x", [Bar("a", 20), Bar("b", 40), Bar("c", None)], target=80))

    assert [row["width"] for row in drawing["bars"]] == [25.0, 50.0, None]
    assert drawing["target"] == 100.0
    assert drawing["bars"][2]["text"] == "–"


def test_bars_of_nothing_do_not_divide_by_zero():
    assert bar_drawing(BarChart("x", [Bar("a", 0)]))["bars"][0]["width"] == 0.0
    assert bar_drawing(BarChart("x", []))["bars"] == []


@given(VALUES, VALUES)
def test_share_stays_on_the_drawing(value, whole):
    assert 0 <= share(value, whole) <= 100


@given(st.lists(VALUES, max_size=30))
def test_spark_stays_in_its_box(values):
    path = spark_path(values)

    numbers = [tuple(map(float, pair)) for pair in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]
    assert len(numbers) == len(values)
    assert all(0 <= x <= 100 and 0 <= y <= 28 for x, y in numbers)


@pytest.mark.parametrize(
    ("value", "unit", "places", "text"),
    [(70, "%", None, "70%"), (36.5, "", None, "36,5"), (7, "kg", 1, "7,0\u00a0kg"), (None, "%", None, "–")],
)
def test_amount_joins_number_and_unit(value, unit, places, text):
    assert amount(value, unit, places) == text


def test_number_drops_a_needless_decimal():
    assert number(70.0) == "70"
