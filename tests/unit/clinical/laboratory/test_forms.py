"""What a form makes of what is typed: a number with its sign, words, lines that are whole."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from ansinh.clinical.laboratory.forms import MOST_FREE, ResultForm, ValueField
from ansinh.clinical.laboratory.queries import panel_named, panels

TYPED = {"entry_id": "0190c1de-0000-7000-8000-000000000001", "moment": "10/03/2026 07:30"}


def form(panel=None, *, imaging=False, **typed):
    return ResultForm(TYPED | {name.replace("_", "-", 1): text for name, text in typed.items()},
                      panel=panel, imaging=imaging)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("4,2", ("", Decimal("4.2"))), ("4.2", ("", Decimal("4.2"))), ("<5", ("<", Decimal(5))),
        ("< 5", ("<", Decimal(5))), ("≤5", ("<=", Decimal(5))), (">=10", (">=", Decimal(10))),
        ("≥ 10", (">=", Decimal(10))), ("âm tính", ("", "âm tính")), ("1/128", ("", "1/128")), ("0", ("", Decimal(0))),
        ("", None), ("   ", None),
    ],
)  # fmt: skip
def test_result_is_a_number_with_its_sign_or_words(typed, read):
    assert ValueField(required=False).clean(typed) == read


@pytest.mark.parametrize("typed", ["<cao", "> ", "≤ vết", "<1.000,5"])
def test_sign_without_a_number_behind_it_is_refused(typed):
    with pytest.raises(ValidationError):
        ValueField(required=False).clean(typed)


def test_only_tests_that_were_filled_in_are_results_nought_is_one():
    panel = panel_named("chemistry")
    sent = form(panel, t_potassium="0", t_sodium="", t_glucose="<1,1")

    assert sent.is_valid(), sent.errors
    results = {one.name: (one.value, one.comparator, one.unit) for one in sent.report().results}
    assert results == {"Kali": (Decimal(0), "", "mmol/L"), "Đường huyết": (Decimal("1.1"), "<", "mmol/L")}


def test_words_in_place_of_a_number_have_no_unit():
    sent = form(panel_named("chemistry"), t_potassium="vỡ hồng cầu")

    assert sent.is_valid(), sent.errors
    assert [(one.value, one.unit) for one in sent.report().results] == [("vỡ hồng cầu", "")]


@pytest.mark.parametrize(("typed", "wrong"), [({"value_1": "5"}, "name-1"), ({"name_1": "CRP"}, "value-1")])
def test_line_without_its_name_or_its_result_is_told_where_it_lacks(typed, wrong):
    sent = form(**typed)

    assert not sent.is_valid()
    assert list(sent.errors) == [wrong]


def test_lines_for_other_tests_are_read_with_name_value_and_unit():
    sent = form(name_0="CRP", value_0=">10", unit_0="mg/L", name_3="Cấy", value_3="không mọc")

    assert sent.is_valid(), sent.errors
    report = sent.report()
    assert [(one.name, one.comparator, one.value, one.unit) for one in report.results] == [
        ("CRP", ">", Decimal(10), "mg/L"), ("Cấy", "", "không mọc", ""),
    ]  # fmt: skip
    assert (report.panel, report.number) == ("CRP; Cấy", TYPED["entry_id"])


def test_page_of_a_panel_has_its_tests_and_one_line_more_and_the_free_page_only_lines():
    for panel in panels():
        shown = form(panel)
        assert (len(shown.test_fields()), len(shown.free_lines())) == (len(panel.tests), 1)
    assert (len(form().test_fields()), len(form().free_lines())) == (0, MOST_FREE)


def test_report_of_an_image_has_its_title_and_no_lines():
    sent = form(imaging=True, title="X-quang phổi", conclusion="Bình thường")

    assert sent.is_valid(), sent.errors
    assert sent.free_lines() == []
    assert (sent.report().category, sent.report().panel) == ("RAD", "X-quang phổi")
