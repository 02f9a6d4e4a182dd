"""The written files, read back: what decree 30/2020/NĐ-CP appendix I asks is in them."""

import zipfile
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pytest
from docx.shared import Pt

from ansinh.programme.measures.figures import UnitFigure
from ansinh.programme.reports import content, tables
from ansinh.programme.reports.documents import letter, typography, workbook
from ansinh.programme.reports.documents import tables as ruled
from ansinh.programme.reports.documents.model import (
    Column,
    Letterhead,
    Table,
    ended,
    number_line,
    place_and_date,
    roman,
)

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADER = content.Header(5, date(2026, 1, 5), ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Trần Văn Mẫu", ("Lưu: VT",))


@pytest.fixture
def official(snapshot, yearly):
    words = {"chi-dao": "Đoạn một.\n\nĐoạn hai.", "kinh-phi": "Kinh phí."}
    return content.document(snapshot, yearly, words, HEADER, draft=False)


@pytest.fixture
def written(official, tmp_path):
    return docx.Document(str(letter.write_docx(official, tmp_path / "bao-cao.docx")))


def all_lines(document):
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [*document.paragraphs, *(line for cell in cells for line in cell.paragraphs)]


def all_text(document):
    return [line.text for line in all_lines(document)]


def write_sheets(shown, path):
    sheets = content.sheets(shown)
    return workbook.write_xlsx(sheets, path, title="T", author="A", created=date(2025, 12, 9))


def test_page_is_a4_with_the_margins_of_the_decree(written):
    section = written.sections[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 20 <= round(section.bottom_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20


def test_page_number_is_centred_in_the_top_margin_but_not_on_page_one(written):
    for section in written.sections:
        assert section.different_first_page_header_footer
        assert "PAGE" in section.header._element.xml
        assert section.header.paragraphs[0].alignment == 1
        assert "PAGE" not in section.first_page_header._element.xml
    starts = [section._sectPr.find(f"{W}pgNumType") for section in written.sections[1:]]
    assert all(start.get(f"{W}start") == "1" for start in starts)


def test_every_run_is_times_new_roman_of_an_allowed_size(written):
    runs = [run for line in all_lines(written) for run in line.runs]

    assert {run.font.name for run in runs} == {"Times New Roman"}
    assert {run.font.size for run in runs if run.text.strip()} <= {Pt(11), Pt(12), Pt(13), Pt(14)}


def test_masthead_carries_nation_motto_agency_number_place_and_date(written):
    head = written.tables[0]
    left, right = (cell.text for cell in head.rows[0].cells)
    number, place = head.rows[1].cells

    assert left.split("\n")[:2] == ["UBND TỈNH NINH BÌNH", "SỞ Y TẾ"]
    assert right.split("\n")[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert number.text == "Số: 05/BC-SYT"
    assert place.text == "Ninh Bình, ngày 05 tháng 01 năm 2026"
    assert place.paragraphs[0].runs[0].italic
    assert not left.split("\n")[2]


def test_rules_are_as_long_as_the_decree_says(written):
    left, right = written.tables[0].rows[0].cells

    def rule_length(cell, width):
        line = next(line for line in cell.paragraphs if line._p.find(f".//{W}pBdr") is not None)
        return width - line.paragraph_format.left_indent.cm - line.paragraph_format.right_indent.cm

    agency = typography.width_cm("SỞ Y TẾ", 12)
    assert agency / 3 <= rule_length(left, letter.LEFT_CELL) <= agency / 2
    assert rule_length(right, letter.RIGHT_CELL) == pytest.approx(typography.width_cm(letter.MOTTO, 13), abs=0.1)


def test_national_heading_fits_its_cell_on_one_line():
    assert typography.width_cm(letter.NATION, 12) < letter.RIGHT_CELL


def test_body_is_justified_with_first_line_indent_and_numbered_sections(written):
    headings = [line.text for line in written.paragraphs if line.style.name == "Heading 1"]
    body = next(line for line in written.paragraphs if line.text == "Đoạn hai.")

    assert headings[:5] == [
        "I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI THỰC HIỆN",
        "II. KẾT QUẢ THỰC HIỆN MỤC TIÊU, NHIỆM VỤ",
        "III. KINH PHÍ THỰC HIỆN",
        "IV. KHÓ KHĂN, VƯỚNG MẮC",
        "V. KIẾN NGHỊ, PHƯƠNG HƯỚNG",
    ]
    assert body.alignment == 3
    assert body.paragraph_format.first_line_indent.cm == pytest.approx(1.27, abs=0.01)
    assert body.paragraph_format.space_after >= Pt(6)


def test_bases_are_italic_and_end_with_a_full_stop(written):
    line = next(line for line in written.paragraphs if line.text.startswith("Căn cứ"))

    assert line.text.endswith(".")
    assert all(run.italic for run in line.runs)


def test_addressees_recipients_and_signature_stand_where_they_belong(written):
    texts = all_text(written)

    assert "- Bộ Y tế;" in texts
    assert "- Ủy ban nhân dân tỉnh Ninh Bình." in texts
    closing = next(table for table in written.tables if "Nơi nhận:" in table.rows[0].cells[0].text)
    left, right = (cell.text.split("\n") for cell in closing.rows[0].cells)
    assert left == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert right[:2] == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]
    assert right[-1] == "Trần Văn Mẫu"


def test_ruled_tables_repeat_their_header_and_keep_rows_whole(written):
    ruled = [table for table in written.tables if table.style.name == "Table Grid"]

    assert len(ruled) >= 6
    for table in ruled:
        assert table.rows[0]._tr.find(f".//{W}tblHeader") is not None
        assert all(row._tr.find(f".//{W}cantSplit") is not None for row in table.rows)


def test_appendices_are_numbered_and_name_the_document(written):
    texts = [line.text for line in written.paragraphs]

    assert [text for text in texts if text.startswith("Phụ lục")] == ["Phụ lục I", "Phụ lục II", "Phụ lục III"]
    assert "(Kèm theo Báo cáo số 05/BC-SYT ngày 05 tháng 01 năm 2026 của Sở Y tế)" in texts
    assert all(round(section.page_width.mm) == 297 for section in written.sections[1:])


def test_draft_is_marked_and_leaves_room_for_number_and_date(snapshot, yearly, tmp_path):
    draft = content.document(snapshot, yearly, {}, content.Header(), draft=True)
    texts = all_text(docx.Document(str(letter.write_docx(draft, tmp_path / "d.docx"))))

    assert "(Dự thảo)" in texts
    assert any(text.startswith("Số:  ") and text.endswith("/BC-SYT") for text in texts)
    assert "Ninh Bình, ngày      tháng      năm" in texts


def test_same_document_is_the_same_bytes(official, tmp_path, snapshot):
    first, second = tmp_path / "a", tmp_path / "b"
    letter.write_docx(official, first)
    letter.write_docx(official, second)
    assert first.read_bytes() == second.read_bytes()

    for path in (first, second):
        write_sheets(snapshot, path)
    assert first.read_bytes() == second.read_bytes()


def test_package_has_no_time_of_today(official, tmp_path):
    path = letter.write_docx(official, tmp_path / "a.docx")

    with zipfile.ZipFile(path) as package:
        core = package.read("docProps/core.xml").decode()
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
    assert core.count("2026-01-05T00:00:00Z") == 2
    assert "Sở Y tế" in core


def test_workbook_has_the_five_sheets_with_numbers_as_numbers(snapshot, tmp_path):
    path = workbook.write_xlsx(
        content.sheets(snapshot), tmp_path / "a.xlsx", title="T", author="A", created=date(2025, 12, 9)
    )

    book = openpyxl.load_workbook(path)
    assert {"Mục tiêu", "Theo cơ sở", "Nhiệm vụ", "Nhân lực 2020", "Định nghĩa"} <= set(book.sheetnames)
    sheet = book["Theo cơ sở"]
    assert sheet.freeze_panes == "A5"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert ["visits", "Toàn tỉnh", 5120, None, 5120] in [row[1:6] for row in rows]
    assert sheet["F5"].number_format == "#,##0.0"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.page_setup.orientation == "landscape"
    definitions = book["Định nghĩa"]
    assert [cell.value for cell in definitions[5]][-1] == 1234
    assert any("vị trí sổ 1234" in str(cell.value) for cell in definitions["A"])


def test_workbook_text_that_looks_like_a_formula_stays_text(snapshot, make, tmp_path):
    tricky = replace(snapshot, tasks=(make.task("=1+1"),))
    path = workbook.write_xlsx(
        content.sheets(tricky), tmp_path / "a.xlsx", title="T", author="A", created=date(2025, 12, 9)
    )

    cell = openpyxl.load_workbook(path)["Nhiệm vụ"]["B6"]

    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_number_and_date_pad_as_the_decree_says():
    head = Letterhead("P", "A", "BC-SYT", "Ninh Bình", 12, date(2025, 12, 9))

    assert number_line(head) == "Số: 12/BC-SYT"
    assert place_and_date(head) == "Ninh Bình, ngày 09 tháng 12 năm 2025"
    assert place_and_date(replace(head, day=date(2026, 3, 15))) == "Ninh Bình, ngày 15 tháng 3 năm 2026"


def test_ended_and_roman_follow_official_writing():
    assert ended(["a;", "b", "c."]) == ["a;", "b;", "c."]
    assert ended([]) == []
    assert [roman(number) for number in (1, 4, 5, 9, 14)] == ["I", "IV", "V", "IX", "XIV"]


def test_width_ignores_marks_and_grows_with_size():
    assert typography.width_cm("Độc lập", 14) == pytest.approx(typography.width_cm("Doc lap", 14))
    assert typography.width_cm("AB", 14) > typography.width_cm("AB", 12)
    assert typography.wrapped("một hai ba bốn", 14, 2.0) == ["một hai", "ba bốn"]


def test_people_hidden_in_a_breakdown_are_not_in_the_files(official, written):
    table = next(table for table in written.tables if table.rows[0].cells[0].text == "Phân theo")
    cells = [cell.text for row in table.rows for cell in row.cells]

    assert "< 5" in cells


def test_units_that_no_goal_counts_are_not_listed_by_facility(snapshot, make):
    nothing = UnitFigure("so", "Sở Tài chính", 0, 0, None)
    goal = make.goal(figure=make.figure(by_unit=(*make.figure().by_unit, nothing)))

    table = tables.goals_by_facility(replace(snapshot, goals=(goal,)))

    assert [row[0] for row in table.rows] == ["Trung tâm Điều dưỡng Thương binh Nho Quan", "Toàn tỉnh"]


def test_goal_without_a_figure_says_why_below_the_table(snapshot):
    table = tables.goals(snapshot)

    assert table.rows[1][2] == "Chưa có số liệu"
    assert table.notes == ["Mục tiêu 2: Chưa nhập danh mục kỹ thuật."]
    assert "Đầu kỳ" not in [column.title for column in table.columns]


def test_goal_without_a_figure_takes_few_words_in_the_row_of_the_province(snapshot, make):
    goal = make.goal(figure=make.figure(value=None, reason="Chưa nhập danh mục dịch vụ kỹ thuật của cơ sở y tế."))

    table = tables.goals_by_facility(replace(snapshot, goals=(goal,)))

    assert table.rows[-1] == ["Toàn tỉnh", "Chưa có số liệu"]


STAFF = ["Cơ sở", "Tổng số", "Điều dưỡng", "Điều dưỡng và kỹ thuật viên y", "Vị trí có người tại 31/12/2025"]


@pytest.mark.parametrize("available", [16.5, 12.0])
def test_columns_are_as_wide_as_the_longest_word_of_their_title(available):
    table = Table([Column(title, 14 if title == "Cơ sở" else 2) for title in STAFF], [])

    widths = ruled.scaled(table, available)

    assert sum(widths) == pytest.approx(available)
    for width, title in zip(widths, STAFF, strict=True):
        assert width >= max(typography.width_cm(word, ruled.SIZE) for word in title.split()) + 0.38


def test_columns_keep_their_proportions_where_no_title_is_too_long_or_nothing_fits():
    roomy, narrow = (Table([Column(title, 1), Column(title, 3)], []) for title in ("Số", "Nghiêng"))

    assert ruled.scaled(roomy, 16) == pytest.approx((4, 12))
    assert ruled.scaled(narrow, 2) == pytest.approx((0.5, 1.5))
