"""The weekly timetable: of a person, and of the whole facility by therapist."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.rehab import booking, reading
from ansinh.clinical.rehab.plan_forms import BookingForm, MachineForm, ReasonForm
from ansinh.clinical.rehab.views.planning import page, saved
from ansinh.clinical.rehab.views.showing import slot_rows
from ansinh.clinical.wards.views import facility_of
from ansinh.kernel import clock
from ansinh.kernel.errors import UserError
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language


def monday_asked(request: HttpRequest) -> date:
    """The Monday of the week in the address (`?tuan=2026-11-16`), this week's otherwise."""
    try:
        return reading.monday_of(date.fromisoformat(request.GET.get("tuan", "")))
    except ValueError:
        return reading.monday_of(clock.today())


@requires("person.open")
def rehab_week(request: HttpRequest) -> HttpResponse:
    """GET, POST /phuc-hoi/lich/?tuan=&nguoi= – who is treated when, by whom, where; new machines."""
    context, facility, monday = context_of(request), facility_of(request), monday_asked(request)
    form = MachineForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and context.has("rehab.plan"):
        name = form.cleaned_data["name"]

        def act() -> None:
            booking.add_machine(context, facility=facility, name=name)

        if answer := saved(request, form, act, _("Đã thêm máy."), reverse("rehab_week")):
            return answer
    slots, chosen = reading.week(context, facility, monday), request.GET.get("nguoi", "")
    staff = {slot.booking.therapist: slot.therapist for slot in slots if slot.therapist}
    shown = [slot for slot in slots if not chosen or slot.booking.therapist == chosen]
    here, weeks = reverse("rehab_week"), (-1, 0, 1)
    values = {
        "days": slot_rows(shown, language()),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "weeks": [_week_tab(here, monday + timedelta(weeks=number), monday) for number in weeks],
        "staff": [(_("Mọi người"), f"{here}?tuan={monday}", not chosen)]
        + [(name, f"{here}?tuan={monday}&nguoi={one}", one == chosen) for one, name in sorted(staff.items())],
        "machines": reading.machines(context, facility),
        "form": form,
        "may_plan": context.has("rehab.plan"),
    }
    return render(request, "rehab/week.html", values, status=422 if request.method == "POST" else 200)


def _week_tab(here: str, monday: date, current: date) -> tuple[str, str, bool]:
    words = _("Tuần %(day)s") % {"day": monday.strftime("%d/%m")}
    return words, f"{here}?tuan={monday}", monday == current


@requires("rehab.plan")
def rehab_book(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/xep-lich/ – a session by hand; `cach=ke-hoach`: as the plan wants."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    facility = (card.stay.facility_id if card.stay else "") or card.draft.facility
    automatic = request.method == "POST" and request.POST.get("cach") == "ke-hoach"
    form = BookingForm(
        request.POST if request.method == "POST" and not automatic else None,
        initial={"minutes": 30, "weeks": 1},
        therapists=reading.therapists(context, facility),
        rooms=reading.rooms(context, facility),
        machines=reading.machines(context, facility),
        language=language(),
    )
    home = reverse("person_rehab", args=[card.id])
    if automatic:
        return _by_plan(request, card, home)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> None:
            wanted = form.booking(card.id)
            words, weeks = data["words"], data["weeks"]
            booking.book(context, booking=wanted, discipline=data["discipline"], words=words, weeks=weeks)

        if answer := saved(request, form, act, _("Đã xếp lịch."), home):
            return answer
    planned = [line for line in reading.planned(context, card) if line.kind != "exercise"]
    return page(request, card, "rehab/book.html", form=form, planned=planned)


def _by_plan(request: HttpRequest, card: registry.PersonCard, home: str) -> HttpResponse:
    """Puts the plan into this week, from Friday evening on into the next one."""
    context, today = context_of(request), clock.today()
    monday = reading.monday_of(today + timedelta(days=2))
    try:
        made, left = booking.book_plan(context, person_id=card.id, monday=monday)
    except UserError as error:
        messages.noted(request, refusal_in_language(error.message))
        return htmx.redirect(request, home)
    missing = sum(one.times for one in left)
    words = _("Đã xếp %(made)s buổi trong tuần từ %(day)s.") % {"made": len(made), "day": monday.strftime("%d/%m/%Y")}
    if missing:
        words += " " + _("Còn %(missing)s buổi chưa có giờ trống.") % {"missing": missing}
    messages.done(request, words)
    return htmx.redirect(request, home)


@requires("rehab.plan")
def rehab_cancel(request: HttpRequest, id: Any, slot: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/lich/<buổi>/huy/ – a session is taken out of the timetable."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def act() -> None:
            booking.cancel(context, person_id=card.id, booking_id=str(slot), reason=reason)

        if answer := saved(request, form, act, _("Đã hủy buổi."), reverse("person_rehab", args=[card.id])):
            return answer
    return page(request, card, "rehab/reason.html", form=form, what="", button=_("Hủy buổi"))
