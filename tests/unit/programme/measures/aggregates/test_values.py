"""Periods as DHIS2 and ADX write them, and what a count is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.errors import Invalid
from ansinh.programme.measures import rules
from ansinh.programme.measures.aggregates import values

PERIODS = [
    ("2025", "2025", "2025-01-01/P1Y"),
    ("2025-H1", "2025S1", "2025-01-01/P6M"),
    ("2025-H2", "2025S2", "2025-07-01/P6M"),
    ("2025-Q1", "2025Q1", "2025-01-01/P3M"),
    ("2025-Q4", "2025Q4", "2025-10-01/P3M"),
    ("2024-02", "202402", "2024-02-01/P1M"),
    ("2025-12", "202512", "2025-12-01/P1M"),
]


@pytest.mark.parametrize(("label", "dhis2", "adx"), PERIODS)
def test_period_is_written_and_read_as_each_system_does(label, dhis2, adx):
    period = rules.parse_period(label)

    assert (values.dhis2_period(period), values.adx_period(period)) == (dhis2, adx)
    assert values.from_dhis2_period(dhis2) == period
    assert values.from_adx_period(adx) == period


@given(st.integers(1950, 2090), st.sampled_from(["", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4", "-01", "-02", "-11"]))
def test_every_calendar_period_comes_back(year, part):
    period = rules.parse_period(f"{year}{part}")

    assert values.from_dhis2_period(values.dhis2_period(period)) == period
    assert values.from_adx_period(values.adx_period(period)) == period


def test_twelve_months_written_as_such_are_the_year():
    assert values.from_adx_period("2025-01-01/P12M") == rules.year(2025)


@pytest.mark.parametrize("text", ["", "25", "2025W1", "20251", "202513", "2025Q5", "2025S3", "2025-07", "२०२५", "1825"])
def test_text_that_is_no_period_of_dhis2_is_refused(text):
    with pytest.raises(Invalid, match="Kỳ"):
        values.from_dhis2_period(text)


@pytest.mark.parametrize(
    "text",
    ["", "2025", "2025-01-01", "2025-01-01/P2M", "2025-02-01/P3M", "2025-07-01/P1Y", "2025-01-02/P1M", "2025-02-30/P1M",
     "2025-13-01/P1M", "2025-01-01/P0M", "2025-01-01/P7D", "2025-01-01/P99Y"],
)  # fmt: skip
def test_text_that_is_no_calendar_period_of_adx_is_refused(text):
    with pytest.raises(Invalid, match="không phải năm, nửa năm, quý hay tháng"):
        values.from_adx_period(text)


def test_period_that_has_not_ended_is_not_written():
    running = rules.year(2025).until(rules.parse_period("2025-07").end)

    with pytest.raises(Invalid, match="đã hết"):
        values.dhis2_period(running)
    with pytest.raises(Invalid, match="đã hết"):
        values.adx_period(running)


@pytest.mark.parametrize(("given_", "count"), [(0, 0), ("0", 0), (12, 12), (" 812 ", 812), ("007", 7)])
def test_count_is_a_whole_number(given_, count):
    assert values.counted(given_, "dòng 1") == count


@pytest.mark.parametrize("given_", [-1, "-1", "1.5", 1.5, "", None, True, "mười", "1e3", "٣", "1" * 13])
def test_value_that_is_no_count_is_refused_with_its_place(given_):
    with pytest.raises(Invalid, match="dòng 1: giá trị"):
        values.counted(given_, "dòng 1")


def test_error_of_a_period_names_the_place():
    with pytest.raises(Invalid, match=r"^dataValues\[3\]: Kỳ"):
        values.period_at(values.from_dhis2_period, "hôm qua", "dataValues[3]")
