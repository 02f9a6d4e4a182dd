"""The ministry's workbook: columns by their headings, not by their place."""

from datetime import date

import pytest
from openpyxl import Workbook

from ansinh.fhir.terminology.icd10 import read_icd10
from ansinh.kernel.errors import Invalid

DAY = date(2026, 7, 1)
HEADINGS = ["MÃ CHƯƠNG", "MÃ NHÓM CHÍNH", "MÃ LOẠI", "MÃ BỆNH", "DISEASE NAME", "TÊN BỆNH"]
FLAGS = [
    "Mã không được dùng là bệnh chính",
    "Mã không được khuyến khích dùng là bệnh chính",
    "Mã không sử dụng do có mã cụ thể hơn",
    "Chỉ dùng cho nguyên nhân tử vong",
    "Chỉ có ở nữ giới",
    "Chỉ có ở nam giới",
]


def workbook(path, rows, headings=HEADINGS, sheet="ICD10"):
    book = Workbook()
    book.active.title = sheet
    book.active.append(["Phụ lục 1: Danh mục mã bệnh"])
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_rows_become_entries_with_chapter_group_and_parent(tmp_path):
    rows = [
        ["F00-F99", "F30-F39", "F32", "F32", "Depressive episode", "Giai đoạn trầm cảm"],
        ["F00-F99", "F30-F39", "F32", "F32.1", "Moderate", " Giai đoạn  trầm cảm vừa "],
    ]

    first, second = read_icd10(workbook(tmp_path / "a.xlsx", rows), DAY)

    assert (first.code, first.parent) == ("F32", "")
    assert (second.code, second.parent, second.display) == ("F32.1", "F32", "Giai đoạn trầm cảm vừa")
    assert second.properties == {"chapter": "F00-F99", "group": "F30-F39"}
    assert second.valid_from == DAY


def test_code_listed_twice_is_taken_once(tmp_path):
    rows = [["J", "J", "J13", "J13", "One", "Một"], ["J", "J", "J13", "J13", "Two", "Hai"]]

    assert [entry.display for entry in read_icd10(workbook(tmp_path / "a.xlsx", rows), DAY)] == ["Một"]


def test_rows_that_are_no_codes_are_passed_over(tmp_path):
    rows = [[None] * 6, ["", "", "", "Ghi chú", "", "x"], ["A", "A", "A00", "A00", "Cholera", "Bệnh tả"]]

    assert [entry.code for entry in read_icd10(workbook(tmp_path / "a.xlsx", rows), DAY)] == ["A00"]


def test_flag_columns_of_2026_are_read_by_their_words(tmp_path):
    row = ["N", "N", "N40", "N40", "Hyperplasia", "Tăng sản", "", "x", "", "", "", "x"]

    (entry,) = read_icd10(workbook(tmp_path / "a.xlsx", [row], HEADINGS + FLAGS), DAY)

    assert entry.properties["discouraged_main"] is True
    assert entry.properties["male_only"] is True
    assert not {"not_main", "not_usable", "death_only", "female_only"} & entry.properties.keys()


def test_every_flag_has_its_own_column(tmp_path):
    row = ["N", "N", "N40", "N40", "Hyperplasia", "Tăng sản", *"xxxxxx"]

    (entry,) = read_icd10(workbook(tmp_path / "a.xlsx", [row], HEADINGS + FLAGS), DAY)

    assert len(entry.properties) == 2 + len(FLAGS)


def test_workbook_without_the_columns_is_refused(tmp_path):
    with pytest.raises(Invalid, match="MÃ BỆNH"):
        read_icd10(workbook(tmp_path / "a.xlsx", [["x"]], ["Cột 1"]), DAY)


def test_file_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("không phải bảng tính")

    with pytest.raises(Invalid, match="Excel"):
        read_icd10(path, DAY)
