"""Reading and checking the YAML files of code systems and value sets. Pure: no Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.naming import CS, VS
from ansinh.kernel.shapes import ANY, TEXT, UNKNOWN_KEY, WORDS, misfits
from ansinh.kernel.text import nfc

_HEAD: dict[str, Any] = {
    **dict.fromkeys(("name?", "url?", "title?", "source?", "status?", "notes?"), WORDS),
    "valid_from?": ANY, "valid_to?": ANY,
}  # fmt: skip
_SYSTEM = {**_HEAD, "concepts?": [ANY]}
_CONCEPT = {
    "code?": ANY, "display?": ANY, "english?": WORDS, "parent?": WORDS, "properties?": {...: ANY},
    "valid_from?": ANY, "valid_to?": ANY,
}  # fmt: skip
_PART = {
    "system?": WORDS, "below?": TEXT, "properties?": {...: ANY}, "concepts?": [{"code": TEXT, "display?": WORDS}],
}  # fmt: skip
_SET = {**_HEAD, "include?": [_PART]}


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept of a file, its days already filled from the head of the file."""

    code: str
    display: str
    english: str
    parent: str
    properties: Mapping[str, Any]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CodeSystemFile:
    """A checked file of definitions/codesystems."""

    name: str
    url: str
    title: str
    source: str
    status: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ValueSetFile:
    """A checked file of definitions/valuesets; `include` as `valuesets` reads it."""

    name: str
    url: str
    title: str
    source: str
    status: str
    include: tuple[Mapping[str, Any], ...]


def read_code_system(path: Path) -> CodeSystemFile:
    """Read one file. Raises Invalid with every problem and its place (`mô tả.concepts[3].code`)."""
    data = _mapping(path)
    problems = _head_problems(path, data, _SYSTEM, "concepts")
    rows = _rows(data, "concepts")
    for index, row in enumerate(rows):
        problems += _concept_problems(f"{path.name}: concepts[{index}]", row)
    if not problems:
        problems = _relation_problems(path, rows)
    if problems:
        raise Invalid(f"Tệp bộ mã {path.name} chưa dùng được.", code="code-system-file", problems=problems)
    return CodeSystemFile(
        name=data["name"],
        url=data.get("url") or CS(data["name"]),
        title=nfc(data["title"]),
        source=nfc(data["source"]),
        status=data.get("status", "active"),
        entries=tuple(_entry(data, row) for row in rows),
    )


def read_value_set(path: Path) -> ValueSetFile:
    """Read one file. Raises Invalid with every problem and its place."""
    data = _mapping(path)
    problems = _head_problems(path, data, _SET, "include")
    for index, part in enumerate(_rows(data, "include")):
        if not isinstance(part, Mapping) or not part.get("system"):
            problems.append(_problem(f"{path.name}: include[{index}]", "thiếu system", "set-system"))
    if problems:
        raise Invalid(f"Tệp tập giá trị {path.name} chưa dùng được.", code="value-set-file", problems=problems)
    return ValueSetFile(
        name=data["name"],
        url=data.get("url") or VS(data["name"]),
        title=nfc(data["title"]),
        source=nfc(data["source"]),
        status=data.get("status", "active"),
        include=tuple(_part(part) for part in data["include"]),
    )


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part as it is kept: without keys that were left empty."""
    return {key: value for key, value in part.items() if value is not None} | {"system": system_url(part["system"])}


def system_url(name: str) -> str:
    """`facility-kind` → its URL; a URL stays as it is."""
    return name if ":" in name else CS(name)


def _mapping(path: Path) -> dict[str, Any]:
    data = yaml.document(path)
    if not isinstance(data, dict):
        raise Invalid(f"Tệp {path.name} phải là một bảng khóa và giá trị.", code="not-mapping")
    return data


def _rows(data: Mapping[str, Any], key: str) -> list[Any]:
    """A list of the file; what is none is told by its shape."""
    return data[key] if isinstance(data.get(key), list) else []


def _misfits(place: str, data: Any, shape: Mapping[str, Any]) -> list[Problem]:
    return [
        _problem(f"{place}{inner}", what, "unknown-key" if what == UNKNOWN_KEY else "shape")
        for inner, what in misfits(data, shape)
    ]


def _head_problems(path: Path, data: Mapping[str, Any], shape: Mapping[str, Any], body: str) -> list[Problem]:
    problems = [
        _problem(f"{path.name}: {key}", "không được để trống", "missing")
        for key in ("name", "title", "source", "valid_from", body)
        if not data.get(key)
    ]
    problems += _misfits(f"{path.name}: ", data, shape)
    if data.get("name") and data["name"] != path.stem:
        problems.append(_problem(f"{path.name}: name", "phải giống tên tệp", "name-mismatch"))
    return problems + _period_problems(path.name, data)


def _concept_problems(place: str, row: Any) -> list[Problem]:
    if not isinstance(row, Mapping):
        return [_problem(place, "phải là một bảng khóa và giá trị", "not-mapping")]
    problems = _misfits(f"{place}.", row, _CONCEPT)
    problems += [
        _problem(f"{place}.{key}", "phải là chữ và không được để trống", "missing")
        for key in ("code", "display")
        if not row.get(key) or not isinstance(row[key], str)
    ]
    if isinstance(row.get("code"), str) and row["code"] != row["code"].strip():
        problems.append(_problem(f"{place}.code", "không được có dấu cách ở đầu hoặc cuối", "code-space"))
    return problems + _period_problems(place, row)


def _period_problems(place: str, row: Mapping[str, Any]) -> list[Problem]:
    start, end = row.get("valid_from"), row.get("valid_to")
    if any(day is not None and type(day) is not date for day in (start, end)):
        return [_problem(f"{place}: valid_from, valid_to", "phải là ngày dạng 2025-07-01", "not-date")]
    if start and end and end < start:
        return [_problem(f"{place}: valid_to", "không được trước valid_from", "period")]
    return []


def _relation_problems(path: Path, rows: list[Mapping[str, Any]]) -> list[Problem]:
    codes, seen, problems = {row["code"] for row in rows}, set(), []
    for row in rows:
        key = (row["code"], row.get("valid_from"))
        if key in seen:
            problems.append(_problem(f"{path.name}: {row['code']}", "mã lặp lại trong cùng thời hạn", "duplicate"))
        if row.get("parent") and row["parent"] not in codes:
            problems.append(_problem(f"{path.name}: {row['code']}.parent", "không có mã cha này", "parent"))
        seen.add(key)
    return problems


def _entry(head: Mapping[str, Any], row: Mapping[str, Any]) -> Entry:
    return Entry(
        code=nfc(row["code"]),
        display=nfc(row["display"]),
        english=nfc(row.get("english") or ""),
        parent=row.get("parent") or "",
        properties=row.get("properties") or {},
        valid_from=row.get("valid_from") or head["valid_from"],
        valid_to=row.get("valid_to") or head.get("valid_to"),
    )


def _problem(place: str, message: str, key: str) -> Problem:
    return Problem("value", f"{place}: {message}.", place, key=key)
