"""The ministry's ICD-10 workbook: which column is what, and how a row becomes an entry. Pure: no Django.

Sheet `ICD10` of the annex to QĐ 4469/QĐ-BYT (2020): a title, a subtitle, a heading row, then one row a code.
TT 06/2026/TT-BYT adds columns that say where a code may not be used; they are read when they are there.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from ansinh.fhir.terminology.files import Entry
from ansinh.kernel.errors import Invalid
from ansinh.kernel.text import nfc

_COLUMNS = {
    "MÃ BỆNH": "code",
    "TÊN BỆNH": "display",
    "DISEASE NAME": "english",
    "MÃ CHƯƠNG": "chapter",
    "MÃ NHÓM CHÍNH": "group",
    "MÃ LOẠI": "category",
}
# Flags of TT 06/2026/TT-BYT, columns 24 to 29. The headings are not known word for word, so each is known by words
# that only it has; the order matters («không được khuyến khích» also begins with «không được»).
_FLAGS = {
    "khuyến khích": "discouraged_main",
    "không được": "not_main",
    "không sử dụng": "not_usable",
    "cụ thể hơn": "not_usable",
    "tử vong": "death_only",
    "nữ": "female_only",
    "nam": "male_only",
}
_CODE = re.compile(r"[A-Z]\d{2}(?:\.\d{1,2}|\.-)?[†*+]?")


def read_icd10(path: Path, valid_from: date) -> list[Entry]:
    """Entries of the workbook, each code once (the first row of a code holds).

    Raises Invalid when the file is no workbook or has not the columns of the official list.
    """
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise Invalid(f"Tệp {path.name} không phải bảng tính Excel (.xlsx) đọc được.", code="icd10-file") from error
    try:
        sheet = workbook["ICD10"] if "ICD10" in workbook.sheetnames else workbook.worksheets[0]
        return list(_entries(sheet.iter_rows(values_only=True), path.name, valid_from))
    finally:
        workbook.close()


def _entries(rows: Iterable[tuple[Any, ...]], name: str, valid_from: date) -> Iterator[Entry]:
    columns: dict[str, int] = {}
    seen: set[str] = set()
    for cells in rows:
        if not columns:
            columns = _columns(cells)
            continue
        code = _text(cells, columns["code"]).upper()
        if code and code not in seen and _CODE.fullmatch(code):
            seen.add(code)
            yield _entry(code, cells, columns, valid_from)
    if not seen:
        raise Invalid(
            f"Tệp {name} không có các cột MÃ BỆNH, TÊN BỆNH, DISEASE NAME của danh mục ICD-10.",
            code="icd10-columns",
        )


def _columns(cells: tuple[Any, ...]) -> dict[str, int]:
    """Positions by meaning when this is the heading row, else {}."""
    headings = [nfc(str(cell)).upper() if cell else "" for cell in cells]
    found = {meaning: headings.index(heading) for heading, meaning in _COLUMNS.items() if heading in headings}
    if not {"code", "display"} <= found.keys():
        return {}
    for index, heading in enumerate(headings):
        if index not in found.values():
            flag = next((flag for words, flag in _FLAGS.items() if f" {words} " in f" {heading.lower()} "), None)
            if flag and flag not in found:
                found[flag] = index
    return found


def _entry(code: str, cells: tuple[Any, ...], columns: dict[str, int], valid_from: date) -> Entry:
    category = _text(cells, columns.get("category"))
    properties: dict[str, Any] = {
        key: value for key in ("chapter", "group") if (value := _text(cells, columns.get(key)))
    }
    flags = [flag for flag in dict.fromkeys(_FLAGS.values()) if _text(cells, columns.get(flag))]
    properties |= dict.fromkeys(flags, True)
    return Entry(
        code=code,
        display=_text(cells, columns["display"]),
        english=_text(cells, columns.get("english")),
        parent=category if category != code else "",
        properties=properties,
        valid_from=valid_from,
        valid_to=None,
    )


def _text(cells: tuple[Any, ...], index: int | None) -> str:
    if index is None or index >= len(cells) or cells[index] is None:
        return ""
    return nfc(str(cells[index]))
