"""The work list as the home page draws it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ansinh.clinical.wards import actions as ward_actions
from ansinh.clinical.wards import queries as wards
from ansinh.clinical.worklist import queries
from ansinh.clinical.worklist.queries import Filters, Work, WorkPage
from ansinh.kernel.context import Context
from ansinh.kernel.text import format_date
from ansinh.ui.tables import Paging
from ansinh.ui.templatetags.ui import status_tag

KEPT = "home"


@dataclass(frozen=True, slots=True)
class WorkPart:
    """The part of a page that shows the work list. ward_tabs, kinds: (words, address, current[, count])."""

    rows: list[dict[str, Any]]
    total: int
    ward_tabs: list[tuple[str, str, bool]]
    kinds: list[dict[str, Any]]
    paging: Paging
    by_room: bool


def chosen(context: Context, asked: dict[str, str]) -> Filters:
    """The filters of the address (`khoa`, `viec`); without them those that this account left the last time."""
    if "khoa" in asked or "viec" in asked:
        filters = Filters(asked.get("khoa", "")[:64], asked.get("viec", "")[:40])
        ward_actions.keep_choice(context, KEPT, {"ward": filters.ward, "kind": filters.kind})
        return filters
    kept = wards.kept_choice(context, KEPT)
    return Filters(kept.get("ward", ""), kept.get("kind", ""))


def work_part(context: Context, facility: str, asked: dict[str, str], here: str, language: str) -> WorkPart:
    """What is due, with the tabs and chips that narrow it. here: the page's own address."""
    filters, number = chosen(context, asked), asked.get("trang", "1")
    page = queries.work(context, facility, filters, int(number) if number.isdecimal() and len(number) < 5 else 1)
    if filters.ward and page.places.ward(filters.ward) is None:  # closed since it was chosen
        filters = Filters("", filters.kind)
        page = queries.work(context, facility, filters)
    return WorkPart(
        rows=_rows(page, language, grouped=bool(filters.ward)),
        total=page.total,
        ward_tabs=_wards(page, filters, here),
        kinds=_kinds(page, filters, here, language),
        paging=_paging(page, filters, here),
        by_room=bool(filters.ward),
    )


def _rows(page: WorkPage, language: str, *, grouped: bool) -> list[dict[str, Any]]:
    """One line each; within a ward a line says its place only where the place changes."""
    rows, before, marks = [], None, _marks()
    for work in page.works:
        place = work.place or _("Chưa có giường")
        rows.append(
            {
                "work": work,
                "title": work.title(language),
                "button": work.source.button_words(language),
                "url": _address(work),
                "person": reverse("person", args=[work.person]),
                "due": format_date(work.due),
                "mark": marks.get(work.tone, ""),
                "place": "" if grouped and place == before else place,
            }
        )
        before = place
    return rows


def _marks() -> dict[str, SafeString]:
    """How pressing, as a tag; made once for all lines."""
    return {"bad": status_tag(_("Gấp"), "bad"), "warn": status_tag(_("Quá hạn"), "warn")}


def _address(work: Work) -> str:
    try:
        return reverse(work.source.action, args=[work.target])
    except NoReverseMatch:
        return reverse("person", args=[work.person])


def _wards(page: WorkPage, filters: Filters, here: str) -> list[tuple[str, str, bool]]:
    if not page.places.wards:
        return []
    everyone = [(_("Cả cơ sở"), _to(here, Filters("", filters.kind)), not filters.ward)]
    return everyone + [
        (ward.name, _to(here, Filters(ward.id, filters.kind)), ward.id == filters.ward) for ward in page.places.wards
    ]


def _kinds(page: WorkPage, filters: Filters, here: str, language: str) -> list[dict[str, Any]]:
    every = {
        "words": _("Tất cả việc"),
        "count": sum(page.counts.values()),
        "more": bool(page.cut),
        "url": _to(here, Filters(filters.ward, "")),
        "current": not filters.kind,
    }
    return [every] + [
        {
            "words": source.words(language),
            "count": page.counts[source.id],
            "more": source.id in page.cut,
            "url": _to(here, Filters(filters.ward, source.id)),
            "current": source.id == filters.kind,
        }
        for source in page.sources
        if page.counts.get(source.id) or source.id == filters.kind
    ]


def _to(here: str, filters: Filters, page: int = 1) -> str:
    query = {"khoa": filters.ward, "viec": filters.kind} | ({"trang": str(page)} if page > 1 else {})
    return f"{here}?{urlencode(query)}#viec"


def _paging(page: WorkPage, filters: Filters, here: str) -> Paging:
    first = (page.page - 1) * queries.PAGE + 1
    words = {"first": first, "last": first + len(page.works) - 1, "total": page.total}
    return Paging(
        previous=_to(here, filters, page.page - 1) if page.page > 1 else None,
        next=_to(here, filters, page.page + 1) if page.page < page.pages else None,
        shown=_("%(first)d–%(last)d trong %(total)d việc") % words if page.works else "",
    )
