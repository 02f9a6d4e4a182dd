"""Paragraphs, rules and borderless grids in DOCX: the few shapes that official documents are made of."""

from dataclasses import dataclass
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph

from ansinh.programme.reports.documents.typography import width_cm, wrapped

__all__ = ["balanced", "capital_lines", "drop_first", "field", "grid", "paragraph", "rule", "width_cm"]

FONT, BODY = "Times New Roman", 14
LEFT, CENTER, RIGHT, JUSTIFY = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


@dataclass(frozen=True, slots=True)
class Style:
    """Looks of one paragraph: points and centimetres."""

    size: float = BODY
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = LEFT
    first_line: float = 0
    indent: float = 0
    hanging: float = 0
    before: float = 0
    after: float = 0
    keep: bool = False


def paragraph(container: Any, text: str, style: Style, name: str = "Normal") -> DocxParagraph:
    """Add a paragraph to a document or a cell. What the style Normal says already (`letter`) is not said again:
    each word of looks costs a tenth of a millisecond, and a report has some thousand cells."""
    line = container.add_paragraph()
    if name != "Normal":  # every paragraph is Normal from birth; looking the style up costs more than the text
        line.style = line.part.document.styles[name]
    looks = line.paragraph_format
    if style.align != LEFT:
        looks.alignment = style.align
    if style.before or name != "Normal":
        looks.space_before = Pt(style.before)
    if style.after or name != "Normal":
        looks.space_after = Pt(style.after)
    if style.first_line or style.hanging:
        looks.first_line_indent = Cm(style.first_line - style.hanging)
    if style.indent or style.hanging:
        looks.left_indent = Cm(style.indent + style.hanging)
    if style.keep:
        looks.keep_with_next = True
    if not text:
        _mark_size(line, style.size)
        return line
    run = line.add_run(text)
    run.font.name, run.font.size = FONT, Pt(style.size)
    for attribute, wanted in (("bold", style.bold), ("italic", style.italic)):
        if wanted or name != "Normal":
            setattr(run.font, attribute, wanted)
    return line


def _mark_size(line: DocxParagraph, size: float) -> None:
    """Height of an empty paragraph: that of its mark, which has looks of its own."""
    looks = OxmlElement("w:rPr")
    for tag in ("w:sz", "w:szCs"):
        element = OxmlElement(tag)
        element.set(qn("w:val"), str(int(size * 2)))
        looks.append(element)
    line._p.get_or_add_pPr().append(looks)


def rule(container: Any, length: float, available: float) -> None:
    """A thin line of `length` centimetres, centred in `available`: the top border of an empty narrow paragraph."""
    line = paragraph(container, "", Style(size=2, align=CENTER))
    side = max((available - length) / 2, 0)
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Cm(side)
    line.paragraph_format.space_before = Pt(1)
    border = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for attribute, value in (("w:val", "single"), ("w:sz", "6"), ("w:space", "0"), ("w:color", "000000")):
        top.set(qn(attribute), value)
    border.append(top)
    properties = line._p.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def field(line: DocxParagraph, code: str) -> None:
    """A Word field (`PAGE`) at the end of the paragraph."""
    for kind, text in (("begin", None), (None, code), ("separate", None), ("text", "2"), ("end", None)):
        run = line.add_run()
        run.font.name, run.font.size = FONT, Pt(BODY)
        if kind == "text":
            run.text = str(text)
        elif kind is None:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def grid(container: Any, widths: tuple[float, ...], rows: int) -> DocxTable:
    """A table without rules or cell margins, of fixed widths in centimetres, on one page."""
    table = container.add_table(rows=rows, cols=len(widths))
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    fix_widths(table, widths)
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "0")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties.append(margins)
    for row in table.rows:
        keep_whole(row)
    return table


def fix_widths(table: DocxTable, widths: tuple[float, ...]) -> None:
    """Widths in the grid and in every cell: Word reads one, LibreOffice the other."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def keep_whole(row: Any) -> None:
    """The row is not broken over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def drop_first(cell: Any) -> None:
    """Remove the empty paragraph that every new cell starts with, once others stand in it."""
    first = cell.paragraphs[0]
    if not first.text and len(cell.paragraphs) > 1:
        first._p.getparent().remove(first._p)


def capital_lines(text: str, size: float, available: float) -> list[str]:
    """Upper-case text in lines that fit."""
    return wrapped(text.upper(), size, available - 0.2)


def balanced(text: str, size: float, available: float) -> list[str]:
    """Lines that fit, of about the same length: a title is not left with one lonely word."""
    count = len(wrapped(text, size, available))
    width = width_cm(text, size) / count
    while len(wrapped(text, size, width)) > count and width < available:
        width += 0.2
    return wrapped(text, size, min(width, available))
