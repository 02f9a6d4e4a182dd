"""What a printed document holds, without its looks. Plain data; widths in shares of the line, sizes in millimetres."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Align = Literal["left", "center", "right"]
Tone = Literal["plain", "warn"]


@dataclass(frozen=True, slots=True)
class Run:
    """A few words in one style; `break_after` ends the line."""

    text: str
    bold: bool = False
    italic: bool = False
    break_after: bool = False


Text = str | Sequence[Run]


@dataclass(frozen=True, slots=True)
class Heading:
    """level 1–3; stands in the table of contents and in the bookmarks. outlined: False for a heading of a form."""

    level: Literal[1, 2, 3]
    text: str
    outlined: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Body text. indent: first line in by 1 cm, as official documents have it; keep: on one page with what follows."""

    text: Text
    align: Literal["justify", "left", "center", "right"] = "justify"
    indent: bool = False
    small: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what stands behind them, one a line; for screen readers a list of terms."""

    rows: Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class Column:
    """title: "" for all columns leaves the head out. share: its part of the line."""

    title: str
    share: float = 1
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table; its head repeats on each page. A row of one cell spans the table as a subheading."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """data: PNG, JPEG or SVG. alt: what it shows, in words; never "". width: millimetres."""

    data: bytes
    kind: Literal["png", "jpg", "svg"]
    alt: str
    width: float = 80
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The two columns at the head of an official document, each line in its own style; a rule under the last, and
    below the rule number on the left, place and date on the right."""

    left: Sequence[Run]
    right: Sequence[Run]
    below_left: Text = ""
    below_right: Text = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One place to sign: lines above (capacity), what proves the signature, the name below."""

    capacity: Sequence[str]
    name: str = ""
    proof: Sequence[str] = ()
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """One to three places side by side, never torn from each other by a page's end."""

    places: Sequence[Signature]
    aside: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A box that is not overlooked: a draft, an amendment, an entry in error."""

    title: str
    lines: Sequence[Text]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Contents:
    """Table of contents with page numbers, to headings of level 1 and 2."""

    title: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A new page. landscape: how the pages from here on lie; None leaves it. restart: its pages count from 1."""

    landscape: bool | None = None
    restart: bool = False


Block = (
    Heading | Paragraph | Facts | Table | Picture | Letterhead | Signatures | Notice | Contents | PageBreak
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file carried within the PDF (PDF/A-3): the record as FHIR beside the record as people read it."""

    name: str
    text: str
    media: str
    description: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    title, language: what readers and archives are told. header, footer: small lines on every page; `{page}` and
    `{pages}` stand for numbers. created: aware; the only date in the file. stamp: large and pale across each page
    (`DỰ THẢO`), "" for none. top_number: the page's number in the top margin from the second page on, as decree
    30/2020 wants it.
    """

    title: str
    blocks: Sequence[Block]
    created: datetime
    language: str = "vi"
    subject: str = ""
    author: str = ""
    header: str = ""
    footer: str = "{page}/{pages}"
    stamp: str = ""
    top_number: bool = False
    size: Literal["a4", "a5"] = "a4"
    points: float = 13
    attachments: Sequence[Attachment] = ()
