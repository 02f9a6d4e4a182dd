"""A file of definitions/facilities, read and checked. Pure: what is wrong is named with its file and place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.text import nfc
from ansinh.network.facilities import rules
from ansinh.network.facilities.resources import organization_id, relation_id
from ansinh.network.facilities.rules import Relation, Unit

_UNIT = {"code", "name", "english", "kind", "area", "from", "to", "synthetic", "authority"}
_AUTHORITY = {"parent", "from", "to", "source", "verified", "note"}
_RELATION = {"kind", "unit", "heir", "date", "duty", "source", "verified"}


@dataclass(frozen=True, slots=True)
class Register:
    """All files together: units, relations, province numbers by unit id."""

    units: tuple[Unit, ...]
    relations: tuple[Relation, ...]
    areas: Mapping[str, str]


def read(folder: Path) -> Register:
    """The register of a folder. Raises Invalid with every problem; then nothing is to be loaded."""
    documents = [(path.name, _document(path)) for path in sorted(folder.glob("*.yaml"))]
    found = [problem for name, data in documents for problem in _shape_problems(name, data)]
    if found:
        raise Invalid("Tệp đơn vị chưa dùng được: " + found[0].message, code="facility-file", problems=found)
    units = [_unit(row) for _, data in documents for row in data["units"]]
    relations = [item for _, data in documents for item in _relations(data)]
    found = rules.problems(units, relations)
    if found:
        raise Invalid("Cây tổ chức chưa dùng được: " + found[0].message, code="facility-tree", problems=found)
    rows = [row for _, data in documents for row in data["units"]]
    areas = {organization_id(row["code"]): row["area"] for row in rows if row.get("area")}
    return Register(tuple(units), tuple(relations), areas)


def _document(path: Path) -> Any:
    try:
        return yaml.read(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"Tệp {path.name} không đọc được: không phải YAML đúng.", code="not-yaml") from error


def _shape_problems(name: str, data: Any) -> Iterable[Problem]:
    if not isinstance(data, Mapping) or not isinstance(data.get("units"), list):
        yield _problem(name, "units", "phải là danh sách đơn vị")
        return
    if type(data.get("known_from")) is not date:
        yield _problem(name, "known_from", "phải là ngày mà cây bắt đầu ghi")
    for index, row in enumerate(data["units"]):
        place = f"units[{index}]"
        yield from _keys(name, place, row, _UNIT, ("code", "name", "kind"))
        for number, authority in enumerate(row.get("authority") or []):
            yield from _keys(name, f"{place}.authority[{number}]", authority, _AUTHORITY, ("parent",))
    for index, row in enumerate(data.get("relations") or []):
        yield from _keys(name, f"relations[{index}]", row, _RELATION, ("kind", "unit", "heir", "date"))
        if row.get("kind") not in rules.SUCCESSION:
            yield _problem(name, f"relations[{index}].kind", "loại kế thừa không biết")


def _keys(name: str, place: str, row: Mapping[str, Any], known: set[str], needed: tuple[str, ...]) -> Iterable[Problem]:
    for key in needed:
        if not row.get(key):
            yield _problem(name, f"{place}.{key}", "không được để trống")
    for key in row:
        if key not in known:
            yield _problem(name, f"{place}.{key}", "khóa không biết")
    for key in ("from", "to", "date"):
        if key in row and type(row[key]) is not date:
            yield _problem(name, f"{place}.{key}", "phải là ngày dạng 2025-07-01")


def _problem(name: str, place: str, what: str) -> Problem:
    return Problem("value", f"{name}: {place}: {what}.", f"{name}: {place}", key="facility-file")


def _unit(row: Mapping[str, Any]) -> Unit:
    return Unit(
        id=organization_id(row["code"]),
        code=row["code"],
        name=nfc(row["name"]),
        kind=row["kind"],
        valid_from=row.get("from"),
        valid_to=row.get("to"),
        english=nfc(row.get("english", "")),
        synthetic=bool(row.get("synthetic")),
    )


def _relations(data: Mapping[str, Any]) -> Iterable[Relation]:
    for row in data["units"]:
        for item in row.get("authority") or []:
            start = item.get("from") or row.get("from") or data["known_from"]
            yield _relation("authority", row["code"], item["parent"], start, item.get("to"), item)
    for row in data.get("relations") or []:
        yield _relation(row["kind"], row["unit"], row["heir"], row["date"], None, row)


def _relation(kind: str, child: str, parent: str, start: date, end: date | None, row: Mapping[str, Any]) -> Relation:
    below, above = organization_id(child), organization_id(parent)
    return Relation(
        id=relation_id(kind, below, above, start),
        parent=above,
        child=below,
        kind=kind,
        start=start,
        end=end,
        duty=row.get("duty", ""),
        source=row.get("source", ""),
        verified=row.get("verified", True),
    )
