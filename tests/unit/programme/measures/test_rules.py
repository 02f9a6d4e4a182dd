from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.errors import Invalid
from ansinh.programme.measures import rules
from ansinh.programme.measures.rules import Period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-h1", date(2024, 1, 1), date(2024, 6, 30)),
        ("2024-H2", date(2024, 7, 1), date(2024, 12, 31)),
        (" 2025-Q4 ", date(2025, 10, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_parse_period_known_forms_give_whole_calendar_spans(text, start, end):
    assert rules.parse_period(text) == Period(start, end)


@pytest.mark.parametrize("text", ["", "25", "2025-13", "2025-Q5", "2025-H3", "2025/07", "1825", "năm 2025"])
def test_parse_period_other_text_says_how_to_write_it(text):
    with pytest.raises(Invalid) as caught:
        rules.parse_period(text)

    assert "2025-Q3" in caught.value.message
    assert caught.value.field == "ky"


@given(st.integers(1900, 2099), st.sampled_from(["", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4", "-01", "-11"]))
def test_period_label_reads_back_as_the_same_period(number, part):
    period = rules.parse_period(f"{number}{part}")

    assert rules.parse_period(period.label) == period


def test_period_label_of_another_span_shows_both_days():
    assert Period(date(2025, 1, 1), date(2025, 11, 21)).label == "2025-01-01..2025-11-21"


def test_period_backwards_is_a_programming_mistake():
    with pytest.raises(ValueError):
        Period(date(2025, 2, 1), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2026, 5, 1), date(2025, 12, 31)),
        (date(2025, 6, 3), date(2025, 6, 3)),
        (date(2024, 6, 3), date(2025, 1, 1)),
    ],
)
def test_until_never_reaches_past_today_nor_before_the_start(today, end):
    assert rules.year(2025).until(today) == Period(date(2025, 1, 1), end)


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        (date(2025, 12, 31), 12, date(2025, 1, 1)),
        (date(2025, 12, 31), 6, date(2025, 7, 1)),
        (date(2024, 2, 29), 12, date(2023, 3, 1)),
        (date(2025, 8, 31), 6, date(2025, 3, 1)),
        (date(2025, 6, 15), 6, date(2024, 12, 16)),
    ],
)
def test_months_before_gives_the_first_day_of_the_span(day, months, first):
    assert rules.months_before(day, months) == first


def test_parameters_are_iso_text_and_the_position():
    assert rules.parameters(rules.year(2025), 42) == {
        "from": "2025-01-01",
        "to": "2025-12-31",
        "to_6m": "2025-07-01",
        "to_12m": "2025-01-01",
        "as_of": 42,
    }


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 8, "12.5"), (2, 3, "66.7"), (1, 3, "33.3"), (49, 400, "12.3"), (0, 7, "0.0"), (7, 7, "100.0")],
)
def test_percent_rounds_halves_up_to_one_decimal(numerator, denominator, expected):
    assert rules.percent(numerator, denominator) == Decimal(expected)


def test_percent_of_nobody_is_unknown_not_zero():
    assert rules.percent(0, 0) is None
    assert rules.value("count", 0, 0) == Decimal(0)


@given(st.integers(1, 100_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_percent_is_within_half_a_tenth_of_the_exact_share(pair):
    numerator, denominator = pair

    shown = rules.percent(numerator, denominator)

    assert shown is not None
    assert 0 <= shown <= 100
    difference = Fraction(shown) - Fraction(100 * numerator, denominator)
    assert Fraction(-1, 20) < difference <= Fraction(1, 20)


@pytest.mark.parametrize(
    ("counts", "small"),
    [((0, 0, 0), False), ((40, 40, 0), False), ((20, 40, 20), False), ((3, 40, 37), True), ((4,), True), ((5,), False)],
)
def test_is_small_from_one_to_four_people(counts, small):
    assert rules.is_small(counts) is small


def test_suppressed_one_small_row_takes_the_next_smallest_with_it():
    assert rules.suppressed({"a": (3,), "b": (20,), "c": (9,), "d": (0,)}) == {"a", "c"}
    assert rules.suppressed({"a": (3,), "b": (2,), "c": (9,)}) == {"a", "b"}
    assert rules.suppressed({"a": (3,)}) == {"a"}
    assert rules.suppressed({"a": (30,), "b": (0,)}) == set()


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.integers(0, 30)), max_size=6))
def test_suppressed_hidden_rows_never_follow_from_the_total(rows):
    hidden = rules.suppressed(rows)

    shown = [counts[0] for key, counts in rows.items() if key not in hidden]
    assert not any(0 < count < 5 for count in shown)
    if len(hidden) == 1:
        assert not any(shown)


def test_on_day_picks_the_entry_that_holds():
    values = [{"from": "2021-01-01", "to": "2025-12-31", "value": 70}, {"from": "2026-01-01", "value": 80}]

    assert rules.on_day(values, date(2025, 12, 31)) == values[0]
    assert rules.on_day(values, date(2031, 1, 1)) == values[1]
    assert rules.on_day(values, date(2020, 12, 31)) is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown", "reached"),
    [(1599, 2000, "80.0", False), (1600, 2000, "80.0", True), (4, 5, "80.0", True), (7999, 10_000, "80.0", False)],
)
def test_exact_share_is_not_rounded_onto_a_target(numerator, denominator, shown, reached):
    assert rules.percent(numerator, denominator) == Decimal(shown)
    assert (rules.exact("percent", numerator, denominator) >= 80) is reached


def test_exact_of_nobody_is_unknown_and_of_a_count_the_count():
    assert rules.exact("percent", 0, 0) is None
    assert rules.exact("count", 0, 0) == 0
    assert rules.exact("count", 12, 0) == 12
