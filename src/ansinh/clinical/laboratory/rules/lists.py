"""Results and ranges as CSV: one line a result, columns by their names in the first line. Pure.

Lines with the same number of report, person and moment are one report. Problems name line and column.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from ansinh.clinical.laboratory.rules.reading import Findings, limits_of, number_of, signed_number, text_of, told_moment
from ansinh.clinical.laboratory.rules.reports import FLAGS, Band, Limits, Measured, Report, Whose, limit_problems
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import LOINC
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import fold, nfc

MOST_LINES = 20_000
# Name of a column without marks → what it is; Vietnamese and English.
RESULT_COLUMNS = {
    "so phieu": "number", "number": "number", "ma nguoi": "person", "person": "person", "ho ten": "name",
    "ho va ten": "name", "name": "name", "ngay sinh": "birth", "birth": "birth", "gioi tinh": "sex", "sex": "sex",
    "phieu": "panel", "nhom": "panel", "panel": "panel", "ma xet nghiem": "code", "code": "code", "loinc": "loinc",
    "ten xet nghiem": "test", "xet nghiem": "test", "test": "test", "ket qua": "value", "value": "value",
    "don vi": "unit", "unit": "unit", "khoang tham chieu": "range", "tham chieu": "range", "range": "range",
    "thap": "low", "low": "low", "cao": "high", "high": "high", "co": "flag", "danh dau": "flag", "flag": "flag",
    "thoi gian": "moment", "ngay gio": "moment", "moment": "moment", "phong xet nghiem": "laboratory",
    "laboratory": "laboratory", "ghi chu": "note", "note": "note",
}  # fmt: skip
RANGE_COLUMNS = {
    "ma xet nghiem": "code", "ma": "code", "loinc": "code", "code": "code", "ten": "name", "name": "name",
    "don vi": "unit", "unit": "unit", "gioi tinh": "sex", "sex": "sex", "tuoi tu": "age_from", "age from": "age_from",
    "tuoi den": "age_to", "age to": "age_to", "thap": "low", "low": "low", "cao": "high", "high": "high",
    "nguy hiem thap": "critical_low", "critical low": "critical_low", "nguy hiem cao": "critical_high",
    "critical high": "critical_high",
}  # fmt: skip
_SEXES = {"": "", "nam": "male", "m": "male", "male": "male", "nu": "female", "f": "female", "female": "female"}
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2})[:hg](\d{2})(?::\d{2})?)?")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d{2})?)?(?:\+07:00)?")

_BAND_NUMBERS = ("low", "high", "critical_low", "critical_high", "age_from", "age_to")

type Line = tuple[int, dict[str, str]]


def read_results(data: bytes, now: datetime) -> list[Report]:
    """The reports of a CSV file. Raises Invalid with every problem, each with its line and column."""
    found = Findings()
    lines = _table(text_of(data), RESULT_COLUMNS, ("number", "value", "moment"), found)
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for number, cells in lines:
        groups.setdefault((cells["number"], cells.get("person", ""), cells["moment"]), []).append((number, cells))
    reports = [_report(group, found, now) for group in groups.values()]
    _one_person_each(groups, found)
    found.refuse("csv")
    return reports


def read_ranges(data: bytes, source: str) -> list[tuple[str, Band]]:
    """(name, range) of each line. Raises Invalid with every problem, each with its line and column."""
    found = Findings()
    read = [_band(number, cells, source, found) for number, cells in _table(text_of(data), RANGE_COLUMNS,
                                                                            ("code", "unit"), found)]  # fmt: skip
    found.refuse("csv")
    return read


def _table(text: str, known: Mapping[str, str], needed: Sequence[str], found: Findings) -> list[Line]:
    text = re.sub("\r\n?", "\n", text)
    first = text.split("\n", 1)[0]
    mark = max(";\t,", key=first.count)
    # strict: a quote that is never closed would take every line after it into one cell.
    reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    try:
        lines = [(reader.line_num, [nfc(cell) for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        words = phrase("Dòng %(line)s không đọc được: dấu ngoặc kép chưa đóng.", line=reader.line_num)
        raise Invalid(words, code="csv-quotes", field="file") from error
    if not lines:
        raise Invalid("Tệp trống.", code="file-empty", field="file")
    if len(lines) > MOST_LINES:
        raise Invalid(phrase("Tệp có quá %(most)s dòng. Hãy chia nhỏ.", most=MOST_LINES), code="csv-long", field="file")
    names = [known.get(re.sub(r"[^a-z ]+", " ", fold(cell)).strip(), "") for cell in lines[0][1]]
    for column, cell in zip(names, lines[0][1], strict=True):
        if not column:
            found.add(phrase("Dòng 1: không biết cột «%(cell)s».", cell=cell[:40]), "1", "csv-column", "not-supported")
        elif names.count(column) > 1 and cell is lines[0][1][names.index(column)]:
            found.add(phrase("Dòng 1: cột «%(cell)s» có hai lần.", cell=cell[:40]), "1", "csv-column", "duplicate")
    for column in needed:
        if column not in names:
            title = next(title for title, name in known.items() if name == column)
            found.add(phrase("Dòng 1: thiếu cột «%(title)s».", title=title), "1", "csv-column", "required")
    found.refuse("csv")
    if len(lines) == 1:
        raise Invalid("Tệp không có dòng nào dưới dòng tên cột.", code="csv-empty", field="file")
    return list(_cells(lines[1:], names, needed, found))


def _cells(lines: Sequence[tuple[int, list[str]]], names: Sequence[str], needed: Sequence[str],
           found: Findings) -> Iterator[Line]:  # fmt: skip
    for number, cells in lines:
        if len(cells) != len(names):
            words = {"line": number, "count": len(cells), "columns": len(names)}
            found.add(phrase("Dòng %(line)s có %(count)s ô, dòng tên cột có %(columns)s.", **words), str(number),
                      "csv-cells", "structure")  # fmt: skip
            continue
        line = dict(zip(names, cells, strict=True))
        for column in needed:
            if not line[column]:
                _add(found, number, column, phrase("thiếu"), "required")
        yield number, line


def _add(found: Findings, line: int, column: str, why: str, code: str = "value") -> None:
    words = phrase("Dòng %(line)s, cột «%(column)s»: %(why)s.", line=line, column=_TITLES.get(column, column), why=why)
    found.add(words, f"{line}.{column}", f"csv-{column}", code)


_TITLES = {
    "number": phrase("số phiếu"), "person": phrase("mã người"), "value": phrase("kết quả"),
    "moment": phrase("thời gian"), "birth": phrase("ngày sinh"), "sex": phrase("giới tính"),
    "test": phrase("tên xét nghiệm"), "low": phrase("thấp"), "high": phrase("cao"), "flag": phrase("đánh dấu"),
    "code": phrase("mã xét nghiệm"), "unit": phrase("đơn vị"), "age_from": phrase("tuổi từ"),
    "age_to": phrase("tuổi đến"), "critical_low": phrase("nguy hiểm thấp"), "critical_high": phrase("nguy hiểm cao"),
}  # fmt: skip


def _report(group: Sequence[Line], found: Findings, now: datetime) -> Report:
    number, first = group[0]
    results = tuple(_measured(line, cells, found) for line, cells in group)
    panels = list(dict.fromkeys(cells["panel"] for _number, cells in group if cells.get("panel")))
    return Report(
        number=first["number"],
        whose=_whose(number, first, found),
        panel="; ".join(panels) or (results[0].name if len(results) == 1 else "Xét nghiệm"),
        moment=_moment(number, first["moment"], found, now),
        results=results,
        laboratory=first.get("laboratory", ""),
    )


def _whose(line: int, cells: Mapping[str, str], found: Findings) -> Whose:
    person, name = cells.get("person", ""), cells.get("name", "")
    if not person and not name:
        _add(found, line, "person", phrase("không có mã người, cũng không có họ tên"), "required")
    return Whose((person,) if person else (), name, _birth(line, cells, found), _sex(line, cells, found))


def _birth(line: int, cells: Mapping[str, str], found: Findings) -> str:
    text = cells.get("birth", "")
    if not text or re.fullmatch(r"\d{4}", text):
        return text
    read = _read_moment(text)
    if read is None:
        _add(found, line, "birth", phrase("«%(text)s» không phải là ngày", text=text[:30]))
    return read[0].date().isoformat() if read else ""


def _sex(line: int, cells: Mapping[str, str], found: Findings) -> str:
    text = fold(cells.get("sex", ""))
    if text not in _SEXES:
        _add(found, line, "sex", phrase("«%(text)s» không phải nam hay nữ", text=text[:30]))
    return _SEXES.get(text, "")


def _measured(line: int, cells: Mapping[str, str], found: Findings) -> Measured:
    code, loinc, test = (cells.get(name, "") for name in ("code", "loinc", "test"))
    if not (code or loinc or test):
        _add(found, line, "test", phrase("thiếu tên hoặc mã xét nghiệm"), "required")
    told = cells["value"]
    sign, number = signed_number(told)
    flag = cells.get("flag", "").upper()
    if flag and flag not in FLAGS:
        _add(found, line, "flag", phrase("«%(text)s» không có trong bảng đánh dấu", text=flag[:20]), "code-invalid")
    return Measured(
        code=loinc or code,
        system=LOINC if loinc else "",
        name=test or code or loinc,
        value=told if number is None else number,
        comparator=sign if number is not None else "",
        unit=cells.get("unit", ""),
        flag=flag,
        limits=_limits(line, cells, found),
        note=cells.get("note", ""),
    )


def _limits(line: int, cells: Mapping[str, str], found: Findings) -> Limits | None:
    if cells.get("range"):
        return limits_of(cells["range"])
    low, high = (_number(line, name, cells, found) for name in ("low", "high"))
    if low is None and high is None:
        return None
    if low is not None and high is not None and low >= high:
        _add(found, line, "low", phrase("giới hạn thấp phải nhỏ hơn giới hạn cao"))
    return Limits(low, high)


def _number(line: int, column: str, cells: Mapping[str, str], found: Findings) -> Decimal | None:
    text = cells.get(column, "")
    value = number_of(text) if text else None
    if text and value is None:
        _add(found, line, column, phrase("«%(text)s» không phải là số", text=text[:30]))
    return value


def _read_moment(text: str) -> tuple[datetime, bool] | None:
    """(moment in Vietnam, whether the hour is said) of dd/mm/yyyy hh:mm or an ISO date; None for anything else."""
    if parts := _DAY.fullmatch(text):
        day, month, year, hour, minute = parts.groups()
    elif parts := _ISO.fullmatch(text):
        year, month, day, hour, minute = parts.groups()
    else:
        return None
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=VIETNAM)
    except ValueError:
        return None
    return moment, bool(hour)


def _moment(line: int, text: str, found: Findings, now: datetime) -> str:
    read = _read_moment(text)
    if read is None:
        if text:
            _add(found, line, "moment", phrase("«%(text)s» không phải là ngày giờ", text=text[:30]))
        return ""
    try:
        told = told_moment(read[0], now)
    except ValueError:
        _add(found, line, "moment", phrase("«%(text)s» chưa đến", text=text[:30]))
        return ""
    return told if read[1] else told[:10]


def _one_person_each(groups: Mapping[tuple[str, str, str], Sequence[Line]], found: Findings) -> None:
    """A number of report that stands for two people, or for two moments, is a slip of the list."""
    seen: dict[str, tuple[str, str]] = {}
    for (number, person, moment), group in groups.items():
        if number in seen and seen[number] != (person, moment):
            _add(found, group[0][0], "number", phrase("số phiếu này đã dùng cho người hoặc giờ khác"), "duplicate")
        seen.setdefault(number, (person, moment))
        if len({fold(cells.get("name", "")) for _line, cells in group}) > 1:
            _add(found, group[0][0], "number", phrase("một số phiếu có hai họ tên"))


def _band(line: int, cells: Mapping[str, str], source: str, found: Findings) -> tuple[str, Band]:
    given: dict[str, Any] = {name: _number(line, name, cells, found) for name in _BAND_NUMBERS}
    limits = Limits(given["low"], given["high"], given["critical_low"], given["critical_high"], source=source)
    if limits == Limits(source=source):
        _add(found, line, "low", phrase("không có giới hạn nào"), "required")
    found.problems += [
        replace(one, expression=f"{line}.low", message=phrase("Dòng %(line)s: %(why)s", line=line, why=one.message))
        for one in limit_problems(limits, "")
    ]
    start, end = given["age_from"] or Decimal(0), given["age_to"]
    if end is not None and end <= start:
        _add(found, line, "age_to", phrase("tuổi đến phải lớn hơn tuổi từ"))
    band = Band(cells["code"], limits, _sex(line, cells, found), start, end, cells["unit"])
    return cells.get("name", ""), band
