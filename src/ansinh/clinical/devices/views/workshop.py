"""The workshop: its board, its stock, and an order by its own address."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.devices import actions, catalogue, queries
from ansinh.clinical.devices.forms import ReceiptForm
from ansinh.clinical.devices.rules import making
from ansinh.clinical.devices.views.person import saved
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.wards.views import facility_of
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import format_date
from ansinh.ui.tables import Column, Table


def workshop_tabs(current: str) -> list[tuple[str, str, bool]]:
    """The pages of the workshop."""
    pages = (("workshop", _("Bảng xưởng")), ("workshop_stock", _("Kho vật tư")), ("devices_due", _("Đến niên hạn")))
    return [(words, reverse(name), name == current) for name, words in pages]


@requires("workshop.work")
def workshop(request: HttpRequest) -> HttpResponse:
    """GET /xuong/ – every device in work, a column for each stage."""
    context, facility = context_of(request), facility_of(request)
    cards = queries.board(context, facility, clock.today().isoformat())
    columns = [
        {
            "words": concepts.display(catalogue.STAGE, stage, language()),
            "cards": [(card, reverse("device_order", args=[card.id])) for card in cards if card.stage == stage],
        }
        for stage in making.STAGES
    ]
    values = {
        "pages": workshop_tabs("workshop"),
        "columns": [column for column in columns if column["cards"]],
        "count": len(cards),
        "late": sum(card.late for card in cards),
    }
    return render(request, "devices/workshop.html", values)


@requires("workshop.work")
def stock(request: HttpRequest) -> HttpResponse:
    """GET, POST /xuong/kho/ – parts with lot, serial number and what is left; parts that came in."""
    context, facility = context_of(request), facility_of(request)
    initial = {"entry_id": new_id(), "day": clock.today().isoformat()}
    form = ReceiptForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> None:
            day = date.fromisoformat(data["day"])
            actions.receive(context, facility=facility, receipt=form.receipt(), day=day, entry_id=data["entry_id"])

        if answer := saved(request, form, act, _("Đã nhập kho."), reverse("workshop_stock")):
            return answer
    values = {"pages": workshop_tabs("workshop_stock"), "form": form, "table": _stock_table(context, facility)}
    return render(request, "devices/stock.html", values, status=422 if request.method == "POST" else 200)


def _stock_table(context: Any, facility: str) -> Table:
    today = clock.today().isoformat()
    rows = [
        {
            "name": lot.receipt.name,
            "left": lot.left,
            "unit": lot.receipt.unit,
            "lot": lot.receipt.lot,
            "serial": lot.receipt.serial,
            "expiry": format_date(lot.receipt.expiry) if lot.receipt.expiry else None,
            "price": lot.receipt.price,
            "_tone": "bad" if lot.receipt.expiry and lot.receipt.expiry < today else "",
        }
        for lot in queries.stock(context, facility)
    ]
    columns = [
        Column("name", _("Vật tư"), header=True),
        Column("left", _("Còn"), "number"),
        Column("unit", _("Đơn vị")),
        Column("lot", _("Số lô")),
        Column("serial", _("Số sê-ri")),
        Column("expiry", _("Hạn dùng")),
        Column("price", _("Đơn giá (đồng)"), "number"),
    ]
    return Table(columns, rows, caption=_("Vật tư còn trong kho"), empty=_("Kho chưa có vật tư nào."))


@requires("workshop.work")
def order(request: HttpRequest, order: Any) -> HttpResponse:
    """GET /xuong/phieu/<phiếu>/ – leads to the device that the order is about."""
    person, prescribed = queries.order_named(context_of(request), str(order))
    return HttpResponseRedirect(reverse("device", args=[person, prescribed]))
