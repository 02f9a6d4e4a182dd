"""Provinces and communes before and after 01/07/2025."""

import pytest

from ansinh.fhir.terminology import admin_units


def test_provinces_today_are_34_with_codes_of_two_digits():
    units = admin_units.provinces()

    assert len(units) == 34
    assert all(len(unit.code) == 2 and not unit.parent for unit in units)


@pytest.mark.parametrize(("province", "count"), [("37", 129), ("Ninh Bình", 129), ("Lâm Đồng", 124), ("Hà Nội", 0)])
def test_communes_of_province_have_the_known_number(province, count):
    assert len(admin_units.communes(province)) == count


@pytest.mark.parametrize(
    ("old", "today"),
    [("Đắk Nông", "68"), ("dak nong", "68"), ("Hà Nam", "37"), ("Tỉnh Nam Định", "37"), ("TP. Hồ Chí Minh", "79")],
)
def test_province_code_of_old_name_is_the_successor(old, today):
    assert admin_units.province_code(old) == today


def test_find_without_marks_puts_the_exact_name_first():
    found = admin_units.find("hoa lu", "Ninh Bình")

    assert [unit.name for unit in found[:2]] == ["Hoa Lư", "Nam Hoa Lư"]
    assert found[0].full_name == "Phường Hoa Lư"


def test_find_with_kind_word_and_code_prefix():
    assert admin_units.find("xã Nho Quan")[0].code == "14428"
    assert admin_units.find("14428")[0].name == "Nho Quan"


@pytest.mark.parametrize("text", ["", "   ", "khôngcóxãnày"])
def test_find_nothing_for_empty_or_unknown(text):
    assert admin_units.find(text) == []


def test_find_in_unknown_province_is_empty():
    assert admin_units.find("Hoa Lư", "Atlantis") == []


def test_successors_of_ward_of_gia_nghia_is_a_unit_of_lam_dong():
    found = admin_units.successors("Phường Nghĩa Trung", district="Thành phố Gia Nghĩa", province="Đắk Nông")

    assert [unit.parent for unit in found] == ["68"]


def test_successors_of_shared_name_are_narrowed_by_district():
    everywhere = admin_units.successors("Phường 1", province="Lâm Đồng")
    da_lat = admin_units.successors("Phường 1", district="TP. Đà Lạt")

    assert len(everywhere) == 2
    assert [unit.code for unit in da_lat] == ["24781"]


def test_successors_of_divided_commune_name_every_part():
    divided = [
        old
        for name in ("Xuân Trường", "Nam Mỹ", "Đạ Nhim", "Tân Thanh", "Kim Hòa")
        for old in admin_units.old_units(name)
        if len(old.successors) > 1
    ]
    every_old = [old for units in admin_units._data().old.values() for old in units]

    assert all(set(old.successors) <= {unit.code for unit in admin_units.successors(old.name)} for old in divided)
    assert sum(len(old.successors) > 1 for old in every_old) == 8


def test_every_old_commune_leads_to_an_existing_unit():
    known = {unit.code for unit in (*admin_units.communes("37"), *admin_units.communes("68"))}
    olds = [old for units in admin_units._data().old.values() for old in units]

    assert len(olds) == 727
    assert all(old.successors and set(old.successors) <= known for old in olds)


def test_unknown_old_name_has_no_successor():
    assert admin_units.successors("Xã Không Có") == []
    assert admin_units.get("99999") is None
