"""Pages of rounds: vitals, care log, handover; what their head shows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from ansinh.clinical.registry.views.requests import context_of
from ansinh.clinical.wards import queries as wards
from ansinh.clinical.wards.views import chosen_ward, facility_of, ward_pages, ward_tabs


def ward_of(request: HttpRequest, page: str) -> tuple[str, wards.Ward | None, dict[str, Any]]:
    """(facility, the chosen ward with its residents, what the page's head shows). Four queries."""
    context, facility = context_of(request), facility_of(request)
    places = wards.places(context, facility)
    ward = chosen_ward(request, places)
    shown = wards.occupied(context, facility, ward) if ward else None
    head = {
        "ward": shown,
        "tabs": ward_tabs(places, ward, reverse(page)),
        "pages": ward_pages(page),
    }
    return facility, shown, head
