"""JSON that keeps what was written: decimals stay decimals with their digits, keys keep their order."""

import json
import re
from decimal import Decimal
from itertools import chain
from typing import Any, Self
from unicodedata import is_normalized, normalize

import msgspec

from ansinh.kernel.errors import Malformed


class Written(Decimal):
    """A number that stands otherwise than Python writes it (`1e2`, `1e-7`, `0.0000001`, `-0`); text: as it stood."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.text,)


def _number(text: str) -> Decimal:
    value = Decimal(text)
    return value if str(value) == text else Written(text)


def _whole(text: str) -> int | Decimal:
    return Written(text) if text == "-0" else int(text)


def _plain(value: Any) -> str | msgspec.Raw:
    """A kind of str (a translatable phrase, a safe string) is written as the text it is; so is a number."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Decimal):
        return msgspec.Raw(str(getattr(value, "text", value)).encode())
    raise TypeError(f"JSON cannot hold {type(value).__name__}")


_decoder = msgspec.json.Decoder(float_hook=_number)
_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=_plain)
_BYTE = re.compile(r"\(byte (\d+)\)")
_MINUS_ZERO = re.compile(rb"-0\s*[,}\]]|-0\s*\Z")


class NotJson(Malformed):
    """What was sent is no JSON. place: (line, column) where reading stopped, both from 1; None where it is unknown."""

    def __init__(self, message: str, place: tuple[int, int] | None = None, code: str = "json"):
        super().__init__(message, code=code)
        self.place = place


def loads(data: bytes | str) -> Any:
    """Read JSON; a number with a point or an exponent, and `-0`, becomes a `Decimal` that `dumps` writes as it stood.

    Raises `NotJson` for what is not JSON or not UTF-8. The message carries the line and column, never the content.
    """
    try:
        value = _decoder.decode(data)
        return value if _MINUS_ZERO.search(_bytes(data)) is None else _with_minus_zero(data)
    except RecursionError as error:
        raise NotJson("Nội dung gửi đến không phải là JSON hợp lệ: lồng nhau quá sâu.", code="too-deep") from error
    except (msgspec.DecodeError, UnicodeError, ArithmeticError) as error:
        place = _place(data, _stop(data, error))
        raise NotJson(f"Nội dung gửi đến không phải là JSON hợp lệ{_where(place)}.", place) from error


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _with_minus_zero(data: bytes | str) -> Any:
    """Read again what has been read: the fast reader takes the sign from a zero that is a whole number."""
    return json.loads(_bytes(data), parse_int=_whole, parse_float=_number)


def dumps(value: Any) -> bytes:
    """Write JSON as UTF-8 without spaces; a `Decimal` is written as a number, digit for digit."""
    return _encoder.encode(value)


def has_duplicate_keys(data: bytes, value: Any) -> bool:
    """True when an object of `data` names a key twice; `value` is what `loads(data)` gave, where the last one won.

    Text that is written as we write it cannot have lost a key, so most bodies cost one comparison.
    """
    if msgspec.json.format(data, indent=-1) == dumps(value):
        return False
    try:
        json.loads(data, object_pairs_hook=_once, parse_int=str, parse_float=str)
    except _Twice:
        return True
    return False


class _Twice(Exception):
    pass


def is_deeper(value: Any, levels: int) -> bool:
    """True when objects and lists nest more than `levels` deep; looks level by level, so that depth costs no stack.

    value: as `loads` gives it. Every member of every body passes here, so objects and lists go their own ways.
    """
    objects, lists = ([value], []) if type(value) is dict else ([], [value])
    for _ in range(levels):
        below = [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(lists)]
        objects = [one for one in below if type(one) is dict]
        lists = [one for one in below if type(one) is list]
        if not objects and not lists:
            return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _Twice


def composed(data: bytes, value: Any) -> Any:
    """`value`, which `data` was read into, with every text in NFC: what looks the same is then the same.

    Most bodies are composed already, which one look at their text tells.
    """
    if b"\\u" not in data and is_normalized("NFC", data.decode("utf-8")):
        return value
    return _composed(value)


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, list):
        return [_composed(one) for one in value]
    if isinstance(value, dict):
        return {normalize("NFC", key): _composed(one) for key, one in value.items()}
    return value


def _stop(data: bytes | str, error: Exception) -> int | None:
    """The byte at which reading stopped."""
    if match := _BYTE.search(text := str(error)):
        return int(match[1]) - ("trailing characters" in text)  # these are counted when they have been read
    if isinstance(error, UnicodeError):
        return _first_wrong_byte(data)
    return len(data) if "truncated" in str(error) else None


def _first_wrong_byte(data: bytes | str) -> int | None:
    try:
        data.encode() if isinstance(data, str) else data.decode()
    except UnicodeError as error:
        return error.start if isinstance(error, UnicodeDecodeError) else None
    return None


def _place(data: bytes | str, offset: int | None) -> tuple[int, int] | None:
    """Line and column, counted in characters, of a byte."""
    if offset is None:
        return None
    before = (data.encode("utf-8", "replace") if isinstance(data, str) else data)[:offset].decode("utf-8", "replace")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _where(place: tuple[int, int] | None) -> str:
    return f" (dòng {place[0]}, cột {place[1]})" if place else ""
