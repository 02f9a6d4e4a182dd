"""JSON that keeps what was written: decimals stay decimals with their digits, keys keep their order."""

import json
from decimal import Decimal
from typing import Any

import msgspec

from ansinh.kernel.errors import Malformed


def _plain(value: Any) -> str:
    """A kind of str (a translatable phrase, a safe string) is written as the text it is."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"JSON cannot hold {type(value).__name__}")


_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=_plain)


def loads(data: bytes | str) -> Any:
    """Read JSON; a number with a point or an exponent becomes a `Decimal` with the digits as written.

    Raises `Malformed` for what is not JSON or not UTF-8. The message carries the byte, never the content.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ArithmeticError) as error:
        raise Malformed(f"Nội dung gửi đến không phải là JSON hợp lệ{_where(error)}.", code="json") from error


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
    """True when objects and lists nest more than `levels` deep; looks level by level, so that depth costs no stack."""
    level = [value]
    for _ in range(levels):
        level = [
            below
            for item in level
            for below in (item.values() if isinstance(item, dict) else item)
            if isinstance(below, dict | list)
        ]
        if not level:
            return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _Twice


def _where(error: Exception) -> str:
    text = str(error)
    position = text.rsplit("(byte ", 1)[-1].rstrip(")") if "(byte " in text else ""
    return f" (byte thứ {position})" if position.isdecimal() else ""
