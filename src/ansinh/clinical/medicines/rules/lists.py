"""The list of medicines of a facility, as CSV. Pure: text in, medicines or every problem out."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import fold, looks_garbled, nfc

COLUMNS = {
    "ma": "code", "ma thuoc": "code", "code": "code", "ten": "name", "ten thuoc": "name", "name": "name",
    "hoat chat": "substances", "substances": "substances", "ham luong": "strength", "strength": "strength",
    "dang bao che": "form", "dang": "form", "form": "form", "don vi": "unit", "don vi tinh": "unit", "unit": "unit",
    "duong dung": "route", "route": "route", "kiem soat": "controlled", "controlled": "controlled",
    "ma vach": "barcode", "barcode": "barcode",
}  # fmt: skip
CONTROLLED = {"": "", "gay nghien": "narcotic", "huong than": "psychotropic", "tien chat": "precursor",
              "narcotic": "narcotic", "psychotropic": "psychotropic", "precursor": "precursor"}  # fmt: skip
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Item:
    """A medicine of the list. controlled: `narcotic`, `psychotropic`, `precursor` or ""; unit: of one piece (viên)."""

    code: str
    name: str
    substances: tuple[str, ...]
    unit: str
    strength: str = ""
    form: str = ""
    route: str = ""
    controlled: str = ""
    barcode: str = ""


def read(data: bytes) -> list[Item]:
    """The medicines of a CSV file; substances of one are parted by `+`. Raises Invalid with line and column."""
    text = _text(data)
    mark = max(";\t,", key=text.split("\n", 1)[0].count)
    rows = _rows(text, mark)
    names = [COLUMNS.get(re.sub(r"[^a-z ]+", " ", fold(cell)).strip(), "") for cell in rows[0][1]]
    problems = [
        Problem("required", phrase("Dòng 1: thiếu cột «%(title)s».", title=title), "1", key="list-column")
        for column, title in (("code", "mã"), ("name", "tên thuốc"), ("substances", "hoạt chất"), ("unit", "đơn vị"))
        if column not in names
    ]
    _refuse(problems)
    if len(rows) > MOST:
        raise Invalid(phrase("Danh mục có quá %(most)s dòng.", most=MOST), code="list-long", field="file")
    items: list[Item] = []
    codes: set[str] = set()
    for number, row in rows[1:]:
        cells = {name: cell for name, cell in zip(names, row, strict=False) if name}
        problems += _problems(number, cells, codes)
        items.append(_item(cells))
        codes.add(items[-1].code)
    _refuse(problems)
    if not items:
        raise Invalid("Tệp không có thuốc nào.", code="list-empty", field="file")
    return items


def _rows(text: str, mark: str) -> list[tuple[int, list[str]]]:
    """(line on which it ends, cells) of each row that says anything. Line ends may be those of any system."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=mark)
    try:
        rows = [(reader.line_num, [nfc(cell) for cell in row]) for row in reader]
    except csv.Error as error:
        message = phrase("Tệp không đọc được ở dòng %(line)s. Có thể thiếu dấu ngoặc kép.", line=reader.line_num)
        raise Invalid(message, code="list-csv", field="file") from error
    return [row for row in rows if any(row[1])]


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("Tệp phải là chữ Unicode (UTF-8).", code="list-encoding", field="file") from error
    if not text.strip():
        raise Invalid("Tệp trống.", code="list-empty", field="file")
    if looks_garbled(text):
        raise Invalid("Chữ trong tệp bị vỡ. Hãy lưu lại bằng Unicode (UTF-8).", code="list-encoding", field="file")
    return text


def _problems(line: int, cells: Mapping[str, str], seen: set[str]) -> list[Problem]:
    found = []
    for column, title in (("code", "mã"), ("name", "tên thuốc"), ("substances", "hoạt chất"), ("unit", "đơn vị")):
        if not cells.get(column, "").strip("+ "):
            message = phrase("Dòng %(line)s: thiếu «%(title)s».", line=line, title=title)
            found.append(Problem("required", message, f"{line}.{column}", key="list-cell"))
    if cells.get("code") in seen:
        message = phrase("Dòng %(line)s: mã «%(code)s» đã có ở dòng trên.", line=line, code=cells["code"])
        found.append(Problem("duplicate", message, f"{line}.code", key="list-twice"))
    if fold(cells.get("controlled", "")) not in CONTROLLED:
        message = phrase("Dòng %(line)s: «kiểm soát» là gây nghiện, hướng thần, tiền chất hoặc để trống.", line=line)
        found.append(Problem("code-invalid", message, f"{line}.controlled", key="list-controlled"))
    return found


def _item(cells: Mapping[str, str]) -> Item:
    substances = tuple(filter(None, (nfc(one) for one in cells.get("substances", "").split("+"))))
    return Item(
        cells.get("code", ""),
        cells.get("name", ""),
        substances,
        cells.get("unit", ""),
        cells.get("strength", ""),
        cells.get("form", ""),
        cells.get("route", ""),
        CONTROLLED.get(fold(cells.get("controlled", "")), ""),
        cells.get("barcode", ""),
    )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(problems[0].message, code="list", field="file", problems=problems)
