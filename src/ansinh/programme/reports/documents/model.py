"""What an official document says, without its looks. Plain data that the writers and the web preview share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Align = Literal["left", "center", "right"]
Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Heading:
    """level 1: `I. CÔNG TÁC…` (capitals, bold); 2: `1. Mục tiêu` (bold); 3: `a) …` (italic bold is not allowed)."""

    level: Literal[1, 2, 3]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of body text."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: title, width in centimetres, alignment of its cells; `places` decimals for numbers."""

    title: str
    width: float
    align: Align = "left"
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table; its header row repeats on each page. A row of one cell is a spanning subheading."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    notes: Sequence[str] = ()


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Agency, number, place and date. `number` and `day` are empty until the clerk enters them."""

    parent: str
    agency: str
    symbol: str
    place: str
    number: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Authority lines above the name (`KT. GIÁM ĐỐC`, `PHÓ GIÁM ĐỐC`), then the name."""

    authority: Sequence[str]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Appendix:
    """`Phụ lục I` on pages of its own, numbered from 1."""

    title: str
    blocks: Sequence[Block]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class OfficialDocument:
    """A named document (`BÁO CÁO`) to superiors."""

    kind: str
    subject: str
    letterhead: Letterhead
    addressed_to: Sequence[str]
    bases: Sequence[str]
    blocks: Sequence[Block]
    signature: Signature
    recipients: Sequence[str]
    appendices: Sequence[Appendix] = ()
    draft: bool = False
    created: date = field(default=date(2000, 1, 1))


def number_line(letterhead: Letterhead) -> str:
    """`Số: 05/BC-SYT`; numbers below 10 are written with a zero, a missing one leaves room."""
    number = f"{letterhead.number:02d}" if letterhead.number is not None else " " * 6
    return f"Số: {number}/{letterhead.symbol}"


def place_and_date(letterhead: Letterhead) -> str:
    """`Ninh Bình, ngày 05 tháng 01 năm 2026`: day below 10 and months 1, 2 with a zero; blank days leave room."""
    if letterhead.day is None:
        return f"{letterhead.place}, ngày      tháng      năm"
    day = letterhead.day
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{letterhead.place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def ended(lines: Sequence[str]) -> list[str]:
    """Lines of a list: each ends with `;`, the last with `.` (bases, addressees, recipients)."""
    bare = [line.rstrip(" .;") for line in lines]
    return [f"{line};" for line in bare[:-1]] + [f"{line}." for line in bare[-1:]]


_ROMAN = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))


def roman(number: int) -> str:
    """1 → I, 4 → IV; appendices and sections."""
    text = ""
    for sign, size in _ROMAN:
        while number >= size:
            text, number = text + sign, number - size
    return text
