"""Giving a bed, moving to another, going away and coming back, death."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.registry.views.reading import frame
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.wards import actions, queries, resources
from ansinh.clinical.wards.forms import DeathForm, LeaveForm, PlaceForm, ResidentForm, ReturnForm, moment_of
from ansinh.clinical.wards.views import facility_of
from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound, UserError
from ansinh.ui import htmx, messages
from ansinh.ui.forms import Form


def _now() -> str:
    return clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")


@requires("ward.work")
def bed_assign(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/giuong/ – the person's bed: give one, move to another; the beds they had."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    places = queries.places(context, card.stay.facility_id) if card.stay else queries.Places()
    choices = _choices(places, queries.used_places(context, card.stay.facility_id) if card.stay else {})
    form = PlaceForm(request.POST or None, places=choices, initial={"moment": _now()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.assign_place(
                context,
                person_id=card.id,
                place=data["place"],
                moment=moment_of(form),
                confirmed_full=data["full"],
            )
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã xếp: %(place)s.") % {"place": places.words(data["place"])})
            return htmx.redirect(request, reverse("wards") + f"?khoa={places.ward_of(data['place'])}")
    current = queries.residence(context, card.stay.id) if card.stay else None
    held = resources.held(current) if current else None
    is_away = current is not None and current["status"] == "onleave"
    return _page(request, card, form, "wards/bed.html", {
        "now": places.words(resources.place_of(held)) if held else "",
        "history": queries.history(current, places) if current else [],
        "leaves": resources.leaves(current) if current else [],
        "is_away": is_away,
    })  # fmt: skip


def _choices(places: queries.Places, used: dict[str, list[str]]) -> list[tuple[str, Any]]:
    """Rooms as groups: their free beds, then the room itself for somebody without a bed of their own."""
    groups = []
    for ward in places.wards:
        for room in ward.rooms:
            free = [(bed.id, bed.name) for bed in room.beds if not bed.closed and bed.id not in used]
            held = len({one for place in (room.id, *(bed.id for bed in room.beds)) for one in used.get(place, ())})
            words = _("Nằm ghép, giường phụ (%(people)d người, %(beds)d giường)")
            extra = (room.id, words % {"people": held, "beds": room.usable})
            groups.append((f"{ward.name} – {room.name}", [*free, extra]))
    return groups


@requires("ward.work")
def bed_fill(request: HttpRequest, place: Any) -> HttpResponse:
    """GET, POST /khoa-phong/giuong/<place>/ – a free bed: who of those without one gets it."""
    context, facility = context_of(request), facility_of(request)
    places = queries.places(context, facility)
    if str(place) not in places.names:
        raise NotFound(_("Không tìm thấy giường hoặc phòng này."))
    waiting = [(one.id, one.name) for one in queries.without_place(context, facility)]
    form = ResidentForm(request.POST or None, people=waiting, initial={"moment": _now()})
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            actions.assign_place(context, person_id=person, place=str(place), moment=moment_of(form))
        except UserError as error:
            form.add_error(None, error.message) if error.field == "place" else form.refuse(error)
        else:
            messages.done(request, _("Đã xếp: %(place)s.") % {"place": places.words(str(place))})
            return htmx.redirect(request, reverse("wards") + f"?khoa={places.ward_of(str(place))}")
    values = {"form": form, "place": places.words(str(place)), "waiting": waiting}
    return render(request, "wards/bed_fill.html", values, status=422 if request.method == "POST" else 200)


@requires("ward.work")
def leave(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/di-vang/ – the person leaves for a while, or is back when they were away."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    current = queries.residence(context, card.stay.id) if card.stay else None
    away = current is not None and current["status"] == "onleave"
    form: Form = (ReturnForm if away else LeaveForm)(request.POST or None, initial={"moment": _now()})
    if request.method == "POST" and form.is_valid():
        try:
            words = _came_back(request, card, form) if away else _left(request, card, form)
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, words)
            return htmx.redirect(request, reverse("wards"))
    values = {
        "title": _("Ghi người về") if away else _("Ghi người đi vắng"),
        "button_text": _("Đã về") if away else _("Cho đi"),
    }
    return _page(request, card, form, "registry/stay.html", values)


def _left(request: HttpRequest, card: PersonCard, form: Any) -> str:
    data = form.cleaned_data
    actions.start_leave(
        context_of(request),
        person_id=card.id,
        moment=moment_of(form),
        due=form.due_day(),
        reason=data["reason"],
        companion=data["companion"],
    )
    return _("Đã ghi đi vắng. Giường được giữ.")


def _came_back(request: HttpRequest, card: PersonCard, form: Form) -> str:
    actions.end_leave(context_of(request), person_id=card.id, moment=moment_of(form))
    return _("Đã ghi người về.")


@requires("ward.work", "stay.discharge")
def death(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/qua-doi/ – a death: hour, place, cause; ends the stay and gives the bed back."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = DeathForm(request.POST or None, initial={"moment": _now()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.record_death(
                context,
                person_id=card.id,
                moment=moment_of(form),
                place=data["place"],
                cause=data["cause"],
                note=data["note"],
            )
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã ghi. Đợt lưu trú kết thúc và giường đã trả."))
            return htmx.redirect(request, reverse("person", args=[card.id]))
    values = {"title": _("Ghi người qua đời"), "button_text": _("Ghi người qua đời")}
    return _page(request, card, form, "registry/stay.html", values)


def _page(request: HttpRequest, card: PersonCard, form: Form, template: str, more: dict[str, Any]) -> HttpResponse:
    values = frame(request, card, "", brief=True) | {"form": form} | more
    return render(request, template, values, status=422 if request.method == "POST" else 200)
