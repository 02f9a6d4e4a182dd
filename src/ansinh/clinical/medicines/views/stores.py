"""The stock, the list of medicines, and the files of knowledge."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.medicines import presenting, queries
from ansinh.clinical.medicines.actions import listing, stocking
from ansinh.clinical.medicines.forms import FileForm, LotForm, ReceiveForm
from ansinh.clinical.medicines.views import witness_by_password
from ansinh.clinical.registry.views.requests import context_of
from ansinh.clinical.wards.views import facility_of, ward_pages
from ansinh.kernel.errors import Conflict, NotFound, UserError
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import format_date, format_number
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language
from ansinh.ui.tables import Column, Link, Table, Tag

SHOWN = 50


def _tabs(current: str) -> list[tuple[str, str, bool]]:
    pages = (("stock", _("Trong kho")), ("stock_receive", _("Nhập kho")), ("medicine_list", _("Danh mục thuốc")),
             ("medicine_knowledge", _("Kiến thức về thuốc")))  # fmt: skip
    return [(words, reverse(name), name == current) for name, words in pages]


@requires("medicine.stock")
def stock(request: HttpRequest) -> HttpResponse:
    """GET /kho-thuoc/ – what there is of each medicine, by lot, the first to expire first."""
    context = context_of(request)
    held = queries.lots_by_medicine(context, context.unit)
    rows: list[dict[str, Any]] = []
    for medicine in queries.medicines(context, context.unit, left=True):
        for lot in held.get(medicine.id, ()):
            tag = presenting.expiry_tag(lot.expiry)
            rows.append(
                {
                    "name": Link(
                        medicine.name, reverse("stock_lot", args=[lot.pk]), note=" + ".join(medicine.substances)
                    ),
                    "lot": lot.lot,
                    "expiry": lot.expiry.isoformat(),
                    "state": tag,
                    "quantity": f"{format_number(lot.quantity.normalize() + 0)} {medicine.unit}",
                    "guard": Tag(presenting.controlled_word(medicine.controlled), "warn")
                    if medicine.controlled
                    else Tag("–"),
                    "_tone": tag.tone if tag.tone != "good" else "",
                }
            )
        if medicine.id not in held and medicine.listed:
            rows.append({"name": Link(medicine.name, reverse("stock_receive") + f"?ma={medicine.code}"), "lot": None,
                         "expiry": None, "state": Tag(_("Hết"), "warn"), "quantity": f"0 {medicine.unit}",
                         "guard": Tag(presenting.controlled_word(medicine.controlled) or "–")})  # fmt: skip
    columns = [
        Column("name", _("Thuốc"), "link", header=True),
        Column("lot", _("Lô")),
        Column("expiry", _("Hạn dùng"), "date"),
        Column("state", _("Tình trạng"), "tag"),
        Column("quantity", _("Còn"), numeric=True),
        Column("guard", _("Kiểm soát"), "tag"),
    ]
    table = Table(columns, rows, caption=_("Thuốc trong kho"), empty=_("Chưa có thuốc nào trong danh mục."))
    return render(
        request, "medicines/stock.html", {"table": table, "tabs": _tabs("stock"), "pages": ward_pages("stock")}
    )


@requires("medicine.stock")
def stock_receive(request: HttpRequest) -> HttpResponse:
    """GET, POST /kho-thuoc/nhap/ – medicine that came in."""
    context = context_of(request)
    names = {one.code: one.name for one in queries.medicines(context, context.unit)}
    initial = {"entry_id": new_id(), "code": request.GET.get("ma", "")}
    form = ReceiveForm(request.POST or None, names=names, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            stocking.receive(context, entry=form.entry(), expiry=form.day)
        except Conflict as error:
            messages.noted(request, refusal_in_language(error.message))
            return htmx.redirect(request, reverse("stock"))
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã nhập kho."))
            return htmx.redirect(request, reverse("stock_receive"))
    values = {"form": form, "tabs": _tabs("stock_receive"), "listed": bool(names)}
    return render(request, "medicines/receive.html", values, status=422 if request.method == "POST" else 200)


@requires("medicine.stock")
def stock_lot(request: HttpRequest, lot: int) -> HttpResponse:
    """GET, POST /kho-thuoc/lo/<lot>/ – one lot with its steps; POST `count` or `waste`."""
    context = context_of(request)
    found = queries.lot(context, lot)
    every = queries.medicines(context, context.unit, left=True)
    medicine = next((one for one in every if one.id == found.medicine), None)
    if medicine is None:
        raise NotFound(_("Thuốc của lô này không còn trong danh mục."))
    controlled, step = bool(medicine.controlled), request.POST.get("step", "")
    form = LotForm(request.POST or None, controlled=controlled, initial={"entry_id": new_id()})
    if request.method == "POST" and step in ("count", "waste") and form.is_valid():
        try:
            data = form.cleaned_data
            second = witness_by_password(request, data["username"], data["password"]) if controlled else None
            act = stocking.count if step == "count" else stocking.throw_away
            act(context, entry=form.entry(medicine.code, found.lot), witness=second)
        except Conflict as error:
            messages.noted(request, refusal_in_language(error.message))
            return htmx.redirect(request, reverse("stock_lot", args=[found.pk]))
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã ghi."))
            return htmx.redirect(request, reverse("stock_lot", args=[found.pk]))
    values = {"form": form, "medicine": medicine, "lot": found, "tabs": _tabs("stock"), "facts": [
        (_("Số lô"), found.lot), (_("Hạn dùng"), format_date(found.expiry)),
        (_("Còn"), f"{format_number(found.quantity.normalize() + 0)} {medicine.unit}"),
        (_("Kiểm soát"), presenting.controlled_word(medicine.controlled) or "–"),
    ], "table": _moves(found)}  # fmt: skip
    return render(request, "medicines/lot.html", values, status=422 if request.method == "POST" else 200)


def _moves(lot: Any) -> Table:
    rows = [
        {
            "at": one.at.isoformat(),
            "kind": presenting.move_word(one.kind),
            "quantity": format_number(one.quantity.normalize() + 0),
            "by": " + ".join(filter(None, (one.by_name, one.witness))),
            "note": one.note,
        }
        for one in queries.moves(lot)
    ]
    columns = [
        Column("at", _("Lúc"), "datetime", header=True),
        Column("kind", _("Việc")),
        Column("quantity", _("Số lượng"), numeric=True),
        Column("by", _("Người ghi, người ký thứ hai")),
        Column("note", _("Ghi chú")),
    ]
    return Table(columns, rows, caption=_("Các lần nhập, xuất"))


@requires("medicine.stock")
def medicine_list(request: HttpRequest) -> HttpResponse:
    """GET, POST /kho-thuoc/danh-muc/ – the facility's list; who may, replaces it by a file."""
    context = context_of(request)
    facility, may_edit = facility_of(request), context.has("medicine.list")
    form, problems = FileForm(request.POST or None, request.FILES or None), []
    if request.method == "POST" and may_edit and form.is_valid():
        try:
            listed, gone = listing.import_list(context, facility=facility, data=form.cleaned_data["file"].read())
        except UserError as error:
            form.add_error("file", refusal_in_language(error.message))
            problems = _problems(error)
        else:
            words = {"count": listed, "gone": gone}
            messages.done(request, _("Đã nhập danh mục: %(count)d thuốc, bỏ %(gone)d.") % words)
            return htmx.redirect(request, reverse("medicine_list"))
    rows = [
        {
            "name": one.name,
            "code": one.code,
            "substances": " + ".join(one.substances),
            "unit": one.unit,
            "guard": Tag(presenting.controlled_word(one.controlled), "warn") if one.controlled else Tag("–"),
        }
        for one in queries.medicines(context, facility)
    ]
    columns = [
        Column("name", _("Thuốc"), header=True),
        Column("code", _("Mã")),
        Column("substances", _("Hoạt chất")),
        Column("unit", _("Đơn vị")),
        Column("guard", _("Kiểm soát"), "tag"),
    ]
    table = Table(columns, rows, caption=_("Danh mục thuốc"), empty=_("Chưa có thuốc nào trong danh mục."))
    values = {"form": form, "table": table, "problems": problems, "may_edit": may_edit, "tabs": _tabs("medicine_list")}
    return render(request, "medicines/list.html", values, status=422 if request.method == "POST" else 200)


