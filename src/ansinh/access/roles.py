"""Roles as data: `definitions/roles/<id>.yaml` says what a role may do; nothing about a role stands in code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid

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
    """Parse one role file; refuses unknown verbs, scopes and a name that is not the file's."""
    data: dict[str, Any] = yaml.read(path)
    may = {kind: frozenset(verbs) for kind, verbs in data["resources"].items()}
    wrong = sorted({verb for verbs in may.values() for verb in verbs} - VERBS)
    if wrong:
        raise Invalid(f"Tệp vai trò {path.name}: không có quyền «{', '.join(wrong)}».", field="resources")
    if data["scope"] not in ("unit", "subtree", "node"):
        raise Invalid(f"Tệp vai trò {path.name}: phạm vi «{data['scope']}» không hợp lệ.", field="scope")
    if data["id"] != path.stem:
        raise Invalid(f"Tệp vai trò {path.name}: mã «{data['id']}» khác tên tệp.", field="id")
    return Role(
        id=data["id"],
        title=data["title"],
        title_en=data["title_en"],
        scope=data["scope"],
        persons=data.get("persons") is True,
        may=may,
        permissions=frozenset(data["permissions"]),
    )
