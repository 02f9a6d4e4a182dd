"""The medication round of a ward: who takes what at an hour; given, refused or held with one tap each."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access import factors
from ansinh.access.permissions import requires
from ansinh.clinical.medicines import presenting, queries
from ansinh.clinical.medicines.actions import giving
from ansinh.clinical.medicines.actions.giving import Given, Witness
from ansinh.clinical.medicines.actions.ordering import request_of
from ansinh.clinical.medicines.forms import WitnessForm
from ansinh.clinical.medicines.rules import times
from ansinh.clinical.medicines.rules.times import Course
from ansinh.clinical.medicines.views import witness_by_key, witness_by_password
from ansinh.clinical.registry import cards
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import retract_url
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.rounds.views import ward_of
from ansinh.clinical.wards.queries import Resident
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, Refused, UserError
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.kernel.text import format_date
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language

HELD = ("order", "asleep", "away", "fasting", "vomiting", "condition", "not-in-stock")


@requires("ward.work")
def medicine_round(request: HttpRequest) -> HttpResponse:
    """GET, POST /khoa-phong/phat-thuoc/?khoa=&ngay=&gio=&ma= – the doses of one hour; POST writes one of them."""
    context = context_of(request)
    _facility, ward, head = ward_of(request, "medicine_round")
    day = _day(request.GET.get("ngay", ""))
    told: dict[str, Any] = {}
    if request.method == "POST":
        if not context.has("medicine.give"):
            raise Refused(_("Vai trò của anh/chị không phát thuốc được."))
        answer, told = _posted(request)
        if answer:
            return answer
    residents = [(one, room.name) for room in (ward.rooms if ward else ()) for one in room.residents]
    people = [one.id for one, _room in residents]
    orders = queries.orders(context, people, running=True, day=day)
    courses = [one.course for one in orders if one.status == "active"]
    hours = times.hours_on(courses, day)
    asked = request.GET.get("gio", "")
    hour = asked if asked in hours else times.nearest(hours, clock.now())
    allergies = queries.allergies(context, people)
    listed = queries.drugs_named(context, context.unit, (one.medicine for one in courses))
    rows = _rows(context, residents, courses, day, hour, told)
    for row in rows:
        medicine = listed.get(row["course"].medicine)
        row["controlled"] = presenting.controlled_word(medicine.controlled) if medicine else ""
        row["codes"] = {code for code in (medicine.code, medicine.barcode) if code} if medicine else set()
        row["allergies"] = ", ".join(one.substance for one in allergies.get(row["resident"].id, ()))
    scanned = request.GET.get("ma", "").strip()
    shown, noted = _scanned(context, rows, scanned) if scanned else (rows, "")
    values = head | {
        "rows": shown,
        "done": sum(bool(row["dose"]) for row in rows),
        "total": len(rows),
        "hours": [(one, _here(request, gio=one, ma=""), one == hour) for one in hours],
        "days": _days(request, day),
        "hour": hour,
        "day": day,
        "scanned": scanned,
        "noted": noted,
        "kept": {"ngay": day.isoformat(), "gio": hour, "khoa": ward.id if ward else ""},
        "reasons": [(code, concepts.display(CS("dose-reason"), code, language())) for code in HELD],
        "may_give": context.has("medicine.give"),
        "clear": _here(request, ma=""),
    }
    return render(request, "medicines/round.html", values, status=422 if told else 200)


def _day(text: str) -> date:
    today = clock.today()
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return today
    return asked if today - times.OLDEST <= asked <= today else today


def _days(request: HttpRequest, day: date) -> list[tuple[str, str, bool]]:
    today, before = clock.today(), clock.today() - timedelta(days=1)
    return [
        (format_date(one) if one != today else _("Hôm nay"), _here(request, ngay=one.isoformat(), ma=""), one == day)
        for one in (before, today)
    ]


def _here(request: HttpRequest, **changed: str) -> str:
    kept = {name: request.GET.get(name, "") for name in ("khoa", "ngay", "gio", "ma")} | changed
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{reverse('medicine_round')}?{query}" if query else reverse("medicine_round")


def _rows(
    context: Any, residents: Sequence[tuple[Resident, str]], courses: Sequence[Course], day: date, hour: str,
    told: dict[str, Any],
) -> list[dict[str, Any]]:  # fmt: skip
    """A row for each dose of the hour, by room and bed; medicines as needed after a person's others."""
    recorded = queries.doses(context, [one.id for one, _room in residents], day)
    of: dict[str, list[Course]] = {}
    for course in sorted(courses, key=lambda one: (one.as_needed, one.name)):
        of.setdefault(course.person, []).append(course)
    rows = []
    for resident, room in residents:
        for course in of.get(resident.id, ()):
            slots = [slot for slot in times.slots(course, day) if slot[11:16] == hour]
            wanted = course.as_needed and not course.hours and times.runs(course, clock.now()) and day == clock.today()
            for slot in slots or ([""] if wanted else []):
                dose = recorded.get((course.id, slot)) if slot else None
                refused = told if told.get("request") == course.id and told.get("slot") == slot else {}
                rows.append(
                    {
                        "resident": resident,
                        "room": room,
                        "course": course,
                        "slot": slot,
                        "key": "" if slot else new_id(),
                        "dose": dose,
                        "tag": presenting.dose_tag(dose, language()) if dose else None,
                        "undo": retract_url(resident.id, dose.id, "MedicationAdministration") if dose else "",
                        "refused": refused.get("message", ""),
                        "override": refused.get("override", ""),
                        "asks": bool(refused.get("asks")),
                    }
                )
    return rows


