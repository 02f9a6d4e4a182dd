"""Decree 30/2020/NĐ-CP, appendix I, as a table: every component of the written file, its looks and its place.

The numbers of the table are the decree's, not the program's; `docs/reports.md` says which the program chose.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.programme.reports.documents import letter
from ansinh.programme.reports.documents.model import (
    Appendix,
    Column,
    Heading,
    Letterhead,
    OfficialDocument,
    Paragraph,
    Signature,
    Table,
    ended,
    number_line,
    place_and_date,
    roman,
)

LEFT, CENTER, RIGHT, JUSTIFY = 0, 1, 2, 3
TABLE = Table(
    [Column("STT", 1, "center"), Column("Nội dung", 6), Column("Số", 2, "right", 0)],
    [["Mục I"], [1, "Người", 1234567], [2, "Lượt", None]],
    "Bảng 1. Số liệu",
    ["Ghi chú dưới bảng."],
)
DOCUMENT = OfficialDocument(
    kind="BÁO CÁO",
    subject="Kết quả thực hiện Kế hoạch năm 2025",
    letterhead=Letterhead("UBND tỉnh Ninh Bình", "Sở Y tế", "BC-SYT", "Ninh Bình", 7, date(2026, 2, 3)),
    addressed_to=["Bộ Y tế", "Ủy ban nhân dân tỉnh Ninh Bình"],
    bases=["Căn cứ Quyết định số 1942/QĐ-TTg", "Căn cứ Kế hoạch số 03/KH-UBND"],
    blocks=[
        Heading(1, "I. Công tác chỉ đạo"),
        Heading(2, "1. Kết quả"),
        Heading(3, "a) Chi tiết"),
        Paragraph("Đoạn thân bài."),
        TABLE,
    ],
    signature=Signature(["KT. Giám đốc", "Phó Giám đốc"], "Nguyễn Văn Mẫu"),
    recipients=["Lưu: VT, BTXH"],
    appendices=[
        Appendix("Số liệu theo cơ sở", [TABLE], landscape=True),
        Appendix("Cách tính", [Paragraph("Cách tính của phụ lục.")]),
    ],
    created=date(2026, 2, 3),
)


@dataclass
class Line:
    """A paragraph with the looks that its text has, its own or its style's."""

    text: str
    sizes: set
    bold: set
    italic: set
    align: int
    first_line: float
    after: float


def line_of(paragraph) -> Line:
    runs = [run for run in paragraph.runs if run.text.strip()]
    looks = paragraph.paragraph_format
    return Line(
        text=paragraph.text,
        sizes={run.font.size.pt for run in runs},
        bold={bool(run.font.bold) for run in runs},
        italic={bool(run.font.italic) for run in runs},
        align=int(looks.alignment or 0),
        first_line=round(looks.first_line_indent.cm, 2) if looks.first_line_indent else 0.0,
        after=looks.space_after.pt if looks.space_after is not None else 0.0,
    )


def lines_of(file) -> list[Line]:
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    return [line_of(each) for each in [*file.paragraphs, *(line for cell in cells for line in cell.paragraphs)]]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return docx.Document(str(letter.write_docx(DOCUMENT, tmp_path_factory.mktemp("spec") / "bao-cao.docx")))


