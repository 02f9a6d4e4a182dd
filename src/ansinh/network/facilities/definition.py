"""A file of definitions/facilities, read and checked. Pure: what is wrong is named with its file and place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.shapes import DAY, FLAG, TEXT, WORDS, misfits
from ansinh.kernel.text import nfc
from ansinh.network.facilities import rules
from ansinh.network.facilities.resources import organization_id, relation_id
from ansinh.network.facilities.rules import Relation, Unit

_AUTHORITY = {
    "parent": TEXT, "from?": DAY, "to?": DAY, "source?": WORDS, "verified?": FLAG, "note?": WORDS,
}  # fmt: skip
_UNIT = {
    "code": TEXT, "name": TEXT, "kind": TEXT, "english?": WORDS, "area?": WORDS, "from?": DAY, "to?": DAY,
    "synthetic?": FLAG, "authority?": [_AUTHORITY],
}  # fmt: skip
_RELATION = {
    "kind": TEXT, "unit": TEXT, "heir": TEXT, "date": DAY, "duty?": WORDS, "source?": WORDS, "verified?": FLAG,
}  # fmt: skip
_FILE = {"known_from": DAY, "units": [_UNIT], "relations?": [_RELATION]}


@dataclass(frozen=True, slots=True)
class Register:
    """All files together: units, relations, province numbers by unit id."""

    units: tuple[Unit, ...]
    relations: tuple[Relation, ...]
    areas: Mapping[str, str]


def read(folder: Path) -> Register:
    """The register of a folder. Raises Invalid with every problem; then nothing is to be loaded."""
    documents = [(path.name, yaml.document(path)) for path in sorted(folder.glob("*.yaml"))]
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


def _shape_problems(name: str, data: Any) -> list[Problem]:
    found = [_problem(name, place, what) for place, what in misfits(data, _FILE)]
    if found:
        return found
    return [
        _problem(name, f"relations[{index}].kind", "loại kế thừa không biết")
        for index, row in enumerate(data.get("relations") or [])
        if row["kind"] not in rules.SUCCESSION
    ]


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
        english=nfc(row.get("english") or ""),
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
        duty=row.get("duty") or "",
        source=row.get("source") or "",
        verified=row.get("verified") is not False,
    )
