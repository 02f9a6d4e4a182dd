"""XLSX of a report's tables: one sheet each, frozen header, number formats, ready to print on A4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ansinh.programme.reports.documents import package
from ansinh.programme.reports.documents.model import Column, Table

FONT = "Times New Roman"
_THIN = Side(style="thin", color="808080")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="DCE6EF")
_CENTIMETRE = 5.1
"""Excel's column width is counted in characters; about this many make a centimetre in 12-point Times."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name on the tab, lines above the table, the table."""

    name: str
    title: str
    lines: Sequence[str]
    table: Table


def write_xlsx(sheets: Sequence[Sheet], path: Path, *, title: str, author: str, created: date) -> Path:
    """Write the sheets; returns `path`. Same sheets, same bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator, book.properties.lastModifiedBy = title, author, author
    for sheet in sheets:
        _sheet(book.create_sheet(sheet.name), sheet)

    def write(buffer: BytesIO) -> None:
        book.save(buffer)

    return package.save(write, path, created)


def _sheet(target: Worksheet, sheet: Sheet) -> None:
    columns = sheet.table.columns
    target.cell(1, 1, sheet.title).font = Font(name=FONT, size=14, bold=True)
    for row, line in enumerate(sheet.lines, start=2):
        target.cell(row, 1, line).font = Font(name=FONT, size=11, italic=True)
    head = len(sheet.lines) + 3
    for index, column in enumerate(columns, start=1):
        _head_cell(target.cell(head, index, column.title))
        target.column_dimensions[get_column_letter(index)].width = round(column.width * _CENTIMETRE, 1)
    for row, values in enumerate(sheet.table.rows, start=head + 1):
        _row(target, row, values, columns)
    last = head + len(sheet.table.rows)
    for offset, note in enumerate(sheet.table.notes, start=2):
        target.cell(last + offset, 1, note).font = Font(name=FONT, size=11, italic=True)
    _set_up(target, head, last, len(columns))


def _head_cell(cell: Any) -> None:
    cell.font = Font(name=FONT, size=12, bold=True)
    cell.fill, cell.border = _HEAD, _BORDER
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _row(target: Worksheet, row: int, values: Sequence[Any], columns: Sequence[Column]) -> None:
    if len(values) == 1:
        values = [values[0], *[None] * (len(columns) - 1)]
        target.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(columns))
        _cell(target.cell(row, 1), values[0], columns[0])
        target.cell(row, 1).font = Font(name=FONT, size=12, bold=True)
        return
    for index, (value, column) in enumerate(zip(values, columns, strict=True), start=1):
        _cell(target.cell(row, index), value, column)


def _cell(cell: SheetCell | Any, value: Any, column: Column) -> None:
    cell.value, cell.font, cell.border = value, Font(name=FONT, size=12), _BORDER
    if isinstance(value, str):
        cell.data_type = "s"  # a word that begins with "=" stays a word
    cell.alignment = Alignment(horizontal=column.align, vertical="center", wrap_text=True)
    if not isinstance(value, str) and value is not None:
        cell.number_format = "#,##0" + ("." + "0" * column.places if column.places else "")


def _set_up(target: Worksheet, head: int, last: int, columns: int) -> None:
    """Frozen and repeated header, filter, landscape A4 one page wide, page numbers below."""
    target.freeze_panes = f"A{head + 1}"
    target.print_title_rows = f"{head}:{head}"
    target.auto_filter.ref = f"A{head}:{get_column_letter(columns)}{max(last, head)}"
    target.page_setup.orientation, target.page_setup.paperSize = "landscape", 9
    target.page_setup.fitToWidth, target.page_setup.fitToHeight = 1, 0
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.oddFooter.center.text = "Trang &P/&N"  # type: ignore[union-attr]
    target.page_margins.left = target.page_margins.right = 0.6
