"""Whose devices are due within a year: the yearly list that the facility sends for approval (NĐ 131/2021 Điều 90)."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.devices import catalogue, queries
from ansinh.clinical.devices.queries import DueLine
from ansinh.clinical.devices.views.showing import travel_words
from ansinh.clinical.devices.views.workshop import workshop_tabs
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.wards.views import facility_of
from ansinh.kernel import clock
from ansinh.kernel.text import format_date
from ansinh.ui.tables import Column, Link, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def year_of(request: HttpRequest) -> int:
    """The year of the address (`?nam=`), this one otherwise."""
    asked, this = request.GET.get("nam", ""), clock.today().year
    return int(asked) if asked.isdecimal() and this - 10 <= int(asked) <= this + 10 else this


@requires("device.open")
def devices_due(request: HttpRequest) -> HttpResponse:
    """GET /dung-cu/den-nien-han/?nam=&km= – the list, with what the law gives for the way."""
    context, facility, year = context_of(request), facility_of(request), year_of(request)
    lines = queries.due_in(context, facility, year, language())
    here = reverse("devices_due")
    km = request.GET.get("km", "")
    values = {
        "pages": workshop_tabs("devices_due") if context.has("workshop.work") else [],
        "years": [(str(one), f"{here}?nam={one}", one == year) for one in range(year - 1, year + 3)],
        "year": year,
        "table": _table(lines, year),
        "count": len(lines),
        "csv_url": f"{reverse('devices_due_csv')}?nam={year}",
        "terms": catalogue.terms(),
        "km": km if km.isdecimal() else "",
        "travel": travel_words(int(km)) if km.isdecimal() and len(km) < 6 else "",
    }
    return render(request, "devices/due.html", values)


def _table(lines: list[DueLine], year: int) -> Table:
    today = clock.today().isoformat()
    rows = [
        {
            "name": Link(line.name, reverse("device", args=[line.person, line.request])) if line.request else line.name,
            "birth": format_date(line.birth),
            "groups": line.groups,
            "words": line.words,
            "given": format_date(line.given),
            "due": format_date(line.due),
            "source": line.source,
            "payer": line.payer,
            "_tone": "warn" if line.due < today else "",
        }
        for line in lines
    ]
    caption = _("Người đến niên hạn trong năm %(year)s") % {"year": year}
    return Table(_columns(), rows, caption=caption, empty=_("Không có ai đến niên hạn trong năm này."))


def _columns() -> list[Column]:
    return [
        Column("name", _("Họ và tên"), "link", header=True),
        Column("birth", _("Ngày sinh")),
        Column("groups", _("Nhóm đối tượng")),
        Column("words", _("Dụng cụ")),
        Column("given", _("Cấp ngày")),
        Column("due", _("Đến niên hạn")),
        Column("source", _("Căn cứ")),
        Column("payer", _("Nguồn chi trả chính")),
    ]


@requires("device.open")
def devices_due_csv(request: HttpRequest) -> HttpResponse:
    """GET /dung-cu/den-nien-han/tep/?nam= – the same list as a file for spreadsheets."""
    year = year_of(request)
    lines = queries.due_in(context_of(request), facility_of(request), year, language())
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(_csv_rows(lines))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="den-nien-han-{year}.csv"'
    return answer


def _csv_rows(lines: list[DueLine]) -> Iterator[list[Any]]:
    yield [_("Số thứ tự"), *(column.label for column in _columns())]
    for number, line in enumerate(lines, 1):
        cells = (
            line.name, format_date(line.birth), line.groups, line.words, format_date(line.given),
            format_date(line.due), line.source, line.payer,
        )  # fmt: skip
        yield [number, *map(_plain_cell, cells)]


def _plain_cell(text: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
