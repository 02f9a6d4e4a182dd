"""Cuts FHIRPath text into tokens."""

import re
from typing import NamedTuple

from ansinh.fhir.path.errors import PathError

_CLOCK = r"\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_ZONE = r"(?:Z|[+-]\d{2}:\d{2})?"
_TOKEN = re.compile(
    rf"""
    (?P<space>(?:\s|//[^\n\r]*|/\*.*?\*/)+)
  | (?P<datetime>@\d{{4}}(?:-\d{{2}}(?:-\d{{2}})?)?T(?:{_CLOCK}{_ZONE})?)
  | (?P<date>@\d{{4}}(?:-\d{{2}}(?:-\d{{2}})?)?)
  | (?P<time>@T{_CLOCK}(?P<wrong_zone>Z|[+-]\d{{2}}:\d{{2}})?)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<quoted>`(?:[^`\\]|\\.)*`)
  | (?P<special>\$(?:this|index|total)\b)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<operator><=|>=|!=|!~|[-+*/&|<>=~.,()\[\]{{}}%])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class Token(NamedTuple):
    """kind: name | quoted | string | number | date | datetime | time | special | operator | end."""

    kind: str
    text: str
    position: int


def tokenize(expression: str) -> list[Token]:
    """All tokens without spaces and comments, closed by an `end` token. Raises PathError."""
    tokens = []
    position = 0
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None or match["wrong_zone"]:
            raise PathError(f"không đọc được ký tự thứ {position + 1}.", code="syntax", expression=expression)
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(Token(kind, match.group(), position))
        position = match.end()
    tokens.append(Token("end", "", position))
    return tokens


def unquote(text: str) -> str:
    """The content of a 'string' or a `name`, escapes resolved."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _escaped(match[2]), text[1:-1])


def _escaped(char: str) -> str:
    return _ESCAPES.get(char, char)
