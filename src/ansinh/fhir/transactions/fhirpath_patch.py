"""FHIRPath Patch: a Parameters resource of add, insert, delete, replace and move on elements named by FHIRPath.

A place is found by identity: the expression runs on a copy in which every text and number is an object of its own,
so that the element it answers with can be found again. Truth values have no identity; their path must end in a name.
"""

import copy
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.path.nodes import Node
from ansinh.kernel.errors import Invalid, Malformed, Problem

MOST_OPERATIONS = 200
Place = tuple[str | int, ...]


class _Text(str):
    __slots__ = ()


class _Whole(int):
    pass


class _Number(Decimal):
    pass


def apply(resource: dict[str, Any], parameters: Any) -> dict[str, Any]:
    """The patched copy. Raises `Malformed` for what is no FHIRPath Patch, `Invalid` naming the operation that fails."""
    listed = parameters.get("parameter") if isinstance(parameters, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_OPERATIONS:
        raise Malformed(
            f"FHIRPath Patch phải là Parameters có 1 đến {MOST_OPERATIONS} operation.", code="fhirpath-patch"
        )
    resource = copy.deepcopy(resource)
    for index, one in enumerate(listed):
        _Step(index, one).apply(resource)
    return resource


class _Step:
    def __init__(self, index: int, parameter: Any) -> None:
        self.index = index
        parts = parameter.get("part") if isinstance(parameter, dict) else None
        if not isinstance(parts, list) or parameter.get("name") != "operation":
            raise self.wrong("mỗi parameter phải tên là operation và có part", Malformed)
        self.parts = {
            part["name"]: part for part in parts if isinstance(part, dict) and isinstance(part.get("name"), str)
        }

    def apply(self, resource: dict[str, Any]) -> None:
        kind = self.text("type", "valueCode")
        if kind not in _ACTS:
            raise self.wrong("type phải là add, insert, delete, replace hoặc move", Malformed)
        _ACTS[kind](self, resource)

    def add(self, resource: dict[str, Any]) -> None:
        (place, node) = self.single(resource)
        holder, name = _at(resource, place), self.text("name", "valueString")
        element = definitions().element(node.type, name)
        if not isinstance(holder, dict) or element is None:
            raise self.wrong("phần tử này không có thành phần mang tên ấy")
        value, suffix = self.value()
        key = name + suffix if element.is_choice and not name.endswith(suffix) else name
        if element.repeats:
            holder.setdefault(key, []).append(value)
        elif key in holder:
            raise self.wrong("phần tử đã có giá trị; hãy dùng replace")
        else:
            holder[key] = value

    def insert(self, resource: dict[str, Any]) -> None:
        found, index = self.listed(resource), self.number("index")
        if index > len(found):
            raise self.wrong("index nằm ngoài danh sách")
        found.insert(index, self.value()[0])

    def delete(self, resource: dict[str, Any]) -> None:
        places = self.places(resource)
        if len(places) > 1:
            raise self.wrong("path phải chỉ đúng một phần tử")
        if places:
            _remove(resource, places[0][0])

    def replace(self, resource: dict[str, Any]) -> None:
        (place, node) = self.single(resource)
        if not place:
            raise self.wrong("không thay được toàn bộ tài nguyên")
        holder, key = _at(resource, place[:-1]), place[-1]
        value, suffix = self.value()
        name = self._renamed(resource, place, node, suffix)
        if name == key:
            holder[key] = value
        else:
            fresh = {(name if old == key else old): (value if old == key else kept) for old, kept in holder.items()}
            holder.clear()
            holder.update(fresh)

    def move(self, resource: dict[str, Any]) -> None:
        found, source, target = self.listed(resource), self.number("source"), self.number("destination")
        if max(source, target) >= len(found):
            raise self.wrong("source hoặc destination nằm ngoài danh sách")
        found.insert(target, found.pop(source))

    def _renamed(self, resource: dict[str, Any], place: Place, node: Node, suffix: str) -> str | int:
        """A choice changes its key with the type of its value (`deceasedBoolean` → `deceasedDateTime`)."""
        key = place[-1]
        owner = _type_at(resource, place[:-1])
        known = definitions().json_element(owner, key) if owner and isinstance(key, str) else None
        return known[0].name + suffix if known and known[0].is_choice and suffix else key

    def single(self, resource: dict[str, Any]) -> tuple[Place, Node]:
        places = self.places(resource)
        if len(places) != 1:
            raise self.wrong("path phải chỉ đúng một phần tử")
        return places[0]

    def listed(self, resource: dict[str, Any]) -> list[Any]:
        """The list that the path names."""
        places = self.places(resource)
        holders = {place[:-1] for place, _ in places}
        found = _at(resource, holders.pop()) if len(holders) == 1 else None
        if not isinstance(found, list) or len(found) != len(places):
            raise self.wrong("path phải chỉ một danh sách có sẵn")
        return found

    def places(self, resource: dict[str, Any]) -> list[tuple[Place, Node]]:
        marked = _marked(resource)
        where = dict(_where(marked, ()))
        expression = self.text("path", "valueString")
        found = [node for node in self._run(expression, marked) if isinstance(node, Node)]
        if any(isinstance(node.value, bool) for node in found):
            return self._of_truth(expression, marked, where, found)
        if any(id(node.value) not in where for node in found):
            raise self.wrong("path phải chỉ phần tử của chính tài nguyên")
        return [(where[id(node.value)], node) for node in found]

    def _of_truth(self, expression: str, marked: Any, where: dict[int, Place], found: list) -> list[tuple[Place, Node]]:
        outer, _, name = expression.rpartition(".")
        owners = [node for node in self._run(outer, marked) if isinstance(node, Node)] if outer else []
        if len(owners) != 1 or len(found) != 1 or not name.isidentifier() or id(owners[0].value) not in where:
            raise self.wrong("path đến một giá trị đúng/sai phải kết thúc bằng tên phần tử")
        key = name if name in owners[0].value else f"{name}Boolean"
        return [((*where[id(owners[0].value)], key), found[0])]

    def _run(self, expression: str, marked: Any) -> list[Any]:
        try:
            return compile_path(expression).items(marked, trace=lambda name, items: None)
        except PathError as error:
            raise self.wrong("path không chạy được trên tài nguyên này", Malformed) from error

    def value(self) -> tuple[Any, str]:
        """(value, suffix of its type for a choice)."""
        part = self.parts.get("value")
        if part is None:
            raise self.wrong("thiếu value", Malformed)
        return self._content(part)

    def _content(self, part: dict[str, Any]) -> tuple[Any, str]:
        for key, value in part.items():
            if key.startswith("value") and len(key) > 5:
                return value, key[5:]
        inner = part.get("part")
        if not isinstance(inner, list):
            raise self.wrong("value phải có value[x] hoặc part", Malformed)
        made: dict[str, Any] = {}
        for one in inner:
            name = one.get("name") if isinstance(one, dict) else None
            if not isinstance(name, str):
                raise self.wrong("mỗi part phải có name", Malformed)
            value = self._content(one)[0]
            if name in made:
                made[name] = [*(made[name] if isinstance(made[name], list) else [made[name]]), value]
            else:
                made[name] = value
        return made, ""

    def text(self, name: str, key: str) -> str:
        value = self.parts.get(name, {}).get(key)
        if not isinstance(value, str):
            raise self.wrong(f"thiếu {name} ({key})", Malformed)
        return value

    def number(self, name: str) -> int:
        value = self.parts.get(name, {}).get("valueInteger")
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(f"{name} phải là valueInteger không âm", Malformed)
        return value

    def wrong(self, why: str, kind: type[Invalid] | type[Malformed] = Invalid) -> Invalid | Malformed:
        """The refusal of this operation."""
        message = f"FHIRPath Patch, bước {self.index + 1}: {why}."
        place = f"Parameters.parameter[{self.index}]"
        return kind(message, problems=[Problem("processing", message, place, key="fhirpath-patch")])


_ACTS: dict[str, Callable[[_Step, dict[str, Any]], None]] = {
    "add": _Step.add, "insert": _Step.insert, "delete": _Step.delete, "replace": _Step.replace, "move": _Step.move,
}  # fmt: skip


def _marked(value: Any) -> Any:
    """A copy in which every text and number is an object of its own."""
    match value:
        case dict():
            return {key: _marked(child) for key, child in value.items()}
        case list():
            return [_marked(child) for child in value]
        case bool() | None:
            return value
        case str():
            return _Text(value)
        case int():
            return _Whole(value)
        case json.Written():
            return json.Written(value.text)
        case Decimal():
            return _Number(value)
    return value


def _where(value: Any, place: Place) -> Iterator[tuple[int, Place]]:
    if not isinstance(value, bool) and value is not None:
        yield id(value), place
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _where(child, (*place, key))


def _at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def _remove(resource: dict[str, Any], place: Place) -> None:
    """Take the element out, and what stays empty without it (FHIR knows no empty objects and lists)."""
    while place:
        holder = _at(resource, place[:-1])
        del holder[place[-1]]
        if isinstance(place[-1], str):
            holder.pop(f"_{place[-1]}", None)
        place = place[:-1]
        if holder or not place:
            return


def _type_at(resource: dict[str, Any], place: Place) -> str:
    """FHIR type of the object at a place."""
    kind = resource["resourceType"]
    for key in place:
        if isinstance(key, str):
            found = definitions().json_element(kind, key)
            if found is None:
                return ""
            kind = definitions().content_type(found[0]) if not found[0].is_choice else found[1]
    return kind
