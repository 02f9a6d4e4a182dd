"""What was ordered and measured of one person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.laboratory import actions, presenting, queries
from ansinh.clinical.laboratory.forms import OrderForm, ReasonForm, ResultForm
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.timeline import measure_label
from ansinh.clinical.registry.views.reading import frame, retract_url
from ansinh.clinical.registry.views.recording import Recording, recorded
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, NotFound, UserError
from ansinh.kernel.ids import new_id
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language
from ansinh.ui.tables import Column, Link, Table, Tag


@requires("person.open")
def person_results(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/xet-nghiem/ – orders that wait, the last value of each test, every report."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    values = frame(request, card, "person_results") | {
        "orders": queries.orders(context, card.id),
        "tests": _tests(card.id, queries.lines(context, card.id)),
        "reports": _reports(queries.reports(context, card.id)),
        "may_order": context.has("lab.order") and not card.deceased,
        "may_write": context.has("result.write"),
    }
    return render(request, "laboratory/person.html", values)


def _tests(person: str, lines: list[queries.Line]) -> Table:
    rows = []
    for line in lines:
        last = line.last
        flag = presenting.flag_tag(last.flag)
        known = measure_label(line.code)
        name = known if known != line.code else line.name
        rows.append(
            {
                "test": Link(name, reverse("result_chart", args=[person, line.code])) if "/" not in line.code else name,
                "value": presenting.value_words(last),
                "range": presenting.range_words(last.low, last.high, last.said),
                "flag": flag or Tag("–"),
                "at": last.at,
                "_tone": flag.tone if flag and flag.tone == "bad" else "",
            }
        )
    columns = [
        Column("test", _("Xét nghiệm"), "link", header=True),
        Column("value", _("Kết quả"), numeric=True),
        Column("range", _("Tham chiếu"), numeric=True),
        Column("flag", _("Nhận định"), "tag"),
        Column("at", _("Ngày"), "date"),
    ]
    return Table(columns, rows, caption=_("Kết quả gần nhất"), empty=_("Chưa có kết quả nào."))


def _reports(found: list[queries.Row]) -> Table:
    rows = [
        {
            "report": Link(one.title, reverse("result", args=[one.id]), note=one.laboratory),
            "kind": presenting.category_word(one.category),
            "at": one.at,
            "status": Tag(*presenting.status_word(one.status)),
            "seen": Tag(_("Đã ký nhận"), "good") if one.reviewed else Tag(_("Chờ ký nhận"), "warn"),
            "_tone": "bad" if one.critical and not one.reviewed else "",
        }
        for one in found
    ]
    columns = [
        Column("report", _("Phiếu"), "link", header=True),
        Column("kind", _("Loại")),
        Column("at", _("Ngày"), "date"),
        Column("status", _("Trạng thái"), "tag"),
        Column("seen", _("Bác sĩ"), "tag"),
    ]
    return Table(columns, rows, caption=_("Phiếu kết quả"), empty=_("Chưa có phiếu nào."))


@requires("person.open")
def result_chart(request: HttpRequest, id: Any, code: str) -> HttpResponse:
    """GET /nguoi/<id>/xet-nghiem/<code>/ – one test over time."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = queries.lines(context, card.id, code, queries.POINTS)
    if not found:
        raise NotFound(_("Người này chưa có kết quả của xét nghiệm này."))
    line, known = found[0], measure_label(code)
    name = known if known != code else line.name
    rows = [
        {
            "at": one.at,
            "value": presenting.value_words(one),
            "range": presenting.range_words(one.low, one.high, one.said),
            "flag": presenting.flag_tag(one.flag) or Tag("–"),
        }
        for one in reversed(line.values)
    ]
    columns = [
        Column("at", _("Ngày giờ"), "datetime", header=True),
        Column("value", _("Kết quả"), numeric=True),
        Column("range", _("Tham chiếu"), numeric=True),
        Column("flag", _("Nhận định"), "tag"),
    ]
    values = frame(request, card, "person_results") | {
        "name": name,
        "chart": presenting.chart_of(line, name),
        "table": Table(columns, rows, caption=_("Các lần đo")),
    }
    return render(request, "laboratory/chart.html", values)


