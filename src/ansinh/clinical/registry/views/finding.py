"""The list of people, and the lists behind comboboxes."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import presenting, queries
from ansinh.clinical.registry.forms import FindForm, commune_name
from ansinh.clinical.registry.views import searches
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.fhir.terminology import admin_units
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.ui.tables import Column, Link, Paging, Table, Tag


@requires("person.open")
def people(request: HttpRequest) -> HttpResponse:
    """GET /nguoi/ – people within reach, narrowed by facility, group and stay; POST – searched by name or number."""
    context = context_of(request)
    facilities = queries.facility_choices(context, language())
    given = request.POST if request.method == "POST" else {**request.GET.dict(), "q": searches.recall(request)}
    form = FindForm(given, facilities=facilities)
    form.is_valid()
    words = form.cleaned_data.get("q", "")
    wanted = {name: form.cleaned_data.get(name, "") for name in ("facility", "group", "stay")}
    if request.method == "POST":
        if only := _only_one(context, words, wanted):
            return redirect(reverse("person", args=[only]) + "#lam")  # the caret at what is done for them
        return redirect(reverse("people") + searches.address(request, words, wanted))
    page = queries.find_people(context, words, _page(request), language=language(), **wanted)
    values = {
        "form": form,
        "page": page,
        "table": _table(page, with_facility=len(facilities) > 1),
        "paging": _paging(request, page),
        "narrowed": any(wanted.values()) or bool(words),
        "may_register": context.has("person.register"),
    }
    return render(request, "registry/people.html", values)


def _only_one(context: Context, words: str, wanted: dict[str, str]) -> str:
    """Id of the person whose number was typed, when it is nobody else's; "" otherwise. Names always give the list."""
    if not any(char.isdigit() for char in words):
        return ""
    rows = queries.find_people(context, words, 1, **wanted).rows
    return rows[0].id if len(rows) == 1 else ""


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _table(page: queries.PeoplePage, *, with_facility: bool) -> Table:
    today = clock.today()
    columns = [
        Column("name", _("Họ và tên"), "link", header=True),
        Column("gender", _("Giới tính")),
        Column("birth", _("Ngày sinh")),
        *([Column("facility", _("Cơ sở"))] if with_facility else []),
        Column("groups", _("Nhóm đối tượng")),
        Column("kind", _("Diện tiếp nhận")),
        Column("stay", _("Tình trạng"), "tag"),
    ]
    rows = [_row(row, today) for row in page.rows]
    return Table(columns, rows, caption=_("Danh sách người được chăm sóc"), caption_hidden=True)


def _row(row: queries.PersonRow, today: Any) -> dict[str, Any]:
    return {
        "name": Link(row.name, reverse("person", args=[row.id])),
        "gender": presenting.gender_word(row.gender),
        "birth": presenting.birth_words(row.birth, today),
        "facility": row.facility or None,
        "groups": "; ".join(row.groups) or None,
        "kind": row.stay or None,
        "stay": Tag(_("Đang ở"), "good") if row.stay else Tag(_("Không ở")),
    }


def _paging(request: HttpRequest, page: queries.PeoplePage) -> Paging:
    def url(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return "?" + query.urlencode()

    first = (page.page - 1) * queries.PAGE + 1
    words = {"first": first, "last": first + len(page.rows) - 1, "total": page.total}
    return Paging(
        previous=url(page.page - 1) if page.page > 1 else None,
        next=url(page.page + 1) if page.page < page.pages else None,
        shown=_("%(first)d–%(last)d trong %(total)d người") % words if page.rows else "",
    )


@requires("person.open")
def communes(request: HttpRequest) -> JsonResponse:
    """GET /nguoi/xa/?q= – today's communes by part of their name, for the combobox."""
    text = request.GET.get("q", "")[:60]
    found: Sequence[Any] = [unit for unit in admin_units.find(text, limit=40) if unit.parent][:20]
    results = [{"code": unit.code, "display": commune_name(unit.code)} for unit in found]
    return JsonResponse({"results": results})
