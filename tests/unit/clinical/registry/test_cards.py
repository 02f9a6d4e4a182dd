"""QR text of cards: what is read, and every way in which a scan goes wrong. All people here are invented."""

from datetime import date

import pytest

from ansinh.clinical.registry.cards import parse_card
from ansinh.kernel.errors import Invalid

TODAY = date(2026, 3, 15)
CITIZEN = "036085000000||NGUYỄN VĂN A|01011985|Nam|Thôn 1, Xã Mẫu, Huyện Mẫu, Ninh Bình|20042022"
NAME_HEX = "NGUYỄN VĂN A".encode().hex().upper()
INSURANCE = (
    f"DN4370000000000|{NAME_HEX}|01/01/1985|1|-|37 - 001|01/01/2026|-|01/01/2026|37000|-|4|01/01/2026|00-0|4|-|$"
)


def refused(text: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        parse_card(text, TODAY)
    return refusal.value


def test_citizen_card_fills_the_fields_of_the_form():
    card = parse_card(CITIZEN, TODAY)

    assert card.kind == "citizen"
    assert card.fields == {
        "citizen_number": "036085000000",
        "full_name": "Nguyễn Văn A",
        "birth_date": "1985-01-01",
        "gender": "male",
        "old_address": "Thôn 1, Xã Mẫu, Huyện Mẫu, Ninh Bình",
        "issued": "2022-04-20",
    }


def test_citizen_card_issued_after_the_reform_carries_a_new_address():
    card = parse_card(CITIZEN.replace("20042022", "01072025"), TODAY)

    assert card.fields["address"].startswith("Thôn 1")
    assert "old_address" not in card.fields


def test_citizen_card_with_old_number_and_extra_fields_keeps_them():
    card = parse_card(CITIZEN.replace("||", "|164123456|") + "|NGUYỄN VĂN B|TRẦN THỊ C||", TODAY)

    assert card.fields["old_citizen_number"] == "164123456"
    assert card.rest == ("NGUYỄN VĂN B", "TRẦN THỊ C")


@pytest.mark.parametrize(("printed", "written"), [("Y BHIN", "Y Bhin"), ("H'LY", "H'Ly"), ("ĐẠO", "Đạo")])
def test_citizen_card_names_of_all_peoples_are_written_as_names(printed, written):
    assert parse_card(CITIZEN.replace("NGUYỄN VĂN A", printed), TODAY).fields["full_name"] == written


@pytest.mark.parametrize(("printed", "birth"), [("1985", "1985"), ("00001985", "1985"), ("00031985", "1985-03")])
def test_citizen_card_with_part_of_a_birth_date_keeps_its_precision(printed, birth):
    assert parse_card(CITIZEN.replace("01011985", printed), TODAY).fields["birth_date"] == birth


def test_card_text_from_a_scanner_may_end_with_a_newline():
    assert parse_card(CITIZEN + "\r\n", TODAY).kind == "citizen"
    assert parse_card("\ufeff" + INSURANCE + "\n", TODAY).kind == "insurance"


@pytest.mark.parametrize(
    ("text", "field", "key"),
    [
        (CITIZEN.replace("036085000000", "03608500000"), "citizen_number", "cccd-length"),
        (CITIZEN.replace("036085000000", "0360850O0000"), "citizen_number", "cccd-digits"),
        (CITIZEN.replace("||", "|16412345|"), "old_citizen_number", "cmnd-length"),
        (CITIZEN.replace("01011985", "31021985"), "birth_date", "birth-impossible"),
        (CITIZEN.replace("01011985", "010119"), "birth_date", "birth-impossible"),
        (CITIZEN.replace("01011985", "01012030"), "birth_date", "birth-future"),
        (CITIZEN.replace("|Nam|", "|Nma|"), "gender", "card-sex"),
        (CITIZEN.replace("20042022", "20132022"), "issued", "card-date"),
        (CITIZEN.replace("NGUYỄN", "NGUYỄN".encode().decode("latin-1")), "full_name", "name-garbled"),
        (CITIZEN.replace("NGUYỄN VĂN A", ""), "full_name", "name-required"),
        (CITIZEN.replace("Xã Mẫu", "Xã Mẫu".encode().decode("latin-1")), "old_address", "card-garbled"),
    ],
)
def test_citizen_card_with_one_bad_field_names_it(text, field, key):
    error = refused(text)

    assert [(problem.expression, problem.key) for problem in error.problems] == [(field, key)]
    assert error.field == field


def test_citizen_card_with_several_bad_fields_names_all():
    error = refused("03608500000|1|NGUYỄN VĂN A|99991985|Nam|Thôn 1|20042022")

    assert [problem.expression for problem in error.problems] == ["citizen_number", "old_citizen_number", "birth_date"]


@pytest.mark.parametrize("text", ["", "xin chào", "036085000000", "https://example.com/a"])
def test_text_without_bars_is_no_card(text):
    assert refused(text).code == "card-unknown"


def test_citizen_card_cut_short_says_how_many_parts_came():
    error = refused("036085000000||NGUYỄN VĂN A|01011985")

    assert error.code == "card-too-short"
    assert "4 phần" in error.message


def test_refusal_does_not_repeat_what_the_card_says():
    error = refused(CITIZEN.replace("036085000000", "03608500000"))

    assert "03608500000" not in error.message
    assert "NGUYỄN" not in error.message


def test_insurance_card_fills_the_fields_of_the_form():
    card = parse_card(INSURANCE, TODAY)

    assert card.kind == "insurance"
    assert card.fields == {
        "insurance_card": "DN4370000000000",
        "full_name": "Nguyễn Văn A",
        "birth_date": "1985-01-01",
        "gender": "male",
        "insurance_place": "37001",
        "insurance_start": "2026-01-01",
        "issued": "2026-01-01",
    }


def test_insurance_card_in_decomposed_letters_is_stored_composed():
    decomposed = "NGUYỄN VĂN A".encode().hex()

    assert parse_card(INSURANCE.replace(NAME_HEX, decomposed), TODAY).fields["full_name"] == "Nguyễn Văn A"


def test_insurance_card_with_ten_digits_year_of_birth_and_end_is_read():
    text = INSURANCE.replace("DN4370000000000", "0123456789").replace("01/01/1985", "1985")

    card = parse_card(text.replace("|01/01/2026|-|", "|01/01/2026|31/12/2026|"), TODAY)

    assert card.fields["insurance_card"] == "0123456789"
    assert card.fields["birth_date"] == "1985"
    assert card.fields["insurance_end"] == "2026-12-31"


def test_insurance_card_with_extra_fields_before_its_end_is_read():
    assert parse_card(INSURANCE.replace("|$", "|x|y|$"), TODAY).rest[-2:] == ("x", "y")


def test_insurance_card_whose_end_follows_the_last_field_directly_is_read():
    assert parse_card(INSURANCE.replace("|$", "$"), TODAY).kind == "insurance"


@pytest.mark.parametrize(
    ("text", "field", "key"),
    [
        (INSURANCE.replace("DN4370000000000", "DN9370000000000"), "insurance_card", "bhyt-shape"),
        (INSURANCE.replace(NAME_HEX, NAME_HEX[:-1]), "full_name", "card-hex"),
        (INSURANCE.replace(NAME_HEX, "XYZ"), "full_name", "card-hex"),
        (INSURANCE.replace(NAME_HEX, "C3"), "full_name", "card-hex"),
        (INSURANCE.replace(NAME_HEX, ""), "full_name", "name-required"),
        (INSURANCE.replace("01/01/1985", "29/02/1985"), "birth_date", "birth-impossible"),
        (INSURANCE.replace("|1|-|", "|9|-|"), "gender", "card-sex"),
        (INSURANCE.replace("37 - 001", "37 - 0012"), "insurance_place", "card-place"),
        (INSURANCE.replace("|-|01/01/2026|37000", "|31/02/2026|01/01/2026|37000"), "insurance_end", "card-date"),
        (INSURANCE.replace("|-|01/01/2026|37000", "|31/12/2025|01/01/2026|37000"), "insurance_end", "period-order"),
    ],
)
def test_insurance_card_with_one_bad_field_names_it(text, field, key):
    assert [(problem.expression, problem.key) for problem in refused(text).problems] == [(field, key)]


@pytest.mark.parametrize("text", [INSURANCE.removesuffix("|$"), INSURANCE.replace("$", "#")])
def test_insurance_card_without_its_end_mark_is_refused(text):
    assert refused(text).code == "card-terminator"


def test_insurance_card_with_too_few_fields_is_refused():
    assert refused(f"DN4370000000000|{NAME_HEX}|01/01/1985|1|$").code == "card-too-short"
