"""Functions of text."""

import base64
import binascii
import html
import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.functions.registry import Scope, function
from ansinh.fhir.path.scope import integer_of, text_of

Items = list[Any]
_NAMED_GROUP = re.compile(r"\(\?<([A-Za-z]\w*)>")
_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\d+))")


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    """A regular expression in the style that FHIRPath names (PCRE); the dot also matches the end of a line."""
    try:
        return re.compile(_NAMED_GROUP.sub(r"(?P<\1>", text), re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise PathError("biểu thức chính quy không hợp lệ.") from error


def _of_text(name: str, calculate: Callable[[str], Any]) -> None:
    """Declare a function of the text alone; empty gives empty."""

    @function(name)
    def _function(scope: Scope, focus: Items) -> Items:
        text = text_of(focus)
        return [] if text is None else [calculate(text)]


def _of_two_texts(name: str, calculate: Callable[[str, str], Any]) -> None:
    """Declare a function of the text and one text argument; empty on either side gives empty."""

    @function(name, 1)
    def _function(scope: Scope, focus: Items, argument: Items) -> Items:
        text, other = text_of(focus), text_of(argument)
        if text is None or other is None:
            return []
        found = calculate(text, other)
        return [] if found is None else [found]


_of_text("length", len)
_of_text("upper", str.upper)
_of_text("lower", str.lower)
_of_text("trim", str.strip)
_of_two_texts("indexOf", str.find)
_of_two_texts("lastIndexOf", str.rfind)
_of_two_texts("startsWith", str.startswith)
_of_two_texts("endsWith", str.endswith)
_of_two_texts("contains", lambda text, part: part in text)
_of_two_texts("matches", lambda text, pattern: bool(_pattern(pattern).search(text)))
_of_two_texts("matchesFull", lambda text, pattern: bool(_pattern(pattern).fullmatch(text)))


@function("toChars")
def _to_chars(scope: Scope, focus: Items) -> Items:
    return list(text_of(focus) or "")


@function("substring", 1, 2)
def _substring(scope: Scope, focus: Items, start: Items, length: Items | None = None) -> Items:
    text, first = text_of(focus), integer_of(start)
    if text is None or first is None or not 0 <= first < len(text):
        return []
    count = integer_of(length) if length else None
    return [text[first:] if count is None else text[first : first + max(0, count)]]


@function("replace", 2)
def _replace(scope: Scope, focus: Items, pattern: Items, substitute: Items) -> Items:
    text, old, new = text_of(focus), text_of(pattern), text_of(substitute)
    return [] if text is None or old is None or new is None else [text.replace(old, new)]


@function("replaceMatches", 2)
def _replace_matches(scope: Scope, focus: Items, pattern: Items, substitute: Items) -> Items:
    text, old, new = text_of(focus), text_of(pattern), text_of(substitute)
    if text is None or old is None or new is None:
        return []
    if not old:
        return [text]
    try:
        return [_pattern(old).sub(lambda match: _substitute(match, new), text)]
    except (IndexError, re.error) as error:
        raise PathError("chuỗi thay thế gọi một nhóm không có.") from error


def _substitute(match: re.Match[str], template: str) -> str:
    def group(reference: re.Match[str]) -> str:
        key: Any = reference[1] or int(reference[2])
        return match.group(int(key) if str(key).isdecimal() else key) or ""

    return _REFERENCE.sub(group, template)


@function("split", 1)
def _split(scope: Scope, focus: Items, separator: Items) -> Items:
    text, between = text_of(focus), text_of(separator)
    if text is None or between is None:
        return []
    return text.split(between) if between else list(text)


@function("join", 0, 1)
def _join(scope: Scope, focus: Items, separator: Items | None = None) -> Items:
    """Nothing joined is "", as the SQL-on-FHIR suite has it."""
    texts = [text_of([item]) for item in focus]
    return [((text_of(separator) if separator else None) or "").join(text for text in texts if text is not None)]


def _hex_decode(text: str) -> bytes:
    return bytes.fromhex(text)


_ENCODERS: dict[str, Callable[[bytes], str]] = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "urlbase64": lambda data: base64.urlsafe_b64encode(data).decode(),
    "hex": bytes.hex,
}
_DECODERS: dict[str, Callable[[str], bytes]] = {
    "base64": lambda text: base64.b64decode(text, validate=True),
    "urlbase64": lambda text: base64.urlsafe_b64decode(text),
    "hex": _hex_decode,
}


def _encode(text: str, form: str) -> str | None:
    encoder = _ENCODERS.get(form)
    return encoder(text.encode()) if encoder else None


def _decode(text: str, form: str) -> str | None:
    decoder = _DECODERS.get(form)
    try:
        return decoder(text).decode() if decoder else None
    except (ValueError, binascii.Error):
        return None


def _escape(text: str, form: str) -> str | None:
    if form == "html":
        return html.escape(text)
    return json.dumps(text, ensure_ascii=False)[1:-1] if form == "json" else None


def _unescape(text: str, form: str) -> str | None:
    if form == "html":
        return html.unescape(text)
    if form != "json":
        return None
    try:
        return str(json.loads(f'"{text}"', strict=False)) if '"' not in text else text.replace('\\"', '"')
    except ValueError:
        return None


_of_two_texts("encode", _encode)
_of_two_texts("decode", _decode)
_of_two_texts("escape", _escape)
_of_two_texts("unescape", _unescape)
