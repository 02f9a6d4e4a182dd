"""From a document to the bytes of its PDF."""

from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from ansinh.kernel.errors import UserError
from ansinh.kernel.phrases import phrase
from ansinh.paper.coverage import FONTS
from ansinh.paper.encoding import encode
from ansinh.paper.model import Document

STANDARDS = ["a-3a"]
"""PDF/A-3, level a: fonts embedded, every text with its meaning and its Unicode, attachments of any kind."""

_HERE = Path(__file__).parent
_PAGE = "page.typ"


class Unprintable(UserError):
    """The document cannot be set: a picture that is none, a letter that no font of ours has."""

    status = 422


def render(document: Document) -> bytes:
    """The PDF. Raises Unprintable for a picture or an attachment that cannot be read.

    About 8 ms of CPU for three pages, 0.5 s for 134 with tables; the first one of a process reads the faces (0.1 s).
    """
    import typst

    page, files = encode(document)
    try:
        found = typst.compile(  # type: ignore[call-overload]
            {"main": _template(), "page.json": _json(page), **files},
            font_paths=_fonts(),
            format="pdf",
            timestamp=_stamp(document.created),
            root=FONTS,
            pdf_standards=STANDARDS,
        )
    except RuntimeError as error:
        raise _refusal(error) from None
    assert isinstance(found, bytes)
    return found if found.endswith(b"\n") else found + b"\n"  # what is added later, a signature, begins on a line


def _stamp(moment: datetime) -> datetime:
    """Whole seconds in a zone of a fixed offset: what the file's metadata can hold."""
    return moment.astimezone(timezone(moment.utcoffset() or timedelta())).replace(microsecond=0)


def _json(page: dict[str, Any]) -> bytes:
    import msgspec

    return msgspec.json.encode(page)


@cache
def _template() -> bytes:
    return (_HERE / _PAGE).read_bytes()


@cache
def _fonts() -> Any:
    """Our four faces, read once in the life of the process; those of the system are never looked at."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _refusal(error: Exception) -> Unprintable:
    """In words; the text of the typesetter may quote the document, so it is kept out."""
    said = str(error)
    if any(word in said for word in ("decode", "image", "UTF-8", "SVG")):
        return Unprintable(phrase("Hình trong tài liệu không đọc được. Hãy thay hình rồi in lại."), code="picture")
    return Unprintable(phrase("Không dàn trang được tài liệu này."), code="unprintable")
