"""DOCX by decree 30/2020/NĐ-CP, appendix I part I: page, fonts, sizes and places of every component.

Numbers in this file are the decree's (section II, and the sample sizes of section V): A4; margins top and bottom
20 mm, left 30 mm, right 15 mm; Times New Roman; national heading 12, motto 13, agency 12, number 13, place and date
13 italic, name and subject of the document 14 bold, body 14 justified with first line 1.27 cm and 6 pt between
paragraphs; recipients 12 bold italic and 11; page number 14, centred in the top margin, not on the first page;
each appendix numbered from 1.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ansinh.programme.reports.documents import layout, package
from ansinh.programme.reports.documents.layout import BODY, CENTER, FONT, JUSTIFY, LEFT, Style
from ansinh.programme.reports.documents.model import (
    Appendix,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    ended,
    number_line,
    place_and_date,
    roman,
)
from ansinh.programme.reports.documents.tables import add_table

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
LEFT_CELL, RIGHT_CELL = 7.0, 9.5


def write_docx(document: OfficialDocument, path: Path) -> Path:
    """Write the document; returns `path`. Same document, same bytes."""

    def write(buffer: BytesIO) -> None:
        build(document).save(buffer)

    return package.save(write, path, document.created)


def build(document: OfficialDocument) -> Document:
    """The python-docx document, for writing and for tests."""
    file = docx.Document()
    _defaults(file, document)
    _page(file.sections[0])
    _page_number(file.sections[0])
    _masthead(file, document)
    _title(file, document)
    _addressees(file, document.addressed_to)
    for line in ended(document.bases):
        layout.paragraph(file, line, Style(italic=True, align=JUSTIFY, first_line=1.27, after=6))
    _blocks(file, document.blocks, available=16.5)
    _closing(file, document)
    for index, appendix in enumerate(document.appendices, start=1):
        _appendix(file, document, appendix, index)
    return file


def _defaults(file: Document, document: OfficialDocument) -> None:
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = file.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(BODY), RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:eastAsia", "w:cs", "w:ascii", "w:hAnsi"):
            fonts.set(qn(attribute), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
    plain = file.styles["Normal"].paragraph_format
    plain.line_spacing, plain.space_before, plain.space_after, plain.widow_control = 1.0, Pt(0), Pt(0), True
    properties = file.core_properties
    properties.title, properties.subject = f"{document.kind} {document.subject}", document.subject
    properties.author = properties.last_modified_by = document.letterhead.agency
    properties.language, properties.comments, properties.keywords = "vi-VN", "", ""
    properties.revision = 1
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    file.styles["Normal"].element.get_or_add_rPr().append(language)


def _page(section: Any, *, landscape: bool = False) -> None:
    width, height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)


def _page_number(section: Any) -> None:
    """PAGE field in the header of every page but the first."""
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = section.first_page_header.is_linked_to_previous = False
    line = section.header.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    layout.field(line, "PAGE")


def _masthead(file: Document, document: OfficialDocument) -> None:
    """Agency on the left, nation and motto on the right; below them number, and place with date."""
    head = document.letterhead
    grid = layout.grid(file, (LEFT_CELL, RIGHT_CELL), rows=2)
    left, right = grid.rows[0].cells
    lines = [*layout.capital_lines(head.parent, 12, LEFT_CELL)]
    for line in lines:
        layout.paragraph(left, line, Style(size=12, align=CENTER))
    agency = layout.capital_lines(head.agency, 12, LEFT_CELL)
    for line in agency:
        layout.paragraph(left, line, Style(size=12, bold=True, align=CENTER))
    layout.rule(left, layout.width_cm(agency[-1], 12) * 0.45, LEFT_CELL)
    layout.paragraph(right, NATION, Style(size=12, bold=True, align=CENTER))
    layout.paragraph(right, MOTTO, Style(size=13, bold=True, align=CENTER))
    layout.rule(right, layout.width_cm(MOTTO, 13), RIGHT_CELL)
    number, place = grid.rows[1].cells
    layout.paragraph(number, number_line(head), Style(size=13, align=CENTER, before=6))
    layout.paragraph(place, place_and_date(head), Style(size=13, italic=True, align=CENTER, before=6))
    for cell in (left, right, number, place):
        layout.drop_first(cell)


def _title(file: Document, document: OfficialDocument) -> None:
    layout.paragraph(file, document.kind.upper(), Style(bold=True, align=CENTER, before=14))
    lines = layout.balanced(document.subject, BODY, 14.5)
    for line in lines:
        layout.paragraph(file, line, Style(bold=True, align=CENTER, keep=True))
    layout.rule(file, max(layout.width_cm(lines[-1], BODY) * 0.4, 3.0), 16.5)
    if document.draft:
        layout.paragraph(file, "(Dự thảo)", Style(size=13, italic=True, align=CENTER, before=6))


def _addressees(file: Document, names: Sequence[str]) -> None:
    """One addressee on the line of `Kính gửi:`, several each on a line under the colon, dash under dash."""
    if len(names) == 1:
        layout.paragraph(file, f"Kính gửi: {names[0].rstrip('.;')}.", Style(align=CENTER, before=12, after=12))
        return
    start = 5.0
    layout.paragraph(file, "Kính gửi:", Style(align=LEFT, before=12, indent=start - 2.2, keep=True))
    lines = ended(names)
    for index, line in enumerate(lines):
        after = 12 if index == len(lines) - 1 else 2
        layout.paragraph(file, f"- {line}", Style(align=LEFT, indent=start, hanging=0.3, after=after))


def _blocks(container: Document, blocks: Sequence[Block], available: float) -> None:
    for block in blocks:
        match block:
            case Heading(level, text):
                style = Style(bold=level < 3, italic=level == 3, align=JUSTIFY, first_line=1.27, after=6, keep=True)
                layout.paragraph(container, text.upper() if level == 1 else text, style, name=f"Heading {level}")
            case Paragraph(text):
                layout.paragraph(container, text, Style(align=JUSTIFY, first_line=1.27, after=6))
            case Table():
                add_table(container, block, available)


def _closing(file: Document, document: OfficialDocument) -> None:
    """Recipients on the left, authority and name of the signer on the right, on one page."""
    layout.paragraph(file, "", Style(size=6))
    left, right = layout.grid(file, (LEFT_CELL + 0.5, RIGHT_CELL - 0.5), rows=1).rows[0].cells
    layout.paragraph(left, "Nơi nhận:", Style(size=12, bold=True, italic=True, align=LEFT))
    for line in ended(["Như trên", *document.recipients]):
        layout.paragraph(left, f"- {line}", Style(size=11, align=LEFT))
    for line in document.signature.authority:
        layout.paragraph(right, line.upper(), Style(bold=True, align=CENTER))
    for _ in range(4):
        layout.paragraph(right, "", Style(align=CENTER))
    layout.paragraph(right, document.signature.name, Style(bold=True, align=CENTER))
    for cell in (left, right):
        layout.drop_first(cell)


def _appendix(file: Document, document: OfficialDocument, appendix: Appendix, index: int) -> None:
    section = file.add_section(WD_SECTION.NEW_PAGE)
    _page(section, landscape=appendix.landscape)
    _page_number(section)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)
    mark = f"Phụ lục {roman(index)}" if len(document.appendices) > 1 else "Phụ lục"
    layout.paragraph(file, mark, Style(bold=True, align=CENTER), name="Heading 1")
    layout.paragraph(file, appendix.title.upper(), Style(bold=True, align=CENTER, keep=True))
    layout.paragraph(file, origin(document), Style(italic=True, size=13, align=CENTER))
    layout.rule(file, 4.0, 25.2 if appendix.landscape else 16.5)
    _blocks(file, appendix.blocks, available=25.2 if appendix.landscape else 16.5)


def origin(document: OfficialDocument) -> str:
    """Which document the appendix belongs to, as the decree asks on each appendix."""
    head = document.letterhead
    number = number_line(head).removeprefix("Số: ")
    when = place_and_date(head).partition(", ")[2]
    return f"(Kèm theo {document.kind.capitalize()} số {number} {when} của {head.agency})"
