"""Medicines of one person: what they take, what they do not bear, prescriptions."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.medicines import presenting, queries
from ansinh.clinical.medicines.actions import ordering, stocking
from ansinh.clinical.medicines.forms import AllergyForm, LotForm, OrderForm, StopForm
from ansinh.clinical.medicines.rules import prescribing
from ansinh.clinical.medicines.views import witness_by_password
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import entry_url, frame, retract_url
from ansinh.clinical.registry.views.recording import Recording, recorded
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, NotFound, UserError
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import format_date, format_number
from ansinh.ui import htmx, messages


@requires("person.open")
def person_medicines(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/thuoc/ – allergies, orders that run, ended ones, the last doses."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    orders = queries.orders(context, [card.id], running=False, most=1000)
    names = {one.course.id: one.course.name for one in orders}
    values = frame(request, card, "person_medicines") | {
        "allergies": [
            (row, entry_url(card.id, "AllergyIntolerance", row["id"])) for row in queries.allergy_rows(context, card.id)
        ],
        "running": [_order(card.id, one) for one in orders if one.runs],
        "ended": [_order(card.id, one) for one in orders if not one.runs][:30],
        "doses": [
            {
                "name": names.get(one.request, ""),
                "slot": one.slot,
                "tag": presenting.dose_tag(one, language()),
                "by": one.by,
                "url": entry_url(card.id, "MedicationAdministration", one.id),
            }
            for one in queries.recent_doses(context, card.id)
        ],
        "may_order": context.has("medicine.order") and not card.deceased,
        "may_note": context.has("visit.write"),
        "may_hand_out": context.has("medicine.stock"),
    }
    return render(request, "medicines/person.html", values)


def _order(person: str, one: queries.Order) -> dict[str, Any]:
    return {
        "course": one.course,
        "tag": presenting.order_tag(one.status if one.runs or one.status not in queries.OPEN else "completed"),
        "prescription": one.prescription,
        "url": entry_url(person, "MedicationRequest", one.course.id),
    }


@requires("medicine.stock")
def medicines_find(request: HttpRequest) -> JsonResponse:
    """GET /thuoc/tim/?q= – medicines of the facility's list."""
    context = context_of(request)
    return JsonResponse({"results": queries.find_medicines(context, context.unit, request.GET.get("q", "")[:80])})


