"""What a command takes for a number or a day, and how it says no."""

import argparse
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.config.cli.arguments import day, whole


@given(st.integers(-50, 50), st.integers(-20, 20), st.integers(0, 20))
def test_whole_takes_just_the_numbers_of_its_span(number, low, length):
    high = low + length

    if low <= number <= high:
        assert whole(low, high)(str(number)) == number
    else:
        with pytest.raises(argparse.ArgumentTypeError, match=f"từ {low} đến {high}"):
            whole(low, high)(str(number))


@pytest.mark.parametrize("text", ["", " ", "hai", "2.0", "1e3", "--2", "2-", "٢²", "0x10", "1_000"])
def test_whole_refuses_what_is_no_whole_number(text):
    with pytest.raises(argparse.ArgumentTypeError, match="số nguyên"):
        whole(0, 10_000)(text)


def test_day_reads_one_form_only():
    assert day("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["", "29/02/2028", "2027-02-29", "2028-2-29", "2028-02-29T00:00", "hôm nay"])
def test_day_refuses_other_forms_and_days_that_are_none(text):
    with pytest.raises(argparse.ArgumentTypeError, match="ngày dạng"):
        day(text)
