"""Names, numbers and dates of people: what is normal, what is refused, what only raises a doubt."""

from datetime import date

import pytest

from ansinh.clinical.registry import rules
from ansinh.kernel.errors import Invalid

TODAY = date(2026, 3, 15)


@pytest.mark.parametrize("name", ["Nguyễn Văn A", "Y Bhin", "H'Ly", "Đạo", "K'Sor H'Bia", "Điểu K'Rứ"])
def test_full_name_of_any_people_is_kept(name):
    assert rules.full_name(f"  {name} ") == name


def test_full_name_in_decomposed_letters_is_stored_composed():
    assert rules.full_name("Nguyễn Văn A") == "Nguyễn Văn A"


@pytest.mark.parametrize("typed", ["H’Ly", "H‘Ly", "Hʼly".replace("l", "L"), "H`Ly"])
def test_full_name_with_any_apostrophe_is_stored_with_one(typed):
    assert rules.full_name(typed) == "H'Ly"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "name-required"), ("  ", "name-required"), ("--", "name-required"), ("Nguyá»…n VÄƒn A", "name-garbled"),
     ("Nguyễn Văn 1", "name-shape"), ("A" * 121, "name-shape")],
)  # fmt: skip
def test_full_name_that_is_none_is_refused(text, code):
    with pytest.raises(Invalid) as refusal:
        rules.full_name(text)

    assert refusal.value.code == code
    assert refusal.value.field == "full_name"


def test_citizen_number_with_spaces_is_taken():
    assert rules.citizen_number("036 085 000 000") == "036085000000"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [("03608500000", "cccd-length", "11 chữ số"), ("0360850000000", "cccd-length", "13 chữ số"),
     ("03608500000a", "cccd-digits", "chữ số"), ("０３６０８５００００００", "cccd-digits", "chữ số")],
)  # fmt: skip
def test_citizen_number_of_wrong_shape_is_refused_with_the_count(text, code, says):
    with pytest.raises(Invalid, match=says) as refusal:
        rules.citizen_number(text)

    assert refusal.value.code == code
    assert text not in refusal.value.message


def test_citizen_number_doubts_are_warnings_about_year_and_sex():
    doubts = rules.citizen_number_doubts("036185000000", "male", "1958-01-01")

    assert [doubt.key for doubt in doubts] == ["cccd-birth-year", "cccd-sex"]
    assert {doubt.severity for doubt in doubts} == {"warning"}


@pytest.mark.parametrize(
    ("number", "gender", "birth"),
    [("036085000000", "male", "1985-01-01"), ("036185000000", "female", "1985"), ("036208000000", "male", "2008-02"),
     ("036308000000", "female", ""), ("036308000000", "unknown", "2008")],
)  # fmt: skip
def test_citizen_number_doubts_when_all_agrees_are_none(number, gender, birth):
    assert rules.citizen_number_doubts(number, gender, birth) == []


def test_old_citizen_number_needs_nine_digits():
    assert rules.old_citizen_number("164 123 456") == "164123456"
    with pytest.raises(Invalid, match="9 chữ số"):
        rules.old_citizen_number("16412345")


@pytest.mark.parametrize("card", ["DN4370000000000", "dn4 37 0000000000", "0123456789"])
def test_insurance_card_in_both_forms_is_taken(card):
    assert rules.insurance_card(card) in ("DN4370000000000", "0123456789")


@pytest.mark.parametrize("card", ["DN9370000000000", "D14370000000000", "012345678", "", "DN43700000000000"])
def test_insurance_card_of_wrong_shape_is_refused(card):
    with pytest.raises(Invalid) as refusal:
        rules.insurance_card(card)

    assert refusal.value.code == "bhyt-shape"


@pytest.mark.parametrize("text", ["0912345678", "+84 912 345 678", "84912345678", "0912.345.678"])
def test_phone_in_any_writing_is_stored_in_national_form(text):
    assert rules.phone(text) == "0912345678"


def test_phone_that_is_none_is_refused():
    with pytest.raises(Invalid, match="Số điện thoại"):
        rules.phone("12345")


@pytest.mark.parametrize("value", ["1948", "1948-03", "1948-03-05", "2026-03-15", "2024-02-29"])
def test_birth_date_of_any_precision_is_kept(value):
    assert rules.birth_date(value, TODAY) == value


@pytest.mark.parametrize(
    ("value", "code"),
    [("2026-03-16", "birth-future"), ("2027", "birth-future"), ("1895", "birth-too-old"),
     ("1948-13", "birth-impossible"), ("2025-02-29", "birth-impossible"), ("0000", "birth-impossible"),
     ("05/03/1948", "birth-impossible"), ("", "birth-impossible")],
)  # fmt: skip
def test_birth_date_that_cannot_be_is_refused(value, code):
    with pytest.raises(Invalid) as refusal:
        rules.birth_date(value, TODAY)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("birth", "years", "exact"),
    [("1948-03-16", 77, True), ("1948-03-15", 78, True), ("1948", 78, False), ("1948-04", 77, False),
     ("2026-03-15", 0, True)],
)  # fmt: skip
def test_age_follows_the_precision_of_the_birth_date(birth, years, exact):
    age = rules.age(birth, TODAY)

    assert (age.years, age.exact) == (years, exact)


def test_age_of_a_baby_counts_months():
    assert rules.age("2025-11-20", TODAY).months == 3


def test_period_with_its_end_before_its_start_is_refused():
    rules.period_in_order("2020-05", "2020-05-01", "group_end")
    rules.period_in_order("2020", "", "group_end")
    with pytest.raises(Invalid, match="trước ngày bắt đầu") as refusal:
        rules.period_in_order("2020-05-02", "2020-05-01", "group_end")

    assert refusal.value.field == "group_end"


def test_record_number_is_stable_short_and_free_of_lookalikes():
    number = rules.record_number("018f0000-0000-7abc-8def-0123456789ab", 2026)

    assert number == rules.record_number("018f0000-0000-7abc-8def-0123456789ab", 2026)
    assert number.startswith("26-")
    assert len(number) == 9
    assert not set(number[3:]) & set("01OIL")


def test_stay_start_in_the_future_or_before_birth_is_refused():
    assert rules.stay_start(TODAY, "1948", TODAY) == TODAY
    with pytest.raises(Invalid, match="sau hôm nay"):
        rules.stay_start(date(2026, 3, 16), "1948", TODAY)
    with pytest.raises(Invalid, match="trước ngày sinh"):
        rules.stay_start(date(2020, 1, 1), "2021-06", TODAY)


def test_stay_end_before_admission_or_in_the_future_is_refused():
    assert rules.stay_end(TODAY, "2026-03-15", TODAY) == TODAY
    with pytest.raises(Invalid, match="10/03/2026") as refusal:
        rules.stay_end(date(2026, 3, 9), "2026-03-10", TODAY)
    assert refusal.value.code == "discharge-before-admission"
    with pytest.raises(Invalid, match="sau hôm nay"):
        rules.stay_end(date(2026, 3, 16), "2026-03-10", TODAY)


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [("", "", "unknown"), ("2026-04-01", "", "future"), ("2025-01-01", "2026-03-14", "ended"),
     ("2025-01-01", "2026-04-14", "soon"), ("2025-01-01", "2026-04-15", "valid"), ("2025-01-01", "", "valid")],
)  # fmt: skip
def test_coverage_state_follows_the_dates(start, end, state):
    assert rules.coverage_state(start, end, TODAY) == state