@requires("medicine.order")
def medicine_order(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/thuoc/ke/ – order a medicine; what stands against it is said before it is written."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    facility = card.draft.facility or context.unit
    initial = {"entry_id": new_id(), "start": clock.today().isoformat(), "route": "oral"}
    form = OrderForm(request.POST or None, facility=facility, context=context, initial=initial)

    def write() -> str:
        order_id = form.cleaned_data["entry_id"]
        return ordering.order(context, person_id=card.id, wish=form.wish(), order_id=order_id)

    what = Recording(write, _("Đã lưu y lệnh."), "person_medicines", "MedicationRequest")
    if answer := recorded(request, card, form, what):
        return answer
    weight = queries.last_weight(context, card.id)
    if weight:
        form.fields["weight"].help_text = _("Lần cân gần nhất: %(weight)s kg") % {"weight": format_number(weight)}
    values = frame(request, card, "", brief=True) | {
        "form": form,
        "stands": bool(form.errors.get("override")) or bool(form.data.get("override")),
        "allergies": queries.allergies(context, [card.id]).get(card.id, []),
        "listed": bool(queries.medicines(context, facility)),
    }
    return render(request, "medicines/order.html", values, status=422 if request.method == "POST" else 200)


@requires("medicine.order")
def medicine_stop(request: HttpRequest, id: Any, order: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/thuoc/<order>/ngung/ – end an order."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = ordering.request_of(context, card.id, order)
    form = StopForm(request.POST or None)

    def write() -> None:
        ordering.stop(context, person_id=card.id, request_id=order, reason=form.cleaned_data["reason"])

    if answer := recorded(request, card, form, Recording(write, _("Đã ngừng thuốc."), "person_medicines")):
        return answer
    values = frame(request, card, "", brief=True) | {"form": form, "name": found["medicationCodeableConcept"]["text"]}
    return render(request, "medicines/stop.html", values, status=422 if request.method == "POST" else 200)


@requires("visit.write")
def allergy_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/di-ung/ – what somebody does not bear."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = AllergyForm(request.POST or None, initial={"entry_id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            note, entry_id = form.allergy(), form.cleaned_data["entry_id"]
            written, against = ordering.note_allergy(context, person_id=card.id, note=note, entry_id=entry_id)
        except Conflict:
            messages.noted(request, _("Dị ứng này đã được lưu từ lần gửi trước."))
            return htmx.redirect(request, reverse("person_medicines", args=[card.id]))
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã ghi dị ứng."), undo=retract_url(card.id, written, "AllergyIntolerance"))
            if against:
                words = {"names": ", ".join(against)}
                messages.noted(request, _("Người này đang dùng %(names)s. Báo bác sĩ ngay.") % words)
            return htmx.redirect(request, reverse("person_medicines", args=[card.id]))
    values = frame(request, card, "", brief=True) | {"form": form}
    return render(request, "medicines/allergy.html", values, status=422 if request.method == "POST" else 200)


@requires("medicine.stock")
def medicine_dispense(request: HttpRequest, id: Any, order: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/thuoc/<order>/cap/ – hand medicine of an order out, the first lot to expire first."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = ordering.request_of(context, card.id, order)
    concept = found["medicationCodeableConcept"]
    medicine = queries.medicine(context, context.unit, (concept.get("coding") or [{}])[0].get("code", ""), left=True)
    lots = queries.lots(context, context.unit, medicine.id) if medicine else []
    choices = [
        (one.lot, f"{one.lot} · {format_date(one.expiry)} · {format_number(one.quantity.normalize() + 0)}")
        for one in lots
        if one.expiry >= clock.today()
    ]
    controlled = bool(medicine and medicine.controlled)
    form = LotForm(request.POST or None, controlled=controlled, lots=choices, initial={"entry_id": new_id()})

    def write() -> str:
        data = form.cleaned_data
        second = witness_by_password(request, data["username"], data["password"]) if controlled else None
        return stocking.dispense(context, person_id=card.id, request_id=order, entry=form.entry(""), witness=second)

    what = Recording(write, _("Đã cấp thuốc."), "person_medicines", "MedicationDispense")
    if answer := recorded(request, card, form, what):
        return answer
    values = frame(request, card, "", brief=True) | {
        "form": form,
        "name": concept.get("text", ""),
        "dose": found["dosageInstruction"][0].get("text", ""),
        "lots": choices,
        "unit": medicine.unit if medicine else "",
    }
    return render(request, "medicines/dispense.html", values, status=422 if request.method == "POST" else 200)


@requires("person.open")
def prescription(request: HttpRequest, code: str) -> HttpResponse:
    """GET /don-thuoc/<code>/ – a prescription that is taken home, for print."""
    context = context_of(request)
    found = queries.prescribed(context, code)
    if not found:
        raise NotFound(_("Không tìm thấy đơn thuốc này."))
    card = registry.person(context, found[0]["subject"]["reference"].partition("/")[2], language())
    shape = queries.prescription_shape()
    values = frame(request, card, "person_medicines") | {
        "code": code,
        "national": prescribing.is_national(shape, code),
        "verified": shape.verified,
        "source": shape.source,
        "lines": [
            {
                "name": one["medicationCodeableConcept"]["text"],
                "dose": one["dosageInstruction"][0].get("text", ""),
                "quantity": one.get("dispenseRequest", {}).get("quantity", {}),
                "stopped": one["status"] not in queries.OPEN,
            }
            for one in found
        ],
        "reason": "; ".join(dict.fromkeys(text for one in found for text in _reasons(one))),
        "by": found[0].get("requester", {}).get("display", ""),
        "at": found[0].get("authoredOn", ""),
    }
    return render(request, "medicines/prescription.html", values)


def _reasons(request: dict[str, Any]) -> list[str]:
    return [one["text"] for one in request.get("reasonCode", []) if one.get("text")]
