"""What people type and what FHIR stores, field by field."""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from ansinh.kernel import clock
from ansinh.ui import forms

NOON = datetime(2025, 12, 15, 5, 0, tzinfo=UTC)
NAMES = {"I10": "Tăng huyết áp", "E11": "Đái tháo đường"}


def refusal(field, typed) -> str:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    return " ".join(refused.value.messages)


def test_char_field_stores_nfc_without_doubled_spaces():
    typed = unicodedata.normalize("NFD", " Nguyễn   Văn Đạo ")

    assert forms.CharField().clean(typed) == "Nguyễn Văn Đạo"


def test_text_field_keeps_lines_and_normalises_each():
    typed = unicodedata.normalize("NFD", "Đau lưng  nhiều\r\n\r\n  ngủ ít ")

    assert forms.TextField().clean(typed) == "Đau lưng nhiều\n\nngủ ít"


def test_password_field_takes_the_password_as_typed():
    assert forms.PasswordField().clean("  hai  khoảng trắng ") == "  hai  khoảng trắng "


@pytest.mark.parametrize(("typed", "stored"), [("5/3/1948", "1948-03-05"), ("1948", "1948"), ("", ""), (None, "")])
def test_date_field_gives_iso_with_its_precision(typed, stored):
    assert forms.DateField(required=False).clean(typed) == stored


def test_date_field_that_needs_the_day_refuses_a_month():
    assert "ngày, tháng và năm" in refusal(forms.DateField(whole=True), "3/1948")


def test_date_field_in_the_past_accepts_today_and_refuses_tomorrow():
    field = forms.DateField(past=True)

    with clock.frozen(NOON):
        assert field.clean("15/12/2025") == "2025-12-15"
        assert field.clean("12/2025") == "2025-12"
        assert field.clean("2025") == "2025"
        assert "chưa đến" in refusal(field, "16/12/2025")
        assert "chưa đến" in refusal(field, "2026")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1948-03-05", "05/03/1948"),
        ("1948-03", "03/1948"),
        ("1948", "1948"),
        ("31/02/1948", "31/02/1948"),
        (None, ""),
    ],
)
def test_date_field_shows_stored_dates_our_way_and_typed_ones_as_typed(value, shown):
    assert forms.DateField().prepare_value(value) == shown


@pytest.mark.parametrize("typed", ["15/12/2025 08:30", "15/12/2025 8:30", "15/12/2025 8h30", "15/12/2025 8g30"])
def test_date_time_field_gives_a_fhir_date_time_in_our_zone(typed):
    assert forms.DateTimeField().clean(typed) == "2025-12-15T08:30:00+07:00"


def test_date_time_field_reads_a_full_hour():
    assert forms.DateTimeField().clean("15/12/2025 8h") == "2025-12-15T08:00:00+07:00"


@pytest.mark.parametrize("typed", ["15/12/2025", "15/12/2025 24:00", "15/12/2025 08:60", "sáng nay"])
def test_date_time_field_refuses_what_has_no_hour_of_the_day(typed):
    assert "ngày và giờ" in refusal(forms.DateTimeField(), typed)


def test_date_time_field_refuses_a_month_without_its_day():
    assert "ngày, tháng và năm" in refusal(forms.DateTimeField(), "12/2025 08:30")


def test_date_time_field_shows_what_is_stored():
    assert forms.DateTimeField().prepare_value("2025-12-15T08:30:00+07:00") == "15/12/2025 08:30"


@pytest.mark.parametrize(
    ("typed", "stored"), [("36,5", "36.5"), ("36.5", "36.5"), ("1.350.000,5", "1350000.5"), ("1 350", "1350")]
)
def test_decimal_field_reads_comma_and_point(typed, stored):
    assert forms.DecimalField().clean(typed) == Decimal(stored)


@pytest.mark.parametrize(
    ("value", "shown"), [(Decimal("36.5"), "36,5"), (Decimal("1350.5"), "1350,5"), (7, "7"), ("36,x", "36,x")]
)
def test_decimal_field_shows_a_comma_and_keeps_what_was_typed(value, shown):
    assert forms.DecimalField().prepare_value(value) == shown


@pytest.mark.parametrize(
    ("typed", "stored"), [("1.000", None), ("12.500", None), ("-1.000", None), ("0.125", "0.125"), ("1,000", "1"),
                          ("1000", "1000"), ("1 000", "1000"), ("1.000,5", "1000.5"), ("1.50", "1.5"),
                          ("1000.125", "1000.125")]
)  # fmt: skip
def test_decimal_field_asks_back_what_could_be_one_or_a_thousand(typed, stored):
    field = forms.DecimalField(decimal_places=3)
    if stored is not None:
        assert field.clean(typed) == Decimal(stored)
        return
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert refused.value.code == "ambiguous"


def test_decimal_field_round_trips_what_it_shows():
    field = forms.DecimalField()

    assert field.clean(field.prepare_value(Decimal("12345.75"))) == Decimal("12345.75")


@pytest.mark.parametrize(("typed", "stored"), [("120", 120), ("1.350", 1350), ("1 350 000", 1350000), ("-5", -5)])
def test_integer_field_reads_thousands(typed, stored):
    assert forms.IntegerField().clean(typed) == stored


@pytest.mark.parametrize("typed", ["36,5", "12.5", "nhiều", "1.35"])
def test_integer_field_refuses_what_is_not_whole(typed):
    refusal(forms.IntegerField(), typed)


def test_boolean_field_is_not_required_unless_said():
    assert forms.BooleanField().clean(False) is False


@pytest.mark.parametrize("typed", ["I10", "I10 – Tăng huyết áp", " I10 – tên người gõ thêm "])
def test_code_field_gives_the_code_alone(typed):
    field = forms.CodeField(search_url="/tim", display_of=NAMES.get)

    assert field.clean(typed) == "I10"


def test_code_field_refuses_an_unknown_code_and_names_it():
    field = forms.CodeField(search_url="/tim", display_of=NAMES.get)

    assert "«A99.9»" in refusal(field, "A99.9")


def test_code_field_shows_the_name_of_a_stored_code():
    field = forms.CodeField(search_url="/tim", display_of=NAMES.get)

    assert field.prepare_value("I10") == "I10 – Tăng huyết áp"
    assert field.prepare_value("A99") == "A99"
    assert field.prepare_value(None) == ""


def test_codes_field_keeps_the_order_and_drops_blanks_and_repeats():
    field = forms.CodesField(search_url="/tim", display_of=NAMES.get)

    assert field.clean(["E11", "", "I10 – Tăng huyết áp", "E11"]) == ["E11", "I10"]


def test_codes_widget_reads_every_value_of_its_name():
    widget = forms.CodesField(search_url="/tim").widget

    assert widget.value_from_datadict(QueryDict("x=I10&x=&x=E11"), {}, "x") == ["I10", "", "E11"]
    assert widget.value_from_datadict({"x": "I10"}, {}, "x") == ["I10"]
    assert widget.value_from_datadict({}, {}, "x") == []
