"""Lists: columns and rows in, one accessible table out; on a phone each row becomes a card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext as _

Kind = Literal["text", "number", "date", "datetime", "link", "tag", "html"]


class Link(NamedTuple):
    """Value of a `link` cell. note: a second, quieter line."""

    text: str
    url: str
    note: str = ""


class Tag(NamedTuple):
    """Value of a `tag` cell; tone as in `{% status_tag %}`."""

    text: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. places: decimals of a number (as many as it has when None). header: names the row."""

    key: str
    label: str
    kind: Kind = "text"
    numeric: bool = False
    places: int | None = None
    header: bool = False

    @property
    def is_numeric(self) -> bool:
        """Numbers stand right-aligned in figures of one width."""
        return self.numeric or self.kind == "number"


@dataclass(frozen=True, slots=True)
class Table:
    """A list for `{% data_table %}`. A value that is missing or None shows as an en dash.

    rows: mappings by column key; the key `_tone` (good|warn|bad) marks a row that needs the eye.
    caption: what the list holds; read out, and shown unless `caption_hidden`. empty: sentence when there are no rows.
    """

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    caption: str = ""
    empty: str = ""
    caption_hidden: bool = False
    dense: bool = False

    def cells(self) -> list[dict[str, Any]]:
        """Rows as the template reads them: (column, value) pairs and the row's tone."""
        return [
            {
                "tone": row.get("_tone", ""),
                "cells": [{"column": column, "value": row.get(column.key)} for column in self.columns],
            }
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Paging:
    """Where a list goes on. shown: a sentence such as "1–50 trong 1.350"."""

    previous: str | None = None
    next: str | None = None
    shown: str = ""
    pages: Sequence[tuple[str, str | None, bool]] = field(default=())


def paging(page: Any, query: Mapping[str, str] | None = None) -> Paging:
    """From a Django page (numbered) to what `{% pagination %}` draws; a Paging passes through."""
    if isinstance(page, Paging):
        return page
    from urllib.parse import urlencode

    def url(number: int) -> str:
        return "?" + urlencode({**(query or {}), "page": number})

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return Paging(
        previous=url(page.previous_page_number()) if page.has_previous() else None,
        next=url(page.next_page_number()) if page.has_next() else None,
        shown=_("%(first)d–%(last)d trong %(total)d")
        % {"first": page.start_index(), "last": page.end_index(), "total": page.paginator.count},
        pages=[
            (str(number), url(number) if isinstance(number, int) else None, number == page.number) for number in numbers
        ],
    )
