"""The rooms of a facility: adding them, closing and opening beds."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ansinh.access.permissions import requires
from ansinh.clinical.registry.views.requests import context_of
from ansinh.clinical.wards import actions, queries
from ansinh.clinical.wards.forms import RoomForm
from ansinh.clinical.wards.views import facility_of
from ansinh.kernel.errors import UserError
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language


@requires("rooms.edit")
def rooms_edit(request: HttpRequest) -> HttpResponse:
    """GET, POST /khoa-phong/co-so-vat-chat/ – every ward, room and bed; a new room."""
    context, facility = context_of(request), facility_of(request)
    places = queries.places(context, facility)
    wards = [(ward.id, ward.name) for ward in places.wards]
    form = RoomForm(request.POST or None, wards=wards, initial={"ward": wards[0][0] if wards else "", "beds": 4})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.add_room(
                context,
                facility=facility,
                ward=data["ward"],
                ward_name=data["ward_name"],
                name=data["name"],
                beds=data["beds"],
                area=float(data["area"]) if data["area"] is not None else None,
            )
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã thêm phòng %(name)s.") % {"name": data["name"]})
            return htmx.redirect(request, reverse("rooms_edit"))
    values = {"form": form, "wards": places.wards, "used": queries.used_places(context, facility)}
    return render(request, "wards/rooms.html", values, status=422 if request.method == "POST" else 200)


@requires("rooms.edit")
@require_POST
def place_open(request: HttpRequest, place: Any) -> HttpResponse:
    """POST /khoa-phong/co-so-vat-chat/<place>/ with `open` 1 or 0 – opens or closes a bed."""
    try:
        is_open = request.POST.get("open") == "1"
        actions.set_open(context_of(request), facility=facility_of(request), place=str(place), is_open=is_open)
        messages.done(request, _("Đã mở lại.") if is_open else _("Đã đóng giường."))
    except UserError as error:
        messages.failed(request, refusal_in_language(error.message))
    return htmx.redirect(request, reverse("rooms_edit"))