@requires("lab.order")
def order_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/chi-dinh/ – order tests or an image."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = OrderForm(request.POST or None, initial={"entry_id": new_id(), "kind": "laboratory"})

    def write() -> str:
        order_id = form.cleaned_data["entry_id"]
        return actions.order(context, person_id=card.id, wish=form.wish(), order_id=order_id)

    what = Recording(write, _("Đã lưu chỉ định."), "person_results", "ServiceRequest")
    if answer := recorded(request, card, form, what):
        return answer
    values = frame(request, card, "", brief=True) | {"form": form}
    return render(request, "laboratory/order_new.html", values, status=422 if request.method == "POST" else 200)


@requires("lab.order")
def order_stop(request: HttpRequest, id: Any, order: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/chi-dinh/<order>/huy/ – an order that is no longer wanted."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = queries.open_order(context, card.id, order)
    if found is None:
        raise NotFound(_("Không tìm thấy chỉ định đang chờ này."))
    form = ReasonForm(request.POST or None)

    def write() -> None:
        actions.give_up(context, person_id=card.id, order_id=order, reason=form.cleaned_data["reason"])

    if answer := recorded(request, card, form, Recording(write, _("Đã hủy chỉ định."), "person_results")):
        return answer
    values = frame(request, card, "", brief=True) | {"form": form, "title": found["code"].get("text", "")}
    return render(request, "laboratory/order_stop.html", values, status=422 if request.method == "POST" else 200)


@requires("result.write")
def result_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/ket-qua-moi/?phieu=&chi-dinh= – a report typed in, with a file if there is one."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    chosen, order_id = request.GET.get("phieu", queries.panels()[0].name), request.GET.get("chi-dinh", "")
    panel, imaging = queries.panel_named(chosen), chosen == "hinh-anh"
    form = ResultForm(
        request.POST or None,
        request.FILES or None,
        panel=panel,
        imaging=imaging,
        initial={"entry_id": new_id(), "order_id": order_id[:64], "moment": _now()},
    )
    if request.method == "POST" and form.is_valid() and (answer := _saved(request, card, form)):
        return answer
    here = reverse("result_new", args=[card.id])
    kept = f"&chi-dinh={order_id}" if order_id else ""
    kinds = [(one.name, one.words(language())) for one in queries.panels()]
    kinds += [("khac", _("Xét nghiệm khác")), ("hinh-anh", _("Chẩn đoán hình ảnh"))]
    shown = chosen if panel or imaging else "khac"
    values = frame(request, card, "", brief=True) | {
        "form": form,
        "panel": panel,
        "imaging": imaging,
        "kinds": [(words, f"{here}?phieu={name}{kept}", name == shown) for name, words in kinds],
    }
    return render(request, "laboratory/result_new.html", values, status=422 if request.method == "POST" else 200)


def _now() -> str:
    return clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")


def _saved(request: HttpRequest, card: registry.PersonCard, form: ResultForm) -> HttpResponse | None:
    """The answer after saving, None when something was refused: then neither report nor file is kept."""
    context, data = context_of(request), form.cleaned_data
    upload = data.get("file")
    try:
        report_id = actions.record_with_file(
            context,
            person_id=card.id,
            report=form.report(),
            entry_id=data["entry_id"],
            order_id=data["order_id"],
            data=upload.read() if upload else b"",
            title=upload.name if upload else "",
        )
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
        return htmx.redirect(request, reverse("person_results", args=[card.id]))
    except UserError as error:
        form.refuse(error)
        return None
    messages.done(request, _("Đã lưu phiếu kết quả."), undo=retract_url(card.id, report_id, "DiagnosticReport"))
    return htmx.redirect(request, reverse("result", args=[report_id]))
