"""Roles as data: `definitions/roles/<id>.yaml` says what a role may do; nothing about a role stands in code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.access import labels
from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.store import labelling
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import FLAG, TEXT, misfits

_FILE = {
    "id": TEXT, "title": TEXT, "title_en": TEXT, "scope": TEXT, "persons?": FLAG, "source?": TEXT,
    "resources": {...: [TEXT]}, "permissions": [TEXT], "second_factor?": TEXT, "appoints?": [TEXT],
    "sensitive?": [TEXT],
}  # fmt: skip
EVERY_ROLE = "*"
VERBS = frozenset({"read", "search", "history", "create", "update", "delete", "*"})


@dataclass(frozen=True, slots=True)
class Role:
    """One role file. scope: `unit` (only the unit itself), `subtree` (unit and all below) or `node`.

    persons: whether records of people may be opened at all; without the key the answer is no.
    second_factor: `required` (no page opens without one, where the node enforces it) or `advised`.
    appoints: roles that this role may give to others within its scope, and whose accounts it looks after; `*` is all.
    sensitive: security labels (`definitions/labels`) whose records it may see and write; `*` is all.
    """

    id: str
    title: str
    title_en: str
    scope: str
    persons: bool
    may: Mapping[str, frozenset[str]]
    permissions: frozenset[str]
    second_factor: str = "advised"
    appoints: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()


@cache
def roles() -> Mapping[str, Role]:
    """All roles by id. Raises Invalid naming the file when one cannot be read."""
    paths = sorted((Path(settings.DEFINITIONS) / "roles").glob("*.yaml"))
    found = {path.stem: read_role(path) for path in paths}
    for path in paths:
        if unknown := sorted(found[path.stem].appoints - found.keys() - {EVERY_ROLE}):
            raise _invalid(path, f"không có vai trò «{', '.join(unknown)}» để giao.", "appoints")
    return found


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
    if (factor := data.get("second_factor", "advised")) not in ("required", "advised"):
        raise _invalid(path, f"lớp xác thực thứ hai «{factor}» phải là required hoặc advised.", "second_factor")
    return Role(
        id=data["id"],
        title=data["title"],
        title_en=data["title_en"],
        scope=data["scope"],
        persons=data.get("persons") is True,
        may=may,
        permissions=frozenset(data["permissions"]),
        second_factor=factor,
        appoints=frozenset(data.get("appoints") or ()),
        sensitive=_sensitive(path, data),
    )


def _sensitive(path: Path, data: dict[str, Any]) -> frozenset[str]:
    given = frozenset(data.get("sensitive") or ())
    if unknown := sorted(given - {one.code for one in labels.labels()} - {labelling.ALL}):
        raise _invalid(path, f"không có nhãn bảo mật «{', '.join(unknown)}».", "sensitive")
    if data["scope"] == "node" and data.get("persons") is True and labelling.ALL not in given:
        raise _invalid(path, "vai trò của cả nút mà mở hồ sơ của người thì phải có mọi nhãn bảo mật.", "sensitive")
    return given


def _read(path: Path) -> dict[str, Any]:
    data = yaml.document(path)
    for place, what in misfits(data, _FILE):
        raise _invalid(path, f"{place or 'tệp'}: {what}.", place.partition(".")[0].partition("[")[0])
    return data


def _invalid(path: Path, what: str, field: str) -> Invalid:
    return Invalid(f"Tệp vai trò {path.name}: {what}", code="role-file", field=field)