def _problems(error: UserError) -> list[dict[str, str]]:
    return [
        {"place": one.expression, "message": refusal_in_language(one.message)}
        for one in error.problems[:SHOWN]
        if len(error.problems) > 1
    ]


@requires("medicine.stock")
def medicine_knowledge(request: HttpRequest) -> HttpResponse:
    """GET, POST /kho-thuoc/kien-thuc/ – installed files of knowledge; POST installs one or takes one out of use."""
    context = context_of(request)
    may_edit, step = context.has("medicine.list"), request.POST.get("step", "")
    form = FileForm(request.POST if step == "install" else None, request.FILES if step == "install" else None)
    problems: list[dict[str, str]] = []
    if request.method == "POST" and may_edit and step == "remove":
        listing.remove_knowledge(context, library_id=request.POST.get("library", "")[:64])
        messages.done(request, _("Tệp không còn được dùng."))
        return htmx.redirect(request, reverse("medicine_knowledge"))
    if request.method == "POST" and may_edit and form.is_valid():
        try:
            read = listing.install_knowledge(context, data=form.cleaned_data["file"].read())
        except UserError as error:
            form.add_error("file", refusal_in_language(error.message))
            problems = _problems(error)
        else:
            words = {"pairs": len(read.interactions), "doses": len(read.doses)}
            messages.done(request, _("Đã cài: %(pairs)d tương tác, %(doses)d mức liều.") % words)
            return htmx.redirect(request, reverse("medicine_knowledge"))
    values = {
        "form": form,
        "problems": problems,
        "files": queries.libraries(context),
        "may_edit": may_edit,
        "tabs": _tabs("medicine_knowledge"),
    }
    return render(request, "medicines/knowledge.html", values, status=422 if request.method == "POST" else 200)
