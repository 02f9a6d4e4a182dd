"""Ruled tables in DOCX: header row repeated on each page, rows kept whole, numbers as Vietnamese writes them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ansinh.kernel.text import format_number
from ansinh.programme.reports.documents import layout
from ansinh.programme.reports.documents.layout import CENTER, JUSTIFY, LEFT, RIGHT, Style
from ansinh.programme.reports.documents.model import Cell, Column, Table

SIZE = 12
_MARGINS = 0.5
"""Centimetres that a cell keeps free beside its text: Word's 0.19 on either side, and the rules."""
_ALIGN = {"left": LEFT, "center": CENTER, "right": RIGHT}


def add_table(container: Any, table: Table, available: float) -> None:
    """Add the table, its columns scaled to `available` centimetres, with caption above and notes below."""
    if table.caption:
        layout.paragraph(
            container, table.caption, Style(size=13, bold=True, align=CENTER, before=6, after=3, keep=True)
        )
    widths = scaled(table, available)
    grid = container.add_table(rows=1, cols=len(widths))
    grid.style, grid.autofit, grid.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    for cell, column in zip(grid.rows[0].cells, table.columns, strict=True):
        _fill(cell, column.title, Style(size=SIZE, bold=True, align=CENTER))
    _repeat(grid.rows[0])
    for values in table.rows:
        _add_row(grid, values, table)
    layout.fix_widths(grid, widths)
    for values, row in zip(table.rows, list(grid.rows)[1:], strict=True):
        if len(values) == 1:
            row.cells[0].merge(row.cells[-1])
    for note in table.notes:
        layout.paragraph(container, note, Style(size=12, italic=True, align=JUSTIFY, before=2))
    layout.paragraph(container, "", Style(size=6))


def scaled(table: Table, available: float) -> tuple[float, ...]:
    """Column widths that together fill the page; wide columns give to those whose title would break inside a word."""
    whole = sum(column.width for column in table.columns)
    wanted = [column.width * available / whole for column in table.columns]
    spare = [width - _least(column) for width, column in zip(wanted, table.columns, strict=True)]
    lacking, room = sum(-each for each in spare if each < 0), sum(each for each in spare if each > 0)
    if not lacking or lacking > room:
        return tuple(wanted)
    return tuple(
        width - (each * lacking / room if each > 0 else each) for width, each in zip(wanted, spare, strict=True)
    )


def _least(column: Column) -> float:
    """Centimetres for the longest word of the column's title, between the margins of a cell."""
    return max((layout.width_cm(word, SIZE) for word in column.title.split()), default=0) + _MARGINS


def cell_text(value: Cell, column: Column) -> str:
    """Text of a cell: numbers with dot and comma, nothing for None."""
    if isinstance(value, Decimal):
        return format_number(value, column.places)
    return format_number(value) if isinstance(value, int) else value or ""


def _add_row(grid: Any, values: Any, table: Table) -> None:
    row = grid.add_row()
    layout.keep_whole(row)
    if len(values) == 1:
        _fill(row.cells[0], str(values[0]), Style(size=SIZE, bold=True, align=LEFT, keep=True))
        return
    for cell, value, column in zip(row.cells, values, table.columns, strict=True):
        _fill(cell, cell_text(value, column), Style(size=SIZE, align=_ALIGN[column.align]))


def _fill(cell: Any, text: str, style: Style) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    style = replace(style, before=2, after=2)
    for line in text.split("\n"):
        layout.paragraph(cell, line, style)
    layout.drop_first(cell)


def _repeat(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)
    layout.keep_whole(row)
