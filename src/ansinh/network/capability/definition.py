"""A file of definitions/capability, read and checked. Items stand in the file or in a code system of the project."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.shapes import DAY, FLAG, TEXT, WORDS, misfits
from ansinh.kernel.text import nfc
from ansinh.network.capability.rules import Catalogue, Item

_ITEM = {
    "code": TEXT, "text": TEXT, "english?": WORDS, "group?": WORDS, "required?": FLAG, "source?": WORDS,
    "valid_from?": DAY, "valid_to?": DAY,
}  # fmt: skip
_FILE = {
    "id": TEXT, "title": TEXT, "english?": WORDS, "system?": WORDS, "confirmed": FLAG, "source": TEXT, "note?": WORDS,
    "kinds?": [TEXT], "items?": [_ITEM], "items_from?": WORDS, "group_by?": WORDS, "groups?": {...: TEXT},
    "valid_from?": DAY,
}  # fmt: skip


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
    data = yaml.document(path)
    if found := _problems(path, data):
        raise Invalid(f"Tệp danh mục chưa dùng được: {found[0].message}", code="catalogue-file", problems=found)
    items = _from_codes(data, members(data["items_from"])) if data.get("items_from") else _from_file(data)
    return Catalogue(
        id=data["id"],
        title=nfc(data["title"]),
        english=nfc(data.get("english") or ""),
        system=data.get("items_from") or data["system"],
        source=nfc(data["source"]),
        confirmed=data["confirmed"],
        note=nfc(data.get("note") or ""),
        kinds=tuple(data.get("kinds") or ()),
        items=tuple(items),
    )


def _problems(path: Path, data: Any) -> list[Problem]:
    if found := [_problem(path, place, what) for place, what in misfits(data, _FILE)]:
        return found
    if data["id"] != path.stem:
        found.append(_problem(path, "id", "phải giống tên tệp"))
    own = data.get("items") is not None
    if bool(data.get("items_from")) == own or (own and not data.get("system")):
        found.append(_problem(path, "items", "cần hoặc items_from, hoặc system và items"))
    codes = [row["code"] for row in data.get("items") or []]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            found.append(_problem(path, f"items[{index}].code", "mã bị trùng"))
    return found


def _problem(path: Path, place: str, what: str) -> Problem:
    return Problem("value", f"{path.name}: {place}: {what}.", f"{path.name}: {place}", key="catalogue-file")


def _from_file(data: Mapping[str, Any]) -> Iterable[Item]:
    for row in data["items"]:
        yield Item(
            code=row["code"],
            text=nfc(row["text"]),
            group=nfc(row.get("group") or ""),
            required=bool(row.get("required")),
            source=nfc(row.get("source") or ""),
            english=nfc(row.get("english") or ""),
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
        key = str(code.properties.get(data.get("group_by") or "", ""))
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
