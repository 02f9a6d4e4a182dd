"""The form of FHIR's primitive values. Each check says whether the JSON value is one of its type.

The patterns are those of FHIR R4; dates must also be in the calendar, base64 and whole numbers are checked without
a pattern because the published ones are slow or not strict enough.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any

from ansinh.fhir.model import dates
from ansinh.fhir.validation.narrative import is_narrative

_CODE = re.compile(r"[^\s]+(?:\s[^\s]+)*")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_URI = re.compile(r"\S+")
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BASE64 = re.compile(r"[0-9A-Za-z+/]*={0,2}")
_SPACE = re.compile(r"\s+")
_LONGEST = 1024 * 1024
_LAST_INTEGER = 2**31 - 1
_MOST_DIGITS, _LEAST_EXPONENT = 308, -307  # what every normal double holds
_FIRST_INFINITE = 10**_MOST_DIGITS


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    match = pattern.fullmatch
    return lambda value: value.__class__ is str and match(value) is not None


def _is_string(value: Any) -> bool:
    return value.__class__ is str and 0 < len(value) <= _LONGEST and _CONTROL.search(value) is None


def _is_integer(low: int) -> Callable[[Any], bool]:
    return lambda value: value.__class__ is int and low <= value <= _LAST_INTEGER


def _is_decimal(value: Any) -> bool:
    """A number that other programs can read as well: what a double would make infinite or nothing is refused."""
    if value.__class__ is int:
        return -_FIRST_INFINITE < value < _FIRST_INFINITE
    if isinstance(value, Decimal):
        return value.is_finite() and (not value or _LEAST_EXPONENT <= value.adjusted() < _MOST_DIGITS)
    return value.__class__ is float and isfinite(value)


def _is_base64(value: Any) -> bool:
    if value.__class__ is not str or not value:
        return False
    packed = _SPACE.sub("", value)
    return len(packed) % 4 == 0 and bool(packed) and _BASE64.fullmatch(packed) is not None


CHECKS: dict[str, Callable[[Any], bool]] = {
    "base64Binary": _is_base64,
    "boolean": lambda value: value.__class__ is bool,
    "canonical": _matches(_URI),
    "code": _matches(_CODE),
    "date": dates.is_valid_date,
    "dateTime": dates.is_valid_datetime,
    "decimal": _is_decimal,
    "id": _matches(_ID),
    "instant": dates.is_valid_instant,
    "integer": _is_integer(-(2**31)),
    "markdown": _is_string,
    "oid": _matches(_OID),
    "positiveInt": _is_integer(1),
    "string": _is_string,
    "time": dates.is_valid_time,
    "unsignedInt": _is_integer(0),
    "uri": _matches(_URI),
    "url": _matches(_URI),
    "uuid": _matches(_UUID),
    "xhtml": is_narrative,
}

EXPECTED: dict[str, str] = {
    "base64Binary": "dữ liệu base64",
    "boolean": "true hoặc false",
    "canonical": "địa chỉ định danh không có dấu cách",
    "code": "mã không có dấu cách ở đầu, cuối hoặc hai dấu cách liền nhau",
    "date": "ngày có thật, dạng 2025, 2025-07 hoặc 2025-07-01",
    "dateTime": "thời điểm có thật, dạng 2025-07-01 hoặc 2025-07-01T08:30:00+07:00",
    "decimal": "số thập phân, nhiều nhất 308 chữ số trước dấu phẩy",
    "id": "mã gồm chữ không dấu, số, dấu gạch ngang, dấu chấm, tối đa 64 ký tự",
    "instant": "thời điểm đủ giờ, phút, giây và múi giờ",
    "integer": "số nguyên",
    "markdown": "chữ không để trống",
    "oid": "mã dạng urn:oid:…",
    "positiveInt": "số nguyên từ 1 trở lên",
    "string": "chữ không để trống",
    "time": "giờ dạng 08:30:00",
    "unsignedInt": "số nguyên từ 0 trở lên",
    "uri": "địa chỉ không có dấu cách",
    "url": "địa chỉ không có dấu cách",
    "uuid": "mã dạng urn:uuid:… chữ thường",
    "xhtml": "đoạn XHTML trong một thẻ div, không có mã chạy được",
}
