"""The handover sheet of a shift: what the next one must know, on paper or on the screen."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import timeline
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.rounds import queries, resources
from ansinh.clinical.rounds.forms import words_of
from ansinh.clinical.rounds.views import shift_tabs, ward_of
from ansinh.kernel.text import format_number

# What the next shift must look at: answers that stand out on the sheet.
_ALARMING = frozenset(
    "intake-none intake-little sleep-none behaviour-agitated behaviour-confused behaviour-harm behaviour-sad".split()
)
_ALWAYS = ("fall", "restraint", "wound")


@requires("ward.work")
def handover(request: HttpRequest) -> HttpResponse:
    """GET /khoa-phong/ban-giao/?khoa=&ngay=&ca= – each resident's shift in a line; printed as it stands."""
    context, spoken = context_of(request), language()
    _facility, ward, head = ward_of(request, "handover")
    day, shift = queries.shift_named(request.GET.get("ngay", ""), request.GET.get("ca", ""))
    residents = ward.residents if ward else []
    ids = [one.id for one in residents]
    begin, end = queries.span(day, shift)
    form = queries.log_form()
    logs = queries.logs(context, ids, day, shift)
    measured = queries.measured(context, ids, begin, end)
    tasks = queries.open_tasks(context, ids)
    lines = [
        {
            "resident": resident,
            "room": room.name,
            "vitals": [_vital(row) for row in measured.get(resident.id, ())],
            "care": _care(form, logs.get(resident.id), spoken, alarming=False),
            "watch": _care(form, logs.get(resident.id), spoken, alarming=True),
            "tasks": [_task(row, spoken) for row in tasks.get(resident.id, ())],
        }
        for room in (ward.rooms if ward else ())
        for resident in room.residents
    ]
    values = head | {
        "lines": lines,
        "day": day,
        "shift": shift.words(spoken),
        "shifts": shift_tabs("handover", day, shift, spoken),
        "here": sum(not one.away for one in residents),
        "away": sum(bool(one.away) for one in residents),
        "watched": sum(bool(line["watch"] or line["tasks"]) for line in lines),
    }
    return render(request, "rounds/handover.html", values)


def _vital(row: Mapping[str, Any]) -> str:
    """«Huyết áp 150/90 mmHg»."""
    label = timeline.measure_label(row["code"])
    if row["value"] is None and row["systolic"] is not None:
        return f"{label} {_number(row['systolic'])}/{_number(row['diastolic'])}"
    return f"{label} {_number(row['value'])} {row['unit'] or ''}".strip()


def _number(value: Any) -> str:
    """Databases give a float, an integer or a Decimal; people read 36,7."""
    return format_number(Decimal(str(value)).normalize() + 0) if value is not None else "–"


def _task(row: Mapping[str, Any], language: str) -> str:
    words = row["title_en"] if language == "en" and row["title_en"] else row["title"]
    return str(words or _("Việc chờ người xem"))


def _care(form: Mapping[str, Any], log: Mapping[str, Any] | None, language: str, *, alarming: bool) -> Sequence[str]:
    """The answers of a line in words: those to look at, or the others."""
    answers = resources.answers_of(dict(log)) if log else {}
    said = []
    for question in resources.items(dict(form)):
        link, value = question["linkId"], answers.get(question["linkId"], "")
        stands_out = value in _ALARMING or link.split("-")[0] in _ALWAYS
        if not value or stands_out is not alarming:
            continue
        label = words_of(question, "text", language)
        said.append(label if value == "true" else f"{label}: {_said(question, value, language)}")
    return said


def _said(question: Mapping[str, Any], value: str, language: str) -> str:
    codings = (option["valueCoding"] for option in question.get("answerOption", ()))
    return next((words_of(coding, "display", language) for coding in codings if coding["code"] == value), value)
