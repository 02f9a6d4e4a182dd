"""A document as JSON for `page.typ`, and its attachments as files beside it. Pure.

What callers wrote is data there, never markup: no name and no note can give the typesetter an order.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any

from ansinh.kernel.text import printable
from ansinh.paper.coverage import showable
from ansinh.paper.model import Attachment, Document, Run

Files = dict[str, bytes]


def encode(document: Document) -> tuple[dict[str, Any], Files]:
    """(what the page holds, file name → bytes)."""
    files: Files = {}
    page = {each.name: _plain(getattr(document, each.name), files) for each in fields(document)}
    page["created"] = _moment(document)
    return page, files


def _moment(document: Document) -> dict[str, int]:
    """The day and time in parts, as the clock of the document's own zone shows them."""
    made = document.created
    return {name: getattr(made, name) for name in ("year", "month", "day", "hour", "minute", "second")}


def _plain(value: Any, files: Files) -> Any:
    if isinstance(value, str):
        return showable(printable(value))
    if isinstance(value, Attachment):
        return _carried(value, files)
    if isinstance(value, bytes):
        return list(value)  # the typesetter takes only text from memory
    if is_dataclass(value) and not isinstance(value, type):
        found = {each.name: _plain(getattr(value, each.name), files) for each in fields(value)}
        return {"block": type(value).__name__} | found
    if isinstance(value, Mapping):
        return {key: _plain(one, files) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, files) for one in value]
    return value if isinstance(value, int | float | bool | NoneType) else str(value)


def _carried(value: Attachment, files: Files) -> dict[str, str]:
    """The words of an attachment; its text is a file under a name of ours."""
    file = f"file-{len(files) + 1}"
    files[file] = value.text.encode()
    return {"name": value.name, "media": value.media, "description": value.description, "file": file}


def plain_text(text: str | list[Run] | tuple[Run, ...]) -> str:
    """Styled text as its bare words."""
    return text if isinstance(text, str) else "".join(run.text + ("\n" if run.break_after else "") for run in text)
