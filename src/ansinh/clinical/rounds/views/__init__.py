"""Pages of rounds: vitals, care log, handover; what their head shows."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.clinical.registry.views.requests import context_of
from ansinh.clinical.rounds import queries
from ansinh.clinical.rounds.rules import Shift
from ansinh.clinical.wards import queries as wards
from ansinh.clinical.wards.views import chosen_ward, facility_of, ward_pages, ward_tabs
from ansinh.kernel.text import format_date


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


def shift_tabs(page: str, day: date, shift: Shift, language: str) -> list[tuple[str, str, bool]]:
    """The shifts of a day that have begun, and the way to the day before, as tabs."""
    today, present = queries.shift_now()
    before = day - timedelta(days=1)
    back = f"{reverse(page)}?ngay={before.isoformat()}&ca={queries.shifts()[-1].code}"
    tabs = [(f"« {format_date(before)}", back, False)]
    for one in queries.shifts():
        if (day, one.begin) <= (today, present.begin):
            address = f"{reverse(page)}?ngay={day.isoformat()}&ca={one.code}"
            tabs.append((one.words(language), address, one.code == shift.code))
    if day < today:
        tabs.append((_("Hôm nay"), reverse(page), False))
    return tabs
