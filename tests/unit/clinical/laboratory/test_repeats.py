"""A report that comes again: when it is news, and when it may stand in the place of the one before."""

from decimal import Decimal

import pytest

from ansinh.clinical.laboratory import resources
from ansinh.clinical.laboratory.repeats import may_follow, same_report
from ansinh.clinical.laboratory.resources import Filed
from ansinh.clinical.laboratory.rules.reports import Limits, Measured, Report, Whose

AT = "2026-03-10T08:00:00+07:00"
KALI = {"code": "K", "name": "Kali", "value": Decimal("4.2"), "unit": "mmol/L", "flag": "N"}


def made(status="final", line=None, moment=AT, **more):
    """A report with its one result, as it is written."""
    report = Report("F1", Whose(), "Sinh hóa", moment, (Measured(**KALI | (line or {})),), status=status, **more)
    whole, *lines = resources.report_resources(report, Filed("r", "p", "f", AT))
    return whole, lines


def same(before, after):
    return same_report(*before, *after)


@pytest.mark.parametrize("status", ["final", "corrected", "preliminary", "partial"])
def test_same_report_again_is_no_news(status):
    assert same(made(status), made(status))


@pytest.mark.parametrize(
    "other",
    [
        {"line": {"value": Decimal("4.3")}}, {"line": {"unit": "mg/dL"}}, {"line": {"comparator": "<"}},
        {"line": {"value": "vỡ hồng cầu"}}, {"line": {"note": "Mẫu vỡ hồng cầu"}}, {"line": {"status": "corrected"}},
        {"line": {"name": "Natri"}}, {"note": "Đã làm lại"}, {"conclusion": "Cấy mọc tụ cầu"},
        {"moment": "2026-03-10T09:00:00+07:00"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", ["final", "corrected"])
def test_report_that_says_something_else_is_news(other, status):
    assert not same(made(), made(status, **other))


@pytest.mark.parametrize("line", [{"flag": "HH"}, {"limits": Limits(Decimal(3), Decimal(4))}])
def test_flag_and_range_are_news_only_in_a_correction(line):
    assert same(made(), made(line=line))
    assert not same(made(), made("corrected", line=line))


def test_line_more_and_line_less_are_news():
    whole, lines = made()

    assert not same_report(whole, lines, whole, lines * 2)
    assert not same_report(whole, lines, whole, [])


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        ("preliminary", "final", True), ("partial", "final", True), ("preliminary", "corrected", True),
        ("preliminary", "partial", False), ("final", "preliminary", False), ("final", "corrected", False),
        ("corrected", "final", False),
    ],
)  # fmt: skip
def test_open_report_that_is_final_now_is_news_though_no_figure_changed(before, after, news):
    assert same(made(before), made(after)) is not news


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("preliminary", "preliminary", True), ("preliminary", "final", True), ("partial", "preliminary", True),
        ("final", "corrected", True), ("corrected", "corrected", True), ("final", "amended", True),
        ("final", "final", False), ("corrected", "final", False), ("final", "preliminary", False),
        ("amended", "partial", False),
    ],
)  # fmt: skip
def test_only_what_is_open_or_called_corrected_gives_way_to_another_content(before, after, may):
    assert may_follow(made(before)[0], made(after)[0]) is may