def _scanned(context: Any, rows: list[dict[str, Any]], scanned: str) -> tuple[list[dict[str, Any]], str]:
    """The rows of the person or the package whose code was scanned, and a sentence when there are none."""
    code = scanned.upper()
    if "|" in scanned:
        try:
            fields = cards.parse_card(scanned, clock.today()).fields
            code = fields.get("citizen_number") or fields.get("insurance_card", "")
        except Invalid as error:
            return rows, refusal_in_language(error.message)
    numbers = queries.numbers_of(context, [row["resident"].id for row in rows])
    found = [row for row in rows if code in numbers.get(row["resident"].id, ()) or code in map(str.upper, row["codes"])]
    return (found, "") if found else (rows, _("Mã vừa quét không thuộc người nào hoặc thuốc nào của giờ này."))


def _posted(request: HttpRequest) -> tuple[HttpResponse | None, dict[str, Any]]:
    """(answer, what is told at the row when it was refused)."""
    context, posted = context_of(request), request.POST
    given = _given(request)
    person = posted.get("person", "")[:64]
    try:
        if given.outcome == "given" and giving.needs_witness(context, request_of(context, person, given.request)):
            query = {"nguoi": person, "ylenh": given.request, "luc": given.slot, "ve": _here(request, ma="")}
            return htmx.redirect(request, f"{reverse('medicine_witness')}?{urlencode(query)}"), {}
        made = giving.record(context, person_id=person, given=given)
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
    except UserError as error:
        return None, {
            "request": given.request,
            "slot": given.slot,
            "message": refusal_in_language(error.message),
            "override": given.override,
            "asks": error.code == "dose-allergy",
        }
    else:
        _done(request, given, person, made)
    return htmx.redirect(request, _here(request, ma="")), {}


def _given(request: HttpRequest) -> Given:
    posted = request.POST
    outcome = posted.get("outcome", "")
    reason = {"refused": "refused", "held": posted.get("reason", "order")}.get(outcome, "")
    return Given(
        posted.get("request", "")[:64],
        posted.get("slot", "")[:40],
        outcome,
        reason[:40],
        "",
        posted.get("override", "")[:300],
        posted.get("key", "")[:36],
    )


def _done(request: HttpRequest, given: Given, person: str, made: str) -> None:
    words = {"given": _("Đã ghi: đã dùng."), "refused": _("Đã ghi: từ chối."), "held": _("Đã ghi: hoãn.")}
    messages.done(request, words[given.outcome], undo=retract_url(person, made, "MedicationAdministration"))


@requires("medicine.give")
def medicine_witness(request: HttpRequest) -> HttpResponse:
    """GET, POST /khoa-phong/phat-thuoc/hai-nguoi/?nguoi=&ylenh=&luc= – a controlled medicine, signed by two."""
    context, asked = context_of(request), request.GET
    person, slot = asked.get("nguoi", "")[:64], asked.get("luc", "")[:40]
    found = request_of(context, person, asked.get("ylenh", "")[:64])
    back = asked.get("ve", "")
    back = back if back.startswith(reverse("medicine_round")) else reverse("medicine_round")
    by_key = request.method == "POST" and "credential" in request.POST
    form = WitnessForm(request.POST if request.method == "POST" and not by_key else None)
    if by_key or (request.method == "POST" and form.is_valid()):
        try:
            second = _second(request, form, by_key=by_key)
            given = Given(found["id"], slot, "given", key=request.POST.get("key", "")[:36],
                          override=request.POST.get("override", "")[:300])  # fmt: skip
            made = giving.record(context, person_id=person, given=given, witness=second)
        except Conflict as error:
            messages.noted(request, refusal_in_language(error.message))
            return htmx.redirect(request, back)
        except UserError as error:
            if by_key:
                messages.noted(request, refusal_in_language(error.message))
            else:
                form.refuse(error)
        else:
            messages.done(
                request, _("Đã ghi liều có hai người ký."), undo=retract_url(person, made, "MedicationAdministration")
            )
            return htmx.redirect(request, back)
    values = {
        "form": form,
        "name": found["medicationCodeableConcept"]["text"],
        "dose": found["dosageInstruction"][0].get("text", ""),
        "hour": slot[11:16],
        "who": _name(context, person),
        "key": new_id() if not slot else "",
        "key_options": factors.begin_proof(None) if factors.keys_work_here(request) else "",
        "back": back,
    }
    return render(request, "medicines/witness.html", values, status=422 if request.method == "POST" else 200)


def _second(request: HttpRequest, form: WitnessForm, *, by_key: bool) -> Witness:
    if by_key:
        return witness_by_key(request, request.POST["credential"])
    return witness_by_password(request, form.cleaned_data["username"], form.cleaned_data["password"])


def _name(context: Any, person: str) -> str:
    return registry.person(context, person, language()).name
