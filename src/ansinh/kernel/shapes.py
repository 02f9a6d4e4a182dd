"""The shape of a definition file as data, so that a file with something wrong is refused in words and crashes nothing.

    AUTHORITY = {"parent": TEXT, "from?": DAY}
    misfits({"parent": "", "form": 1}, AUTHORITY) → [("parent", "không được để trống"), ("form", "khóa không biết")]

A shape is a kind (TEXT, WORDS, FLAG, COUNT, DAY, ANY), `[shape]` for a list, `{key: shape}` for a table with just these
keys (`key?` may be left out or empty), `{...: shape}` for a table with any texts as keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import EllipsisType
from typing import Any

type Shape = Kind | list["Shape"] | dict[str, "Shape"] | dict[EllipsisType, "Shape"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A single value: its type exactly, and the words that refuse another."""

    type: type
    words: str
    may_be_empty: bool = True

    def misfit(self, value: Any) -> str:
        """What is wrong; "" when nothing is."""
        if not self.may_be_empty and (value is None or value == ""):
            return "không được để trống"
        if self.type is object:
            return ""
        if type(value) is not self.type or (isinstance(value, int) and value < 0):
            return self.words
        return ""


TEXT = Kind(str, "phải là chữ; số và ngày cần đặt trong dấu nháy", may_be_empty=False)
WORDS = Kind(str, "phải là chữ; số và ngày cần đặt trong dấu nháy")
FLAG = Kind(bool, "phải là true hoặc false")
COUNT = Kind(int, "phải là số nguyên không âm")
DAY = Kind(date, "phải là ngày dạng 2025-07-01")
UNKNOWN_KEY = "khóa không biết"
ANY = Kind(object, "")
"""For what the reader of the file checks itself."""


def misfits(value: Any, shape: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """(place, what is wrong) of everything that does not fit: `units[1].code`; the file itself is ""."""
    if isinstance(shape, Kind):
        if what := shape.misfit(value):
            yield place, what
    elif isinstance(shape, list):
        yield from _of_list(value, shape[0], place)
    elif not isinstance(value, dict):
        yield place, "phải là một bảng khóa và giá trị"
    elif ... in shape:
        yield from _of_any(value, shape[...], place)
    else:
        yield from _of_table(value, shape, place)


def _of_list(value: Any, inner: Any, place: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield place, "phải là một danh sách"
        return
    for number, item in enumerate(value):
        yield from misfits(item, inner, f"{place}[{number}]")


def _of_any(value: dict[Any, Any], inner: Any, place: str) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        if not isinstance(key, str):
            yield _below(place, key), "khóa phải là chữ"
        yield from misfits(item, inner, _below(place, key))


def _of_table(value: dict[Any, Any], shape: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    known = {key.removesuffix("?") for key in shape}
    yield from ((_below(place, key), UNKNOWN_KEY) for key in value if key not in known)
    for key, inner in shape.items():
        name = key.removesuffix("?")
        if name != key and value.get(name) is None:
            continue
        if name not in value:
            yield _below(place, name), "không được để trống"
        else:
            yield from misfits(value[name], inner, _below(place, name))


def _below(place: str, key: Any) -> str:
    return f"{place}.{key}" if place else str(key)
