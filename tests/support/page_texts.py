"""What a page says to people, out of its HTML."""

import re
from html.parser import HTMLParser

VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_SPOKEN = ("aria-label", "aria-description", "alt", "title", "placeholder", "data-confirm", "data-message")
_SILENT = {"script", "style", "template", "textarea"}  # in a textarea stands what somebody typed
_EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    """Collects texts; what is marked lang="vi" is Vietnamese on purpose and left out."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        vietnamese = tag != "html" and given.get("lang") == "vi"
        left_out = tag in _SILENT or vietnamese or (bool(self.open) and self.open[-1][1])
        if not left_out:
            self.pieces += [given[name] or "" for name in _SPOKEN if name in given]
            if tag == "input" and given.get("type") in ("submit", "button"):
                self.pieces.append(given.get("value") or "")
        if tag not in _EMPTY:
            self.open.append((tag, left_out))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1][1]):
            self.pieces.append(data)


def spoken(html: str) -> list[str]:
    """The texts that a reader sees or hears, with single spaces, without empty ones."""
    reader = _Reader()
    reader.feed(html)
    return [text for piece in reader.pieces if (text := " ".join(piece.split()))]
