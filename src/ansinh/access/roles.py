"""Roles as data: `definitions/roles/<id>.yaml` says what a role may do; nothing about a role stands in code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.fhir.index.numbers import is_type
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import FLAG, TEXT, misfits

_FILE = {
    "id": TEXT, "title": TEXT, "title_en": TEXT, "scope": TEXT, "persons?": FLAG, "source?": TEXT,
    "resources": {...: [TEXT]}, "permissions": [TEXT],
}  # fmt: skip
VERBS = frozenset({"read", "search", "history", "create", "update", "delete", "*"})


@dataclass(frozen=True, slots=True)
class Role:
    """One role file. scope: `unit` (only the unit itself), `subtree` (unit and all below) or `node`.

    persons: whether records of people may be opened at all; without the key the answer is no.
    """

    id: str
    title: str
    title_en: str
    scope: str
    persons: bool
    may: Mapping[str, frozenset[str]]
    permissions: frozenset[str]


@cache
def roles() -> Mapping[str, Role]:
    """All roles by id. Raises Invalid naming the file when one cannot be read."""
    folder = Path(settings.DEFINITIONS) / "roles"
    return {path.stem: read_role(path) for path in sorted(folder.glob("*.yaml"))}


def read_role(path: Path) -> Role:
    """Parse one role file. Raises Invalid naming the file for anything that is not exactly a role: a slip in a file
    must neither grant nor take away."""
    data = _read(path)
    may = {kind: frozenset(verbs) for kind, verbs in data["resources"].items()}
    if wrong := sorted({verb for verbs in may.values() for verb in verbs} - VERBS):
        raise _invalid(path, f"không có quyền «{', '.join(wrong)}».", "resources")
    if strange := sorted(kind for kind in may if kind != "*" and not is_type(kind)):
        raise _invalid(path, f"không có loại hồ sơ «{', '.join(strange)}».", "resources")
    if data["scope"] not in ("unit", "subtree", "node"):
        raise _invalid(path, f"phạm vi «{data['scope']}» không hợp lệ.", "scope")
    if data["id"] != path.stem:
        raise _invalid(path, f"mã «{data['id']}» khác tên tệp.", "id")
    return Role(
        id=data["id"],
        title=data["title"],
        title_en=data["title_en"],
        scope=data["scope"],
        persons=data.get("persons") is True,
        may=may,
        permissions=frozenset(data["permissions"]),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.read(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _invalid(path, "không phải YAML đúng.", "$") from error
    for place, what in misfits(data, _FILE):
        raise _invalid(path, f"{place or 'tệp'}: {what}.", place.partition(".")[0].partition("[")[0])
    return data


def _invalid(path: Path, what: str, field: str) -> Invalid:
    return Invalid(f"Tệp vai trò {path.name}: {what}", code="role-file", field=field)
