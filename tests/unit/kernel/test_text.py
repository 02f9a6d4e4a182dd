"""Vietnamese text as people type, search and sort it."""

import unicodedata
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel import text


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Nguyễn Văn A", "nguyen van a"),
        ("NGUYỄN  VĂN   A ", "nguyen van a"),
        ("Đắk Nông", "dak nong"),
        ("H'Ly Êban", "h'ly eban"),
        ("hoà", "hoa"),
        ("hòa", "hoa"),
        ("Thuý", "thuy"),
        ("", ""),
    ],
)
def test_fold_any_spelling_gives_one_key(typed, key):
    assert text.fold(typed) == key
    assert text.fold(unicodedata.normalize("NFD", typed)) == key


def test_nfc_decomposed_and_spaced_text_is_stored_once():
    assert text.nfc(unicodedata.normalize("NFD", "  Trần\u00a0 Thị  Bé ")) == "Trần Thị Bé"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Thị Minh Khai", ("Nguyễn", "Thị Minh", "Khai")),
        ("Y Bhin", ("Y", "", "Bhin")),
        ("H'Ly", ("", "", "H'Ly")),
    ],
)
def test_name_parts_vietnamese_order_is_kept(name, parts):
    assert text.name_parts(name) == parts


def test_collation_key_sorts_word_by_word():
    assert sorted(["Anh", "An Bình", "Án", "Bá", "Ấn"], key=text.collation_key) == ["An Bình", "Anh", "Án", "Ấn", "Bá"]


def test_name_order_sorts_by_given_name_first():
    names = ["Nguyễn Văn Bình", "Trần An", "Lê Thị An"]

    assert sorted(names, key=text.name_order) == ["Lê Thị An", "Trần An", "Nguyễn Văn Bình"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1948", "1948"),
        ("1948-03", "03/1948"),
        ("1948-03-09", "09/03/1948"),
        (date(2025, 7, 1), "01/07/2025"),
        ("2025-07-01T08:00:00+07:00", "01/07/2025"),
        (None, ""),
    ],
)
def test_format_date_known_precision_is_shown(value, shown):
    assert text.format_date(value) == shown


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [(Decimal("1350000.5"), None, "1.350.000,5"), (80, None, "80"), (Decimal("66.666"), 1, "66,7"), (None, 1, "")],
)
def test_format_number_uses_dot_and_comma(value, places, shown):
    assert text.format_number(value, places) == shown


@pytest.mark.parametrize("garbled", ["Nguyá»…n VÄƒn A", "NGUYÃŠN", "Tr\ufffdn"])
def test_looks_garbled_wrong_encoding_is_seen(garbled):
    assert text.looks_garbled(garbled)


@pytest.mark.parametrize("sound", ["NGUYỄN VĂN A", "Y Bhin", "HÀ", "ÂU CƠ", "Đặng", "Lã"])
def test_looks_garbled_right_names_pass(sound):
    assert not text.looks_garbled(sound)


@given(st.text())
def test_printable_text_keeps_its_lines_and_can_stand_in_xml_once_stored(given_text):
    kept = text.printable(given_text)

    assert text.printable(kept) == kept
    assert [char for char in given_text if char in "\n\t\r đĐ"] == [char for char in kept if char in "\n\t\r đĐ"]
    ElementTree.fromstring(f"<a>{escape(text.nfc(kept))}</a>".encode())


def test_printable_leaves_out_what_came_along_with_a_paste():
    assert text.printable("Thiếu\x08 bác sĩ\x0bvà\x00 thuốc\ufffe\ud83d") == "Thiếu bác sĩ\x0bvà thuốc"
