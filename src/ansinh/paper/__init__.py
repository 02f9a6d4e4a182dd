"""Paper: turns what a document says into a PDF/A file that a person, a printer and a court can read.

    Document (headings, text, facts, tables, pictures, signatures) ─► JSON ─► page.typ ─► PDF/A-3a, tagged ─► bytes

The looks stand once, in `page.typ`; callers say only what a document holds. Nothing touches the disk, no clock and no
system font is asked: the same document gives the same bytes. Who may call: every room above `access`. Why Typst:
docs/adr/0029-typst-for-paper.md. How: docs/records.md.
"""

from ansinh.paper.model import (
    Attachment,
    Block,
    Column,
    Contents,
    Document,
    Facts,
    Heading,
    Letterhead,
    Notice,
    PageBreak,
    Paragraph,
    Picture,
    Run,
    Signature,
    Signatures,
    Table,
    Text,
)
from ansinh.paper.rendering import Unprintable, render

__all__ = [
    "Attachment",
    "Block",
    "Column",
    "Contents",
    "Document",
    "Facts",
    "Heading",
    "Letterhead",
    "Notice",
    "PageBreak",
    "Paragraph",
    "Picture",
    "Run",
    "Signature",
    "Signatures",
    "Table",
    "Text",
    "Unprintable",
    "render",
]
