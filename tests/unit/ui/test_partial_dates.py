"""Dates as typed: every precision, every separator, and sentences for what cannot be."""

import pytest

from ansinh.ui.partial_dates import parse_partial_date


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("05/03/1948", "1948-03-05"),
        ("5/3/1948", "1948-03-05"),
        ("5.3.1948", "1948-03-05"),
        ("05-03-1948", "1948-03-05"),
        ("5 3 1948", "1948-03-05"),
        ("05031948", "1948-03-05"),
        ("1948-03-05", "1948-03-05"),
        ("1948-3", "1948-03"),
        ("3/1948", "1948-03"),
        ("03/1948", "1948-03"),
        ("1948", "1948"),
        (" 29/02/2024 ", "2024-02-29"),
    ],
)
def test_parse_partial_date_keeps_the_precision_that_was_typed(typed, stored):
    assert parse_partial_date(typed) == stored


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("31/02/1948", "Tháng 2/1948 không có ngày 31"),
        ("29/02/2023", "Tháng 2/2023 không có ngày 29"),
        ("00/03/1948", "không có ngày 0"),
        ("15/13/1948", "Không có tháng 13"),
        ("0/1948", "Không có tháng 0"),
        ("5/3/48", "bốn chữ số của năm"),
        ("48", "bốn chữ số của năm"),
        ("05/03/9999", "từ 1850 đến 2200"),
        ("1000", "từ 1850 đến 2200"),
        ("hôm qua", "ngày/tháng/năm"),
        ("1/2/3/1948", "ngày/tháng/năm"),
        ("/", "ngày/tháng/năm"),
        ("٠٥/٠٣/١٩٤٨", "ngày/tháng/năm"),
        ("-5/3/1948x", "ngày/tháng/năm"),
    ],
)
def test_parse_partial_date_refuses_in_words_that_help(typed, says):
    with pytest.raises(ValueError, match=r"\w") as refused:
        parse_partial_date(typed)

    assert says in str(refused.value)
