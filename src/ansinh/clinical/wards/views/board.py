"""The bed board of a ward."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ansinh.access.permissions import requires
from ansinh.clinical.registry.views.requests import context_of
from ansinh.clinical.wards import queries
from ansinh.clinical.wards.views import chosen_ward, facility_of, ward_pages, ward_tabs


@requires("ward.work")
def wards(request: HttpRequest) -> HttpResponse:
    """GET /khoa-phong/?khoa= – who lies where, which beds are free, who is away, who has no bed yet."""
    context, facility = context_of(request), facility_of(request)
    places = queries.places(context, facility)
    ward = chosen_ward(request, places)
    shown = queries.occupied(context, facility, ward) if ward else None
    residents = shown.residents if shown else []
    values = {
        "ward": shown,
        "pages": ward_pages("wards"),
        "tabs": ward_tabs(places, ward, reverse("wards")),
        "norm": queries.space_norm(),
        "beds": sum(room.usable for room in shown.rooms) if shown else 0,
        "here": sum(not one.away for one in residents),
        "away": [one for one in residents if one.away],
        "free": sum(bed.resident is None and not bed.closed for room in shown.rooms for bed in room.beds)
        if shown
        else 0,
        "over": [room for room in shown.rooms if room.is_over or room.is_cramped] if shown else [],
        "without": queries.without_place(context, facility),
        "may_edit": context.has("rooms.edit"),
    }
    return render(request, "wards/board.html", values)
