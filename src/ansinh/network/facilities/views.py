"""Pages of the register: the tree of a day, one unit, and the administrator's dated changes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import UserError
from ansinh.kernel.text import fold, format_date
from ansinh.network.facilities import actions, forms, handover, panels, queries, rules
from ansinh.network.facilities.queries import Facility, Register, Step
from ansinh.network.facilities.rules import Node
from ansinh.ui import htmx, messages
from ansinh.ui.language import language
from ansinh.ui.tables import Column, Link, Table

SMALL = 5
"""Counts of people below this are not told to readers who may not see people (as in programme.measures)."""


@requires("facility.open")
def facilities(request: HttpRequest) -> HttpResponse:
    """The tree of a day, narrowed by name and kind."""
    form = forms.TreeFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    day = date.fromisoformat(chosen["ngay"]) if chosen.get("ngay") else clock.today()
    known = queries.register(_context(request), language())
    nodes = list(rules.walk(rules.tree_at(known.units, known.relations, day)))
    wanted = [node for node in nodes if _fits(node, chosen)]
    page = {
        "form": form,
        "day": day,
        "is_today": day == clock.today(),
        "table": _tree_table(known, wanted, day, flat=bool(chosen.get("tim") or chosen.get("loai"))),
        "count": len(wanted),
        "can_add": _context(request).has("facility.edit"),
    }
    return render(request, "facilities/tree.html", page)


@requires("facility.open")
def facility(request: HttpRequest, facility_id: str) -> HttpResponse:
    """One unit: who it is, who stood over it and when, whom it followed, what other rooms say of it."""
    form = forms.TreeFilter(request.GET or None)
    valid = form.is_bound and form.is_valid() and form.cleaned_data["ngay"]
    day = date.fromisoformat(form.cleaned_data["ngay"]) if valid else None
    shown = queries.facility(_context(request), facility_id, day, language())
    page = {
        "facility": shown,
        "form": form,
        "facts": _facts(request, shown),
        "authorities": _authority_table(shown),
        "steps": _steps(shown),
        "below": _below_table(shown),
        "panels": panels.panels(_context(request), shown),
        "people": _people(request, shown),
        "changes": _changes(shown) if _context(request).has("facility.edit") and not shown.unit.valid_to else [],
        "handover": handover.standing(_context(request), facility_id) if shown.unit.valid_to else None,
        "can_hand_over": _context(request).has("facility.edit"),
        "unverified": any(not step.relation.verified for step in (*shown.authorities, *shown.successors)),
    }
    return render(request, "facilities/facility.html", page)


@requires("facility.edit")
def facility_new(request: HttpRequest) -> HttpResponse:
    """A new unit."""
    known = queries.register(_context(request), language())
    form = forms.UnitForm(request.POST or None, units=_present(known))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            unit = actions.add_unit(
                _context(request), code=data["code"], name=data["name"], kind=data["kind"], english=data["english"],
                authority=data["authority"], start=form.chosen_day, source=data["source"],
            )  # fmt: skip
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã thêm đơn vị."))
            return htmx.redirect(request, reverse("facility", args=[unit]))
    page = {"form": form, "title": _("Thêm đơn vị"), "back": reverse("facilities"), "button": _("Thêm đơn vị")}
    return render(request, "facilities/change.html", page, status=422 if form.has_errors else 200)


@requires("facility.edit")
def facility_change(request: HttpRequest, facility_id: str, change: str) -> HttpResponse:
    """Move, close, merge or rename a unit, from a day on."""
    if change not in _CHANGES:
        raise Http404
    form_class, title, done, act = _CHANGES[change]
    known = queries.register(_context(request), language())
    unit = known.unit(facility_id)
    others = [item for item in _present(known) if item.id != unit.id]
    form = form_class(request.POST or None, units=others)
    if request.method == "POST" and form.is_valid():
        try:
            target = act(_context(request), unit.id, form)
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, done())
            return htmx.redirect(request, reverse("facility", args=[target or unit.id]))
    page = {
        "form": form, "title": title(), "unit": unit, "back": reverse("facility", args=[unit.id]), "button": title(),
    }  # fmt: skip
    return render(request, "facilities/change.html", page, status=422 if form.has_errors else 200)


@requires("facility.edit")
def facility_handover(request: HttpRequest, facility_id: str) -> HttpResponse:
    """What an ended unit still holds: handed to who followed it, or taken back, in one step."""
    context = _context(request)
    found = handover.standing(context, facility_id)
    if found is None:
        raise Http404
    if request.method == "POST":
        back = "undo" in request.POST
        count = (handover.take_back if back else handover.hand_over)(context, facility_id)
        told = _("Đã lấy lại %(count)d mục về đơn vị cũ.") if back else _("Đã bàn giao %(count)d mục.")
        messages.done(request, told % {"count": count})
        return htmx.redirect(request, reverse("facility_handover", args=[facility_id]))
    unit = queries.register(context, language()).unit(facility_id)
    return render(request, "facilities/handover.html", {"unit": unit, "standing": found})


def _transfer(context: Any, unit: str, form: Any) -> None:
    data = form.cleaned_data
    actions.transfer_unit(context, unit=unit, authority=data["authority"], start=form.chosen_day, source=data["source"])


def _close(context: Any, unit: str, form: Any) -> None:
    actions.close_unit(context, unit=unit, last_day=form.chosen_day)


def _merge(context: Any, unit: str, form: Any) -> str:
    data = form.cleaned_data
    actions.merge_unit(context, unit=unit, heir=data["authority"], start=form.chosen_day, source=data["source"])
    return data["authority"]


def _rename(context: Any, unit: str, form: Any) -> str:
    data = form.cleaned_data
    return actions.rename_unit(
        context, unit=unit, code=data["code"], name=data["name"], english=data["english"], start=form.chosen_day,
        source=data["source"],
    )  # fmt: skip


# address → form, title, sentence when done, what to do. Words are made when asked: they follow the page's language.
_CHANGES: dict[str, tuple[type, Callable[[], str], Callable[[], str], Callable[..., str | None]]] = {
    "chuyen": (
        forms.TransferForm,
        lambda: _("Chuyển cơ quan quản lý"),
        lambda: _("Đã chuyển cơ quan quản lý."),
        _transfer,
    ),
    "sap-nhap": (forms.MergeForm, lambda: _("Sáp nhập đơn vị"), lambda: _("Đã sáp nhập đơn vị."), _merge),
    "doi-ten": (forms.RenameForm, lambda: _("Đổi tên đơn vị"), lambda: _("Đã đổi tên đơn vị."), _rename),
    "dong": (forms.CloseForm, lambda: _("Đóng đơn vị"), lambda: _("Đã đóng đơn vị."), _close),
}


def _fits(node: Node, chosen: dict[str, Any]) -> bool:
    text, kind = fold(chosen.get("tim") or ""), chosen.get("loai")
    unit = node.unit
    return (not kind or unit.kind == kind) and (not text or text in fold(f"{unit.name} {unit.code} {unit.english}"))


def _tree_table(known: Register, nodes: list[Node], day: date, *, flat: bool) -> Table:
    """Depth is told by indentation and, for those who do not see it, by the column of authorities."""
    columns = [
        Column("name", _("Đơn vị"), "html", header=True),
        Column("kind", _("Loại")),
        Column("authority", _("Cơ quan quản lý")),
    ]
    query = "" if day == clock.today() else f"?ngay={format_date(day)}"
    kinds = {node.unit.kind: queries.kind_name(node.unit.kind, language()) for node in nodes}
    rows = [
        {
            "name": format_html(
                '<span class="as-depth-{}"><a class="nhsuk-link" href="{}{}">{}</a></span>',
                0 if flat else min(node.depth, 4),
                reverse("facility", args=[node.unit.id]),
                query,
                node.unit.name,
            ),
            "kind": kinds[node.unit.kind],
            "authority": known.name(node.parent),
        }
        for node in nodes
    ]
    caption = _("Cây tổ chức ngày %(day)s") % {"day": format_date(day)}
    return Table(columns, rows, caption=caption, empty=_("Không có đơn vị nào khớp."))


def _facts(request: HttpRequest, shown: Facility) -> list[tuple[Any, ...]]:
    unit = shown.unit
    rows: list[tuple[Any, ...]] = [(_("Loại"), shown.kind_name), (_("Mã"), unit.code)]
    if shown.above:
        above = shown.above[0]
        rows.append(
            (_("Cơ quan quản lý"), format_html('<a href="{}">{}</a>', reverse("facility", args=[above.id]), above.name))
        )
    if unit.english:
        rows.append((_("Tên tiếng Anh"), unit.english))
    if unit.valid_from:
        rows.append((_("Hoạt động từ"), format_date(unit.valid_from)))
    if unit.valid_to:
        rows.append((_("Kết thúc"), format_date(unit.valid_to)))
    return rows


def _authority_table(shown: Facility) -> Table:
    columns = [
        Column("unit", _("Cơ quan quản lý"), "link", header=True),
        Column("from", _("Từ"), "date"),
        Column("to", _("Đến"), "date"),
        Column("source", _("Văn bản")),
        Column("checked", _("Đối chiếu")),
    ]
    rows = [
        {
            "unit": Link(step.unit.name, reverse("facility", args=[step.unit.id])),
            "from": step.relation.start,
            "to": step.relation.end,
            "source": step.relation.source,
            "checked": _checked(step),
        }
        for step in shown.authorities
    ]
    return Table(columns, rows, caption=_("Cơ quan quản lý theo thời gian"))


def _checked(step: Step) -> str:
    """Nothing is said of a relation that names no document: there is nothing to compare it with."""
    if not step.relation.verified:
        return _("Chưa đối chiếu bản gốc")
    return _("Đã đối chiếu") if step.relation.source else ""


def _steps(shown: Facility) -> list[dict[str, str]]:
    def entry(step: Step, before: bool) -> dict[str, str]:
        words = {"name": step.unit.name, "relation": step.kind_name.lower()}
        text = _("%(name)s %(relation)s đơn vị này") % words if before else _("%(relation)s %(name)s") % words
        details = [step.duty_name, step.relation.source, "" if step.relation.verified else _("Chưa đối chiếu bản gốc")]
        return {
            "when": step.relation.start.isoformat(),
            "title": text[:1].upper() + text[1:],
            "url": reverse("facility", args=[step.unit.id]),
            "text": " · ".join(part for part in details if part),
        }

    found = [entry(step, True) for step in shown.predecessors] + [entry(step, False) for step in shown.successors]
    return sorted(found, key=lambda item: item["when"], reverse=True)


def _below_table(shown: Facility) -> Table | None:
    if not shown.below:
        return None
    columns = [Column("unit", _("Đơn vị"), "link", header=True), Column("kind", _("Loại"))]
    kinds = {unit.kind: queries.kind_name(unit.kind, language()) for unit in shown.below}
    rows = [
        {"unit": Link(unit.name, reverse("facility", args=[unit.id])), "kind": kinds[unit.kind]} for unit in shown.below
    ]
    return Table(columns, rows, caption=_("Đơn vị trực thuộc"))


def _people(request: HttpRequest, shown: Facility) -> str:
    """How many people stay there, "" for readers whose reach does not cover the facility. Readers who may not see
    people get no small number: a person could be recognised."""
    context = _context(request)
    if not shown.is_care or not context.reaches(shown.unit.id):
        return ""
    if not (context.has("person.open") or context.has("programme.open")):
        return ""
    count = queries.people_in(shown.unit.id)
    if 0 < count < SMALL and not context.persons:
        return _("dưới %(count)d") % {"count": SMALL}
    return str(count)


def _changes(shown: Facility) -> list[tuple[str, str]]:
    return [(reverse("facility_change", args=[shown.unit.id, key]), entry[1]()) for key, entry in _CHANGES.items()]


def _present(known: Register) -> list[rules.Unit]:
    return [unit for unit in known.units if unit.valid_to is None or unit.valid_to >= clock.today()]


def _context(request: HttpRequest) -> Context:
    """Who reads: `access` puts it on every request."""
    return request.context  # type: ignore[attr-defined]