# component, its text, sizes that the decree allows, bold, italic, alignment
COMPONENTS = [
    ("quốc hiệu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (12, 13), True, False, CENTER),
    ("tiêu ngữ", "Độc lập - Tự do - Hạnh phúc", (13, 14), True, False, CENTER),
    ("cơ quan chủ quản", "UBND TỈNH NINH BÌNH", (12, 13), False, False, CENTER),
    ("cơ quan ban hành", "SỞ Y TẾ", (12, 13), True, False, CENTER),
    ("số, ký hiệu", "Số: 07/BC-SYT", (13,), False, False, CENTER),
    ("địa danh, thời gian", "Ninh Bình, ngày 03 tháng 02 năm 2026", (13, 14), False, True, CENTER),
    ("tên loại", "BÁO CÁO", (13, 14), True, False, CENTER),
    ("trích yếu", "Kết quả thực hiện Kế hoạch năm 2025", (13, 14), True, False, CENTER),
    ("căn cứ đầu", "Căn cứ Quyết định số 1942/QĐ-TTg;", (13, 14), False, True, JUSTIFY),
    ("căn cứ cuối", "Căn cứ Kế hoạch số 03/KH-UBND.", (13, 14), False, True, JUSTIFY),
    ("phần", "I. CÔNG TÁC CHỈ ĐẠO", (13, 14), True, False, JUSTIFY),
    ("khoản", "1. Kết quả", (13, 14), True, False, JUSTIFY),
    ("điểm", "a) Chi tiết", (13, 14), False, True, JUSTIFY),
    ("thân bài", "Đoạn thân bài.", (13, 14), False, False, JUSTIFY),
    ("quyền hạn người ký", "KT. GIÁM ĐỐC", (13, 14), True, False, CENTER),
    ("chức vụ người ký", "PHÓ GIÁM ĐỐC", (13, 14), True, False, CENTER),
    ("họ tên người ký", "Nguyễn Văn Mẫu", (13, 14), True, False, CENTER),
    ("từ nơi nhận", "Nơi nhận:", (12,), True, True, LEFT),
    ("nơi nhận", "- Như trên;", (11,), False, False, LEFT),
    ("nơi nhận cuối", "- Lưu: VT, BTXH.", (11,), False, False, LEFT),
    ("số phụ lục", "Phụ lục I", (14,), True, False, CENTER),
    ("tên phụ lục", "SỐ LIỆU THEO CƠ SỞ", (13, 14), True, False, CENTER),
    (
        "phụ lục kèm theo",
        "(Kèm theo Báo cáo số 07/BC-SYT ngày 03 tháng 02 năm 2026 của Sở Y tế)",
        (13, 14),
        False,
        True,
        CENTER,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sizes", "bold", "italic", "align"), [row[1:] for row in COMPONENTS], ids=[row[0] for row in COMPONENTS]
)
def test_component_looks_as_the_decree_says(file, text, sizes, bold, italic, align):
    found = [line for line in lines_of(file) if line.text == text]

    assert found, f"no line says {text!r}"
    for line in found:
        assert line.sizes <= set(sizes)
        assert (line.bold, line.italic, line.align) == ({bold}, {italic}, align)


def test_body_lines_begin_indented_and_stand_apart(file):
    for text in ("Đoạn thân bài.", "Căn cứ Quyết định số 1942/QĐ-TTg;", "I. CÔNG TÁC CHỈ ĐẠO"):
        line = next(line for line in lines_of(file) if line.text == text)
        assert line.first_line in (1.0, 1.27)
        assert line.after >= 6


def test_components_stand_in_the_order_of_the_decree(file):
    body = [element for element in file.element.body.iterchildren() if element.tag in (qn("w:p"), qn("w:tbl"))]
    said = ["".join(text.text or "" for text in element.iter(qn("w:t"))) for element in body]
    order = [
        "CỘNG HÒA XÃ HỘI", "BÁO CÁO", "Kết quả thực hiện", "Kính gửi:", "Căn cứ Quyết định", "I. CÔNG TÁC",
        "Đoạn thân bài", "Nơi nhận:", "Phụ lục I", "Phụ lục II",
    ]  # fmt: skip
    places = [next(index for index, text in enumerate(said) if part in text) for part in order]

    assert places == sorted(places)


def test_every_letter_of_the_file_is_black_times_new_roman(file):
    for style in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        font = file.styles[style].font
        assert (font.name, str(font.color.rgb)) == ("Times New Roman", "000000")
        asked = file.styles[style].element.rPr.rFonts
        assert {asked.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_section_has_the_margins_and_what_stands_in_it_fits(file, number):
    section = file.sections[number]
    wide = round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm)

    assert sorted((round(section.page_width.mm), round(section.page_height.mm))) == [210, 297]
    assert round(section.left_margin.mm) in range(30, 36)
    assert round(section.right_margin.mm) in range(15, 21)
    assert wide == (252 if number == 1 else 165)
    for table in file.tables:
        widths = [cell.width.mm for cell in table.rows[-1].cells]
        assert sum(widths) <= 252.5


def test_landscape_table_fills_its_page_and_upright_table_its_own(file):
    upright, landscape = (
        round(sum(cell.width.mm for cell in table.rows[0].cells))
        for table in file.tables
        if table.rows[0].cells[0].text == "STT"
    )

    assert (upright, landscape) == (165, 252)


def test_subheading_row_spans_its_table_and_empty_cell_stays_empty(file):
    table = next(table for table in file.tables if table.rows[0].cells[0].text == "STT")

    assert len({cell._tc for cell in table.rows[1].cells}) == 1
    assert [cell.text for cell in table.rows[2].cells] == ["1", "Người", "1.234.567"]
    assert [cell.text for cell in table.rows[3].cells] == ["2", "Lượt", ""]


def test_single_appendix_has_no_number(tmp_path):
    one = replace(DOCUMENT, appendices=DOCUMENT.appendices[1:])
    file = docx.Document(str(letter.write_docx(one, tmp_path / "a.docx")))

    assert [line.text for line in file.paragraphs if line.text.startswith("Phụ lục")] == ["Phụ lục"]


def test_single_addressee_stands_on_the_line_of_the_salutation(tmp_path):
    one = replace(DOCUMENT, addressed_to=["Bộ Y tế"])
    file = docx.Document(str(letter.write_docx(one, tmp_path / "a.docx")))

    assert "Kính gửi: Bộ Y tế." in [line.text for line in file.paragraphs]


def test_long_names_break_between_words_and_keep_their_rule(tmp_path):
    head = replace(
        DOCUMENT.letterhead,
        parent="Ủy ban nhân dân thành phố trực thuộc trung ương có tên rất dài",
        agency="Trung tâm Phục hồi chức năng và Điều dưỡng người có công với cách mạng",
    )
    file = docx.Document(str(letter.write_docx(replace(DOCUMENT, letterhead=head), tmp_path / "a.docx")))
    cell = file.tables[0].rows[0].cells[0]
    lines = [line.text for line in cell.paragraphs if line.text]

    assert " ".join(lines) == f"{head.parent} {head.agency}".upper()
    assert len(lines) > 3
    assert cell.paragraphs[-1]._p.find(f".//{qn('w:pBdr')}") is not None


# What a clerk writes by rule


@given(st.dates(date(2021, 1, 1), date(2031, 1, 1)), st.integers(1, 99999))
def test_number_and_day_are_padded_only_where_the_decree_pads(day, number):
    head = Letterhead("P", "A", "BC-SYT", "Ninh Bình", number, day)
    words = place_and_date(head).removeprefix("Ninh Bình, ").split()

    assert words[::2] == ["ngày", "tháng", "năm"]
    assert [int(word) for word in words[1::2]] == [day.day, day.month, day.year]
    assert len(words[1]) == 2
    assert (len(words[3]) == 2) == (day.month >= 10 or day.month in (1, 2))
    assert number_line(head) == (f"Số: 0{number}/BC-SYT" if number < 10 else f"Số: {number}/BC-SYT")


@given(st.integers(1, 39))
def test_roman_numerals_are_read_back(number):
    value = {"I": 1, "V": 5, "X": 10}
    signs = [value[sign] for sign in roman(number)]

    assert number == sum(
        -one if one < following else one for one, following in zip(signs, [*signs[1:], 0], strict=True)
    )
    assert not any(sign * 4 in roman(number) for sign in "IVX")


@given(st.lists(st.text("aăâđ ;.", min_size=1, max_size=8), max_size=5))
def test_list_ends_with_semicolons_and_one_full_stop(lines):
    found = ended(lines)

    assert [line[-1] for line in found] == [";"] * (len(lines) - 1) + ["."] * bool(lines)
    assert [line[:-1] for line in found] == [line.rstrip(" .;") for line in lines]
    assert ended(found) == found


plain = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=40)


@given(words=st.lists(plain, min_size=1, max_size=3), names=st.lists(plain, min_size=1, max_size=2))
@settings(max_examples=15)
def test_whatever_an_officer_writes_is_in_the_file_that_opens(words, names, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.docx"
    written = replace(
        DOCUMENT,
        blocks=[Paragraph(text) for text in words],
        signature=Signature(names, names[0]),
        recipients=names,
        appendices=(),
        created=date(2026, 1, 1) + timedelta(days=len(words)),
    )

    texts = [line.text for line in lines_of(docx.Document(str(letter.write_docx(written, path))))]

    for text in words:
        assert text in texts
    assert names[0] in texts
