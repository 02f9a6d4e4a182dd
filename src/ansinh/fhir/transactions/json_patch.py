"""JSON Patch (RFC 6902): a list of add, remove, replace, move, copy and test on places named by JSON Pointer."""

import copy
from collections.abc import Callable
from typing import Any

from ansinh.fhir.model import json
from ansinh.kernel.errors import Invalid, Malformed, Problem

MOST_OPERATIONS = 1000
LARGEST = 10 * 1024 * 1024


def apply(document: Any, operations: Any) -> Any:
    """The patched copy. Raises `Malformed` for what is no JSON Patch, `Invalid` naming the operation that fails."""
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise Malformed(f"JSON Patch phải là một danh sách, tối đa {MOST_OPERATIONS} bước.", code="json-patch")
    document = copy.deepcopy(document)
    for index, operation in enumerate(operations):
        document = _Step(index, operation).apply(document)
    return document


class _Step:
    def __init__(self, index: int, operation: Any) -> None:
        self.index, self.operation = index, operation
        if not isinstance(operation, dict) or operation.get("op") not in tuple(_ACTS):
            raise self._malformed("op phải là add, remove, replace, move, copy hoặc test")

    def apply(self, document: Any) -> Any:
        return _ACTS[self.operation["op"]](self, document)

    def add(self, document: Any) -> Any:
        return self._put(document, self._pointer("path"), copy.deepcopy(self._value()))

    def remove(self, document: Any) -> Any:
        path = self._pointer("path")
        holder, key = self._existing(document, path)
        del holder[key]
        return document

    def replace(self, document: Any) -> Any:
        path = self._pointer("path")
        if not path:
            return copy.deepcopy(self._value())
        holder, key = self._existing(document, path)
        holder[key] = copy.deepcopy(self._value())
        return document

    def move(self, document: Any) -> Any:
        source, target = self._pointer("from"), self._pointer("path")
        if target[: len(source)] == source and target != source:
            raise self._failed("không chuyển được một phần tử vào trong chính nó")
        holder, key = self._existing(document, source)
        value = holder[key]
        del holder[key]
        return self._put(document, target, value)

    def copy(self, document: Any) -> Any:
        value = self._at(document, self._pointer("from"))
        document = self._put(document, self._pointer("path"), copy.deepcopy(value))
        if len(json.dumps(document)) > LARGEST:  # a few dozen copies of the whole would fill the memory
            raise self._failed("kết quả quá lớn")
        return document

    def test(self, document: Any) -> Any:
        if not _same(self._at(document, self._pointer("path")), self._value()):
            raise self._failed("giá trị hiện có khác với giá trị được nêu")
        return document

    def _put(self, document: Any, path: list[str], value: Any) -> Any:
        if not path:
            return value
        holder, key = self._at(document, path[:-1]), path[-1]
        if isinstance(holder, dict):
            holder[key] = value
        elif isinstance(holder, list):
            holder.insert(len(holder) if key == "-" else self._place(key, len(holder)), value)
        else:
            raise self._failed("không có chỗ để đặt giá trị")
        return document

    def _existing(self, document: Any, path: list[str]) -> tuple[Any, Any]:
        """(holder, key) of a value that is there."""
        if not path:
            raise self._failed("không bỏ được toàn bộ tài nguyên")
        holder = self._at(document, path[:-1])
        self._at(holder, path[-1:])
        return holder, int(path[-1]) if isinstance(holder, list) else path[-1]

    def _at(self, value: Any, path: list[str]) -> Any:
        for part in path:
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list) and value:
                value = value[self._place(part, len(value) - 1)]
            else:
                raise self._failed("không có phần tử ở đường dẫn này")
        return value

    def _place(self, text: str, most: int) -> int:
        canonical = text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0") and len(text) < 8
        if not canonical or int(text) > most:
            raise self._failed("số thứ tự không có trong danh sách")
        return int(text)

    def _pointer(self, name: str) -> list[str]:
        text = self.operation.get(name)
        if not isinstance(text, str) or (text and not text.startswith("/")):
            raise self._malformed(f"{name} phải là một JSON Pointer")
        return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]

    def _value(self) -> Any:
        if "value" not in self.operation:
            raise self._malformed("thiếu value")
        return self.operation["value"]

    def _malformed(self, why: str) -> Malformed:
        message = f"JSON Patch, bước {self.index + 1}: {why}."
        return Malformed(message, problems=[Problem("structure", message, f"[{self.index}]", key="json-patch")])

    def _failed(self, why: str) -> Invalid:
        message = f"JSON Patch, bước {self.index + 1}: {why}."
        return Invalid(message, problems=[Problem("processing", message, f"[{self.index}]", key="json-patch")])


_ACTS: dict[str, Callable[[_Step, Any], Any]] = {
    "add": _Step.add, "remove": _Step.remove, "replace": _Step.replace, "move": _Step.move, "copy": _Step.copy,
    "test": _Step.test,
}  # fmt: skip


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: numbers by value, truth is no number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other
