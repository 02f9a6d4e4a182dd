"""Shapes of definition files: what fits, and where and why something does not."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.shapes import COUNT, DAY, FLAG, TEXT, WORDS, misfits

UNIT = {"code": TEXT, "name?": WORDS, "since?": DAY, "parts?": [{"value": COUNT}], "open?": FLAG, "words?": {...: TEXT}}
GOOD = {"code": "a", "since": date(2026, 1, 1), "parts": [{"value": 0}], "open": False, "words": {"x": "y"}}


def wrong(value, shape=UNIT) -> list[tuple[str, str]]:
    return list(misfits(value, shape))


@pytest.mark.parametrize("value", [GOOD, {"code": "a"}, {"code": "a", "name": "", "parts": []}])
def test_what_fits_has_no_misfit(value):
    assert wrong(value) == []


def test_optional_key_may_be_left_empty():
    assert wrong(dict.fromkeys(("name", "since", "parts", "open", "words")) | {"code": "a"}) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"code": ""}, "code"),
        ({"code": None}, "code"),
        ({"code": 12}, "code"),
        ({"name": 12}, "name"),
        ({"since": "2026-01-01"}, "since"),
        ({"since": datetime(2026, 1, 1)}, "since"),
        ({"parts": {}}, "parts"),
        ({"parts": "x"}, "parts"),
        ({"parts": [None]}, "parts[0]"),
        ({"parts": [{"value": 1}, {}]}, "parts[1].value"),
        ({"parts": [{"value": -1}]}, "parts[0].value"),
        ({"parts": [{"value": True}]}, "parts[0].value"),
        ({"parts": [{"value": 1.0}]}, "parts[0].value"),
        ({"parts": [{"value": 1, "more": 1}]}, "parts[0].more"),
        ({"open": 1}, "open"),
        ({"open": "true"}, "open"),
        ({"words": []}, "words"),
        ({"words": {"x": 1}}, "words.x"),
        ({"words": {1: "x"}}, "words.1"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_misfit_is_told_at_its_place(change, place):
    assert [where for where, _ in wrong(GOOD | change)] == [place]


@pytest.mark.parametrize("value", [None, "x", 1, [], [GOOD], date(2026, 1, 1)])
def test_file_that_is_no_table_is_one_misfit(value):
    assert wrong(value) == [("", "phải là một bảng khóa và giá trị")]


def test_every_misfit_is_told_not_only_the_first():
    assert {place for place, _ in wrong({"code": "", "open": 1, "parts": [1, {"value": "x"}]})} == {
        "code", "open", "parts[0]", "parts[1].value",
    }  # fmt: skip


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


@given(junk, st.sampled_from([UNIT, [UNIT], TEXT, COUNT, {...: [DAY]}]))
def test_no_value_breaks_the_check_and_each_misfit_says_something(value, shape):
    assert all(isinstance(place, str) and what for place, what in misfits(value, shape))
