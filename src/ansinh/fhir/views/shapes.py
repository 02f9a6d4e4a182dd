"""The table of one view: its columns as each database has them, and its CREATE statements."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from ansinh.fhir.model import json
from ansinh.fhir.views.reference import CompiledView, compile_view
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid

OPEN = 9223372036854775807
"""`seq_to` of a row that holds now."""

_BUILD = "3"  # raise it when the same definition is to give another table
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_ENGINE = ("rid", "org", "seq_from", "seq_to")
_SQL = {
    "boolean": ("BOOLEAN", "boolean"),
    "integer": ("INTEGER", "bigint"),
    "integer64": ("INTEGER", "bigint"),
    "positiveInt": ("INTEGER", "bigint"),
    "unsignedInt": ("INTEGER", "bigint"),
    "decimal": ("REAL", "double precision"),
}
_TEXT = ("TEXT", "text")
_WIDE = ("bigint", "double precision")
_TIMES = ("date", "dateTime", "instant")
_INDEXED = ("id", "patient_id", "facility_id")
# A definition that says none of these cannot tell what stands in `meta`.
_MAY_SEE_META = (b"meta", b"$this", b"%resource", b"%rootResource", b"%context", b"children", b"descendants", b"repeat")


@dataclass(frozen=True)
class Shape:
    """A view ready to be kept: `names` are its declared columns, `casts` PostgreSQL's types of all columns.
    blind: it cannot see what the store itself writes into a resource (`meta`)."""

    name: str
    resource: str
    view: CompiledView
    names: tuple[str, ...]
    casts: dict[str, str]
    indexes: tuple[tuple[str, ...], ...]
    blind: bool = False

    @property
    def table(self) -> str:
        """The table with every version of every row."""
        return f"view_{self.name}_row"

    @property
    def patient(self) -> str:
        """The column that names the patient whom a row is about; "" for a view that is not about patients."""
        return "id" if self.resource == "Patient" else "patient_id" if "patient_id" in self.names else ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Declared columns, then the engine's."""
        return (*self.names, *_ENGINE)

    def rows(self, resource: dict[str, Any] | None) -> list[tuple[Any, ...]]:
        """The declared columns of one resource, as the database takes them."""
        return self._typed(self.view.rows(resource)) if resource is not None else []

    def foretold(self, resource: dict[str, Any]) -> list[tuple[Any, ...]] | None:
        """The same, before the store has written its part into the resource; None where the rows may tell of that
        part: the view is not blind, or a column holds more than a plain value."""
        if not self.blind:
            return None
        found = self.view.rows(resource)
        for row in found:
            if not _NESTED.isdisjoint(map(type, row)):
                return None
        return self._typed(found)

    @cached_property
    def _plain(self) -> list[tuple[str, type, bool]]:
        """Each declared column with the class of values that it holds as they are, and whether it tells a time."""
        times = {one.name for one in self.view.columns if one.type in _TIMES and not one.collection}
        return [(name, _PLAIN[self.casts[name]], name in times) for name in self.names]

    def _typed(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [tuple(map(self._of_kind, self._plain, row)) for row in found] if found else found

    def _of_kind(self, column: tuple[str, type, bool], value: Any) -> Any:
        """A time is told as it reads in Vietnam: lists and measures cut its day off and compare it as text."""
        if value is None:
            return value
        kept = value if value.__class__ is column[1] else self._cell(column[0], value)
        return clock.at_home(str(kept)) if column[2] else kept

    def _cell(self, name: str, value: Any) -> Any:
        """A value as its column is typed: one type a column, whatever JSON wrote (36 and 36.5)."""
        try:
            return _READERS[self.casts[name]](value)
        except (TypeError, ValueError) as error:
            raise Invalid(f"Khung nhìn «{self.name}»: giá trị không hợp kiểu của cột {name}.", field=name) from error

    def create(self, vendor: str, table: str) -> list[str]:
        """CREATE of the table under a name, without indexes. Wide columns come first: PostgreSQL fills no gaps then."""
        position = 1 if vendor == "postgresql" else 0
        kinds = [_kind(column.type, column.collection)[position] for column in self.view.columns]
        big = "BIGINT" if vendor == "postgresql" else "INTEGER"
        text = ' COLLATE "C"' if vendor == "postgresql" else ""
        declared = [
            f'"{name}" {kind}{text if kind == "text" else ""}' for name, kind in zip(self.names, kinds, strict=True)
        ]
        engine = [f"rid {big} NOT NULL", f"org {big}", f"seq_from {big} NOT NULL", f"seq_to {big} NOT NULL"]
        wide = [column for column, kind in zip(declared, kinds, strict=True) if kind in _WIDE]
        rest = [column for column, kind in zip(declared, kinds, strict=True) if kind not in _WIDE]
        return [f'CREATE TABLE "{table}" ({", ".join([*engine, *wide, *rest])})']

    def finish(self) -> list[str]:
        """Indexes, and the SQL view of the rows that hold now.

        Indexes hold every version, and from when to when: what holds now and what held at a position are found
        through the same ones, often without the table.
        """
        now = f"seq_to = {OPEN}"
        out = [f'CREATE INDEX "{self.table}_rid" ON "{self.table}" (rid)']
        for number, columns in self.needed():
            names = ", ".join(f'"{column}"' for column in columns)
            out.append(f'CREATE INDEX "{self.table}_{number}" ON "{self.table}" ({names}, seq_to, seq_from)')
        names = ", ".join(f'"{column}"' for column in (*self.names, "rid", "org"))
        out.append(f'CREATE VIEW "view_{self.name}" AS SELECT {names} FROM "{self.table}" WHERE {now}')
        return out

    def needed(self) -> list[tuple[int, tuple[str, ...]]]:
        """(number, columns) of the indexes that are kept: not those whose columns another one begins with."""
        return [
            (number, columns)
            for number, columns in enumerate(self.indexes)
            if not any(other != columns and other[: len(columns)] == columns for other in self.indexes)
        ]


def drop(name: str) -> list[str]:
    """DROP of a view's table and SQL view."""
    return [f'DROP VIEW IF EXISTS "view_{name}"', f'DROP TABLE IF EXISTS "view_{name}_row"']


def digest(definition: dict[str, Any]) -> str:
    """Changes with the definition and with the way tables are built."""
    return hashlib.blake2b(_BUILD.encode() + json.dumps(definition), digest_size=16).hexdigest()


def shape(definition: dict[str, Any]) -> Shape:
    """Read a ViewDefinition. Raises Invalid saying what is wrong."""
    return shape_of_json(json.dumps(definition))


@lru_cache(maxsize=256)
def shape_of_json(text: bytes) -> Shape:
    """The same from JSON text, read once."""
    definition = json.loads(text)
    view = compile_view(definition)
    names = tuple(column.name for column in view.columns)
    if not isinstance(view.name, str) or not _NAME.fullmatch(view.name):
        raise Invalid(f"Khung nhìn «{view.name}»: tên chỉ gồm chữ thường, số và gạch dưới.", field="name")
    if "id" not in names:
        raise Invalid(f"Khung nhìn «{view.name}» thiếu cột id.", field="select")
    if taken := set(names) & set(_ENGINE):
        raise Invalid(f"Khung nhìn «{view.name}»: tên cột {', '.join(sorted(taken))} đã dành cho máy.", field="select")
    casts = {column.name: _kind(column.type, column.collection)[1] for column in view.columns}
    casts |= dict.fromkeys(_ENGINE, "bigint")
    blind = not any(word in text for word in _MAY_SEE_META)
    return Shape(view.name, view.resource, view, names, casts, _indexes(definition, names), blind)


def _indexes(definition: dict[str, Any], names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The usual ones, and `indexes:` of the definition: names or lists of names."""
    found = [(name,) for name in _INDEXED if name in names]
    given = definition.get("indexes") or []
    if not isinstance(given, list):
        raise Invalid(f"Khung nhìn «{definition.get('name')}»: “indexes” phải là một danh sách.", field="indexes")
    for entry in given:
        columns = tuple(entry) if isinstance(entry, list) else (entry,)
        if unknown := [column for column in columns if column not in (*names, "org")]:
            raise Invalid(f"Khung nhìn «{definition.get('name')}»: chỉ mục nêu cột lạ {unknown[0]}.", field="indexes")
        found.append(columns)
    return tuple(dict.fromkeys(found))


def _kind(declared: str, collection: bool) -> tuple[str, str]:
    return _TEXT if collection else _SQL.get(declared.rpartition("/")[2], _TEXT)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, Decimal) else json.dumps(value).decode()


_NESTED = frozenset({dict, list})
_PLAIN: dict[str, type] = {"text": str, "boolean": bool, "bigint": int, "double precision": float}
_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "boolean": bool,
    "bigint": int,
    "double precision": float,
}
