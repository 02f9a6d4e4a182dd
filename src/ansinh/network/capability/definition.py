"""A file of definitions/capability, read and checked. Items stand in the file or in a code system of the project."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.text import nfc
from ansinh.network.capability.rules import Catalogue, Item

_HEAD = {
    "id", "title", "english", "system", "confirmed", "source", "note", "kinds", "items", "items_from", "group_by",
    "groups", "valid_from",
}  # fmt: skip
_ITEM = {"code", "text", "english", "group", "required", "source", "valid_from", "valid_to"}


@dataclass(frozen=True, slots=True)
class Code:
    """A concept as a catalogue takes it: `members` of the loader gives these."""

    code: str
    display: str
    english: str
    parent: str
    properties: Mapping[str, Any]
    valid_from: date | None
    valid_to: date | None


Members = Callable[[str], list[Code]]


def read(path: Path, members: Members) -> Catalogue:
    """One file. members: concepts of a code system by its short name. Raises Invalid with file and place."""
    try:
        data = yaml.read(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"Tệp {path.name} không đọc được: không phải YAML đúng.", code="not-yaml") from error
    found = list(_problems(path, data))
    if found:
        raise Invalid(f"Tệp danh mục chưa dùng được: {found[0].message}", code="catalogue-file", problems=found)
    items = _from_codes(data, members(data["items_from"])) if data.get("items_from") else _from_file(data)
    return Catalogue(
        id=data["id"],
        title=nfc(data["title"]),
        english=nfc(data.get("english", "")),
        system=data.get("items_from") or data["system"],
        source=nfc(data["source"]),
        confirmed=data["confirmed"],
        note=nfc(data.get("note", "")),
        kinds=tuple(data.get("kinds") or ()),
        items=tuple(items),
    )


def _problems(path: Path, data: Any) -> Iterable[Problem]:
    if not isinstance(data, Mapping):
        yield _problem(path, "$", "phải là một bảng khóa và giá trị")
        return
    for key in ("id", "title", "source"):
        if not data.get(key):
            yield _problem(path, key, "không được để trống")
    if data.get("id") and data["id"] != path.stem:
        yield _problem(path, "id", "phải giống tên tệp")
    if not isinstance(data.get("confirmed"), bool):
        yield _problem(path, "confirmed", "phải là true hoặc false")
    if bool(data.get("items_from")) == ("items" in data) or ("items" in data and not data.get("system")):
        yield _problem(path, "items", "cần hoặc items_from, hoặc system và items")
    yield from (_problem(path, key, "khóa không biết") for key in data if key not in _HEAD)
    seen: set[str] = set()
    for index, row in enumerate(data.get("items") or []):
        place = f"items[{index}]"
        yield from (_problem(path, f"{place}.{key}", "khóa không biết") for key in row if key not in _ITEM)
        missing = [key for key in ("code", "text") if not row.get(key)]
        yield from (_problem(path, f"{place}.{key}", "không được để trống") for key in missing)
        if row.get("code") in seen:
            yield _problem(path, f"{place}.code", "mã bị trùng")
        seen.add(row.get("code"))


def _problem(path: Path, place: str, what: str) -> Problem:
    return Problem("value", f"{path.name}: {place}: {what}.", f"{path.name}: {place}", key="catalogue-file")


def _from_file(data: Mapping[str, Any]) -> Iterable[Item]:
    for row in data["items"]:
        yield Item(
            code=row["code"],
            text=nfc(row["text"]),
            group=nfc(row.get("group", "")),
            required=bool(row.get("required")),
            source=nfc(row.get("source", "")),
            english=nfc(row.get("english", "")),
            valid_from=row.get("valid_from") or data.get("valid_from"),
            valid_to=row.get("valid_to"),
        )


def _from_codes(data: Mapping[str, Any], codes: list[Code]) -> Iterable[Item]:
    """Abstract concepts are the groups; with `group_by`, the value of that property is."""
    names = {code.code: code.display for code in codes}
    groups = data.get("groups") or {}
    for code in codes:
        if code.properties.get("abstract"):
            continue
        key = str(code.properties.get(data.get("group_by", ""), ""))
        yield Item(
            code=code.code,
            text=nfc(code.display),
            group=nfc(groups.get(key, key) or names.get(code.parent, "")),
            required=bool(code.properties.get("required")),
            source=nfc(str(code.properties.get("source", ""))),
            english=nfc(code.english),
            valid_from=code.valid_from,
            valid_to=code.valid_to,
        )
