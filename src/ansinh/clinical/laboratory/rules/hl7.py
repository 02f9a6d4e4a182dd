"""HL7 v2 → messages and segments. Pure.

Delimiters are those that the message declares; fields are parted first, escapes are undone afterwards (HL7 v2.5.1,
chapter 2). A place is written «OBX[2]-5»: fifth field of the second OBX of its message.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ansinh.clinical.laboratory.rules.reading import Findings, text_of
from ansinh.kernel.errors import Invalid
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc

_FRAME = re.compile(rb"[\x0b\x1c]")
_CHARSETS = {"": "utf-8", "UNICODE UTF-8": "utf-8", "UNICODE": "utf-8", "UTF-8": "utf-8", "ASCII": "utf-8",
             "8859/1": "latin-1"}  # fmt: skip
_WRAPPING = ("FHS", "BHS", "BTS", "FTS")


@dataclass(frozen=True, slots=True)
class Signs:
    """The delimiters of a message, as its MSH declares them."""

    parts: str = "|"
    components: str = "^"
    repeats: str = "~"
    escape: str = "\\"
    inner: str = "&"


@dataclass(frozen=True, slots=True)
class Segment:
    """One line. number: which of its name within the message, from 1; fields[0] is its name, as HL7 counts."""

    name: str
    number: int
    fields: tuple[str, ...]
    signs: Signs

    def place(self, index: int) -> str:
        """`OBX[2]-5`."""
        return f"{self.name}[{self.number}]-{index}"

    def raw(self, index: int) -> str:
        """A field as it stands, "" when it is not there; two quotes say that it is empty."""
        text = self.fields[index] if index < len(self.fields) else ""
        return "" if text == '""' else text

    def texts(self, index: int) -> list[str]:
        """Each repeat of a field that is plain text."""
        return [self.plain(part) for part in self.raw(index).split(self.signs.repeats) if part]

    def text(self, index: int, component: int = 1) -> str:
        """A component of the first repeat of a field, without escapes, NFC."""
        first = self.raw(index).split(self.signs.repeats)[0]
        return self.component(first, component)

    def component(self, text: str, number: int) -> str:
        """A component of one repeat."""
        parts = text.split(self.signs.components)
        return nfc(self.plain(parts[number - 1])) if number <= len(parts) else ""

    def plain(self, text: str) -> str:
        """The text with its escapes undone: \\F\\ \\S\\ \\T\\ \\R\\ \\E\\ \\.br\\ \\Xhh\\; highlighting is left out."""
        escape = re.escape(self.signs.escape)
        return re.sub(f"{escape}([^{escape}\r\n]*){escape}", self._unescaped, text) if self.signs.escape else text

    def _unescaped(self, found: re.Match[str]) -> str:
        said, signs = found[1], self.signs
        known = {"F": signs.parts, "S": signs.components, "T": signs.inner, "R": signs.repeats, "E": signs.escape,
                 ".br": "\n", "H": "", "N": ""}  # fmt: skip
        if said in known:
            return known[said]
        if said[:1] == "X" and len(said) % 2 and re.fullmatch("X[0-9A-Fa-f]+", said):
            return bytes.fromhex(said[1:]).decode("utf-8", errors="replace")
        return found[0]


@dataclass(slots=True)
class Message:
    """The segments of one message; each OBR with the segments that follow it."""

    head: Segment
    segments: list[Segment] = field(default_factory=list)

    def named(self, name: str) -> list[Segment]:
        return [segment for segment in self.segments if segment.name == name]


def messages(data: bytes, found: Findings) -> list[Message]:
    """The messages of a file; what is wrong with their lines goes to `found`. Raises Invalid for unreadable letters."""
    return list(_messages(_lines(_unframed(data)), found))


def _unframed(data: bytes) -> bytes:
    """Without the frame of the lower-layer protocol that a capture may have kept."""
    return _FRAME.sub(b"\r", data)


def _lines(data: bytes) -> list[str]:
    charset = _charset(data)
    return [line for line in re.split("\r\n|\r|\n", text_of(data, charset)) if line.strip()]


def _charset(data: bytes) -> str:
    """What MSH-18 of the first message says; the letters of a file are the same from end to end."""
    start = data.find(b"MSH")
    first = re.split(rb"[\r\n]", data[start:], maxsplit=1)[0] if start >= 0 else b""
    fields = first.split(first[3:4]) if len(first) > 3 else []
    told = fields[17].decode("ascii", "replace").split("~")[0].strip().upper() if len(fields) > 17 else ""
    if told not in _CHARSETS:
        words = phrase(
            "Đoạn MSH, trường 18: bộ chữ «%(charset)s» không đọc được; dùng UNICODE UTF-8.", charset=told[:40]
        )
        raise Invalid(words, code="hl7-charset", field="file")
    return _CHARSETS[told]


def _messages(lines: list[str], found: Findings) -> Iterator[Message]:
    message: Message | None = None
    counts: dict[str, int] = {}
    for line in lines:
        if line.startswith("MSH"):
            if message is not None:
                yield message
            head = _head(line, found)
            message, counts = (Message(head) if head else None), {}
            if message is None:
                return
            continue
        name = line[:3]
        if name in _WRAPPING:
            continue
        if message is None:
            told = phrase("Dòng đầu phải là đoạn MSH, ở đây là «%(name)s».", name=name)
            found.add(told, "MSH", "hl7-start", "structure")
            return
        counts[name] = counts.get(name, 0) + 1
        signs = message.head.signs
        if not re.fullmatch("[A-Z][A-Z0-9]{2}", name) or line[3:4] not in ("", signs.parts):
            words = phrase("Đoạn thứ %(number)s của bản tin không đọc được.", number=len(message.segments) + 2)
            found.add(words, name, "hl7-segment", "structure")
            return
        message.segments.append(Segment(name, counts[name], tuple(line.split(signs.parts)), signs))
    if message is not None:
        yield message


def _head(line: str, found: Findings) -> Segment | None:
    """MSH: its fourth character parts fields, the next four are the other signs; field 1 is that character itself."""
    parts = line[3:4]
    encoding = line[4:].split(parts)[0] if parts else ""
    if not parts or parts.isalnum() or len(encoding) < 4 or len(set(parts + encoding[:4])) < 5:
        found.add(phrase("Đoạn MSH, trường 2: ký tự phân cách không đúng chuẩn."), "MSH-2", "hl7-signs", "structure")
        return None
    signs = Signs(parts, *encoding[:4])
    fields = line.split(parts)
    return Segment("MSH", 1, ("MSH", parts, *fields[1:]), signs)
