"""SQL-on-FHIR v2 in plain Python: a ViewDefinition and resources in, rows out.

This is what the SQL tables are compared with, and what makes their rows at each write: `compile_view` once, then
`rows(resource)` per write. Pure, without Django and database.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path import Path, PathError
from ansinh.fhir.path.nodes import Node
from ansinh.fhir.path.syntax import Variable, variables
from ansinh.kernel.errors import Invalid

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KNOWN = frozenset({"resource", "rootResource", "context", "rowIndex", "ucum", "sct", "loinc"})


class ViewError(Invalid):
    """The ViewDefinition is wrong, or a resource does not fit it. `field` names the place in the definition."""

    def __init__(self, message: str, *, field: str = ""):
        super().__init__(message, code="view", field=field)


@dataclass(frozen=True, slots=True)
class Column:
    """type: FHIR type as declared, "" where none is; collection: True when the column holds a list."""

    name: str
    type: str = ""
    collection: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class _Item:
    """Where a row stands: an element of a resource, and its place among its fellows."""

    value: Any
    resource: dict[str, Any]
    index: int = 0


Rows = Callable[[_Item], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a select: columns and what makes their rows."""

    columns: tuple[Column, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class CompiledView:
    """A ViewDefinition ready to run; `rows` gives tuples in the order of `columns`."""

    name: str
    resource: str
    columns: tuple[Column, ...]
    _rows: Rows = field(repr=False)
    _where: tuple[Path, ...] = field(repr=False)

    def rows(self, resource: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Rows of one resource, none when it is of another type or a `where` excludes it.

        Raises ViewError when the data does not fit (two values in a column that holds one), PathError when an
        expression fails.
        """
        if resource.get("resourceType") != self.resource or not all(_holds(path, resource) for path in self._where):
            return []
        return self._rows(_Item(resource, resource))


def run(view: dict[str, Any], resources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows of the view over the resources, as mappings in the order of the columns."""
    compiled = compile_view(view)
    names = [column.name for column in compiled.columns]
    return [dict(zip(names, row, strict=True)) for resource in resources for row in compiled.rows(resource)]


def compile_view(view: dict[str, Any]) -> CompiledView:
    """Read a ViewDefinition (JSON or YAML as a mapping). Raises ViewError or PathError saying what is wrong."""
    if not isinstance(view, dict):
        raise ViewError("khung nhìn phải là một bảng khóa và giá trị.")
    resource = view.get("resource")
    if not isinstance(resource, str) or resource not in definitions().resource_types:
        raise ViewError("“resource” phải là một loại tài nguyên FHIR.", field="resource")
    compiler = _Compiler(dict(map(_constant, _list(view, "constant"))))
    if not _list(view, "select"):
        raise ViewError("khung nhìn không có “select”.", field="select")
    part = compiler.product([compiler.select(item, resource) for item in _list(view, "select")])
    _check_names(part.columns)
    conditions = tuple(compiler.condition(item, resource) for item in _list(view, "where"))
    return CompiledView(view.get("name", ""), resource, part.columns, part.rows, conditions)


def _list(owner: dict[str, Any], key: str) -> list[Any]:
    found = owner.get(key) or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ViewError(f"“{key}” phải là một danh sách các mục.", field=key)
    return found


def _constant(constant: dict[str, Any]) -> tuple[str, Any]:
    values = [value for key, value in constant.items() if key.startswith("value")]
    if not isinstance(constant.get("name"), str) or len(values) != 1:
        raise ViewError("hằng số cần “name” và đúng một “value…”.", field="constant")
    if not _NAME.fullmatch(constant["name"]):
        raise ViewError("tên hằng số chỉ gồm chữ không dấu, số và gạch dưới, bắt đầu bằng chữ.", field="constant")
    return constant["name"], values[0]


def _check_names(columns: tuple[Column, ...]) -> None:
    seen: set[str] = set()
    for column in columns:
        if not _NAME.fullmatch(column.name):
            raise ViewError(f"tên cột “{column.name}” không hợp lệ.", field="column")
        if column.name in seen:
            raise ViewError(f"cột “{column.name}” có hai lần.", field="column")
        seen.add(column.name)


def _holds(path: Path, resource: dict[str, Any]) -> bool:
    found = path(resource)
    if len(found) > 1 or (found and not isinstance(found[0], bool)):
        raise ViewError(f"điều kiện “{path.expression}” phải cho đúng hoặc sai.", field="where")
    return bool(found and found[0])


class _Compiler:
    """Compiles the parts of one view; `type_name` is always the type that paths start from, "" where unknown."""

    def __init__(self, constants: dict[str, Any]):
        self.constants = constants

    def path(self, text: Any, type_name: str, place: str) -> Path:
        if not isinstance(text, str):
            raise ViewError(f"“{place}” phải là một biểu thức FHIRPath.", field=place)
        path = Path(text, type_name, self.constants)
        for name in variables(path.tree) - _KNOWN:
            if not name.startswith(("vs-", "ext-")):
                raise PathError(f"không có hằng số %{name}.", code="semantic", expression=text)
        return path

    def condition(self, item: dict[str, Any], resource: str) -> Path:
        path = self.path(item.get("path"), resource, "where")
        if path.types and "boolean" not in path.types:
            raise ViewError(f"điều kiện “{path.expression}” phải cho đúng hoặc sai.", field="where")
        return path

    def select(self, select: dict[str, Any], type_name: str) -> _Part:
        """Columns, nested selects and unions of one select, over each element it iterates."""
        steps = [key for key in ("forEach", "forEachOrNull", "repeat") if key in select]
        if len(steps) > 1:
            raise ViewError("chỉ dùng một trong “forEach”, “forEachOrNull”, “repeat”.", field=steps[1])
        if not steps:
            return self.body(select, type_name)
        if steps[0] == "repeat":
            return self.repeat(select, type_name)
        path = self.path(select[steps[0]], type_name, steps[0])
        inner = _one_type(path.types)
        return _iterate(self.body(select, inner), _finder(path, inner), or_null=steps[0] == "forEachOrNull")

    def repeat(self, select: dict[str, Any], type_name: str) -> _Part:
        """All elements that the paths reach, again and again, parents before children."""
        texts = select["repeat"]
        if not isinstance(texts, list) or not texts:
            raise ViewError("“repeat” phải là một danh sách biểu thức.", field="repeat")
        first = [self.path(text, type_name, "repeat") for text in texts]
        inner = _one_type(frozenset(name for path in first for name in path.types or {""}))
        again = [self.path(text, inner, "repeat") for text in texts]
        if inner and any(path.types and path.types != {inner} for path in again):
            inner = ""
        starts = [_finder(path, inner) for path in first]
        steps = [_finder(self.path(text, inner, "repeat"), inner) for text in texts]
        return _iterate(self.body(select, inner), lambda item: list(_descend(item, starts, steps)), or_null=False)

    def body(self, select: dict[str, Any], type_name: str) -> _Part:
        parts = [self.columns(_list(select, "column"), type_name)] if select.get("column") else []
        parts += [self.select(item, type_name) for item in _list(select, "select")]
        if select.get("unionAll"):
            parts.append(self.union([self.select(item, type_name) for item in _list(select, "unionAll")]))
        return self.product(parts)

    def columns(self, columns: list[dict[str, Any]], type_name: str) -> _Part:
        declared = tuple(
            Column(
                str(column.get("name", "")),
                str(column.get("type") or ""),
                bool(column.get("collection", False)),
                column.get("description") or "",
            )
            for column in columns
        )
        cells = [
            _cell(self.path(column.get("path"), type_name, "column"), shape)
            for column, shape in zip(columns, declared, strict=True)
        ]
        return _Part(declared, lambda item: [tuple([cell(item) for cell in cells])])

    def product(self, parts: list[_Part]) -> _Part:
        """Each row of each part with each row of the others."""
        columns = tuple(column for part in parts for column in part.columns)
        if len(parts) == 1:
            return parts[0]
        makers = [part.rows for part in parts]

        def rows(item: _Item) -> list[tuple[Any, ...]]:
            return [sum(combination, ()) for combination in product(*[maker(item) for maker in makers])]

        return _Part(columns, rows)

    def union(self, parts: list[_Part]) -> _Part:
        """The rows of all parts, which must have the same columns in the same order."""
        names = [[column.name for column in part.columns] for part in parts]
        if any(other != names[0] for other in names):
            raise ViewError("các nhánh của “unionAll” phải có cùng cột, cùng thứ tự.", field="unionAll")
        makers = [part.rows for part in parts]
        return _Part(parts[0].columns, lambda item: [row for maker in makers for row in maker(item)])


def _one_type(types: frozenset[str]) -> str:
    return next(iter(types)) if len(types) == 1 else ""


Finder = Callable[[_Item], list[Any]]


def _finder(path: Path, type_name: str) -> Finder:
    """Elements below an item: bare JSON where the type is known to the next paths, nodes where it is not."""
    if path.is_simple and type_name:
        return lambda item: path(item.value)
    return lambda item: [
        _bare(found, type_name)
        for found in path.items(item.value, resource=item.resource, environment={"rowIndex": item.index})
    ]


def _bare(found: Any, type_name: str) -> Any:
    return found.value if isinstance(found, Node) and type_name and found.type == type_name else found


def _iterate(body: _Part, find: Finder, *, or_null: bool) -> _Part:
    rows = body.rows

    def iterate(item: _Item) -> list[tuple[Any, ...]]:
        found = find(item)
        if not found and or_null:
            found = [{}]
        return [row for index, value in enumerate(found) for row in rows(_Item(value, item.resource, index))]

    return _Part(body.columns, iterate)


def _descend(item: _Item, starts: list[Finder], steps: list[Finder]) -> Iterator[Any]:
    for find in starts:
        for value in find(item):
            yield value
            yield from _descend(_Item(value, item.resource), steps, steps)


def _cell(path: Path, column: Column) -> Callable[[_Item], Any]:
    """The value of a column for an item: None, a value, or a list for a collection."""
    if isinstance(path.tree, Variable) and path.tree.name == "rowIndex":
        return lambda item: item.index
    asks_index = "rowIndex" in variables(path.tree)

    def cell(item: _Item) -> Any:
        if (told := path.at_once(item.value)) is not None:
            found = told
        elif path.is_simple:
            found = path(item.value)
        elif asks_index:
            found = path(item.value, resource=item.resource, environment={"rowIndex": item.index})
        else:
            found = path(item.value, resource=item.resource)
        if column.collection:
            return found
        if len(found) > 1:
            raise ViewError(f"cột “{column.name}” chỉ nhận một giá trị nhưng có nhiều giá trị.", field=column.name)
        return found[0] if found else None

    return cell
