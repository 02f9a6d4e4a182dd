"""Provinces and communes, today's (since 01/07/2025) and the ones before them. Pure: reads one YAML file once.

Holds all provinces, and the communes of the provinces that the plans cover (Ninh Bình, Lâm Đồng with Đắk Nông).
Codes are those of QĐ 19/2025/QĐ-TTg; old codes look alike and mean other units, so `find` never answers with one.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ansinh.kernel.text import fold

_ROOT = Path(__file__).resolve().parents[4]
_PREFIX = re.compile(
    r"(?:thanh pho|thi tran|thi xa|dac khu|phuong|huyen|quan|tinh|xa)\s+|(?:tp|tt|tx|h|q|p|x)\.\s*|(?:tp|tt|tx)\s+"
)


@dataclass(frozen=True, slots=True)
class AdminUnit:
    """kind: province | city | commune | ward | special-zone; parent: code of the province, "" for a province."""

    code: str
    name: str
    kind: str
    parent: str = ""

    @property
    def full_name(self) -> str:
        """With its kind: «Xã Nho Quan»."""
        words = {"city": "Thành phố", "province": "Tỉnh", "commune": "Xã", "ward": "Phường", "special-zone": "Đặc khu"}
        return f"{words[self.kind]} {self.name}"


@dataclass(frozen=True, slots=True)
class OldUnit:
    """A commune as it was until 30/06/2025. `successors` are today's codes, the main one first."""

    code: str
    name: str
    kind: str
    district: str
    province: str
    successors: tuple[str, ...]


def find(text: str, province: str = "", *, limit: int = 20) -> list[AdminUnit]:
    """Today's units whose name has all words of `text`, without marks; the exact name first.

    `province` (code or name) narrows to communes of that province; without it provinces are found too.
    """
    words = fold(text).split()
    wanted = province_code(province) if province else ""
    if not words or (province and not wanted):
        return []
    units = [unit for unit in _data().units.values() if not wanted or unit.parent == wanted]
    found = [unit for unit in units if _has_words(unit, words)]
    bare = _bare(text)
    return sorted(found, key=lambda unit: (fold(unit.name) != bare, bool(unit.parent), len(unit.name), unit.code))[
        :limit
    ]


def get(code: str) -> AdminUnit | None:
    """Today's unit by its code (2 digits for a province, 5 for a commune)."""
    return _data().units.get(code)


def provinces() -> list[AdminUnit]:
    """The 34 provinces and cities of today, by code."""
    return [unit for unit in _data().units.values() if not unit.parent]


def communes(province: str) -> list[AdminUnit]:
    """Communes of a province (code or name) of today; [] where they are not in the file."""
    code = province_code(province)
    return [unit for unit in _data().units.values() if unit.parent == code] if code else []


def province_code(text: str) -> str:
    """Today's code for a code or name of a province, also an old one (`Hà Nam` → `37`); "" when unknown."""
    data = _data()
    if text in data.units and not data.units[text].parent:
        return text
    return data.province_names.get(_bare(text), "")


def successors(old_name: str, *, district: str = "", province: str = "") -> list[AdminUnit]:
    """Today's units that an old commune became; more than one when it was divided or the name is shared.

    `district` and `province` (as written on an old card) narrow the search; an unknown name gives [].
    """
    codes = dict.fromkeys(
        code for old in old_units(old_name, district=district, province=province) for code in old.successors
    )
    return [unit for code in codes if (unit := get(code))]


def old_units(name: str, *, district: str = "", province: str = "") -> list[OldUnit]:
    """Old communes of this name, narrowed by district and old province where given."""
    data = _data()
    found: Iterable[OldUnit] = data.old.get(_bare(name), ())
    if district:
        found = [unit for unit in found if _bare(unit.district) == _bare(district)]
    if province:
        found = [unit for unit in found if data.old_province_names.get(unit.province) == _bare(province)]
    return list(found)


@dataclass(frozen=True, slots=True)
class _Data:
    units: dict[str, AdminUnit]
    old: dict[str, list[OldUnit]]
    province_names: dict[str, str]
    old_province_names: dict[str, str]


@cache
def _data() -> _Data:
    folder = Path(os.environ.get("ANSINH_DEFINITIONS") or _ROOT / "definitions")
    text = (folder / "catalogues" / "admin-units.yaml").read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    units = {row["code"]: _unit(row) for row in (*raw["provinces"], *raw["communes"])}
    old: dict[str, list[OldUnit]] = {}
    for row in raw["old_communes"]:
        old.setdefault(_bare(row["name"]), []).append(
            OldUnit(row["code"], row["name"], row["kind"], row["district"], row["province"], tuple(row["to"]))
        )
    names = {fold(row["name"]): row["to"] for row in raw["old_provinces"]}
    names |= {fold(row["name"]): row["code"] for row in raw["provinces"]}
    return _Data(units, old, names, {row["code"]: fold(row["name"]) for row in raw["old_provinces"]})


def _unit(row: dict[str, Any]) -> AdminUnit:
    return AdminUnit(row["code"], row["name"], row["kind"], row.get("parent", ""))


def _bare(text: str) -> str:
    """Folded name without the word for its kind: `TP. Tam Điệp` → `tam diep`, `Phường 4` → `phuong 4`."""
    folded = fold(text)
    rest = _PREFIX.sub("", folded, count=1) if _PREFIX.match(folded) else folded
    return folded if not rest or rest.isdigit() else rest


def _has_words(unit: AdminUnit, words: list[str]) -> bool:
    name = f" {fold(unit.full_name)}"
    return unit.code.startswith(words[0]) or all(f" {word}" in name for word in words)
