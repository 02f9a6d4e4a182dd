"""The care log of a shift: one grid for a ward, drawn from the Questionnaire `care-log`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.rounds import actions, queries, resources
from ansinh.clinical.rounds.actions import LogEntry
from ansinh.clinical.rounds.forms import LogRow, log_rows, words_of
from ansinh.clinical.rounds.rules import RoundResult
from ansinh.clinical.rounds.views import shift_tabs, ward_of
from ansinh.kernel.errors import UserError
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language


@requires("visit.write", "ward.work")
def care_log(request: HttpRequest) -> HttpResponse:
    """GET, POST /khoa-phong/so-cham-soc/?khoa=&ngay=&ca= – how everybody of a ward was in a shift."""
    context, spoken = context_of(request), language()
    _facility, ward, head = ward_of(request, "care_log")
    day, shift = queries.shift_named(request.GET.get("ngay", ""), request.GET.get("ca", ""))
    people = queries.present(ward) if ward else []
    questions = resources.items(queries.log_form())
    present = queries.logs(context, [resident.id for resident, _room in people], day, shift)
    rows = log_rows(people, questions, present, request.POST if request.method == "POST" else None, spoken)
    refused = ""
    if request.method == "POST":
        entries = [LogEntry(row.resident.id, row.resident.stay, row.answers, row.version) for row in rows]
        try:
            result = actions.record_log(context, day=day, shift=shift, entries=entries)
        except UserError as error:
            refused = refusal_in_language(error.message)
        else:
            if not _told(rows, result):
                messages.done(request, _("Đã lưu sổ chăm sóc: %(count)d dòng.") % {"count": len(result.saved)})
                return htmx.redirect(request, f"{reverse('care_log')}?ngay={day.isoformat()}&ca={shift.code}")
            _renew(rows, queries.logs(context, result.saved, day, shift))
    values = head | {
        "rows": rows,
        "labels": [words_of(question, "text", spoken) for question in questions],
        "day": day,
        "shift": shift.words(spoken),
        "shifts": shift_tabs("care_log", day, shift, spoken),
        "refused": refused,
        "wrong": sum(bool(row.problems) for row in rows),
    }
    return render(request, "rounds/care_log.html", values, status=422 if request.method == "POST" else 200)


def _told(rows: list[LogRow], result: RoundResult) -> bool:
    """Put each problem at its line; True when there was one."""
    for row in rows:
        row.problems = [refusal_in_language(one.message) for one in result.problems.get(row.resident.id, ())]
    return any(row.problems for row in rows)


def _renew(rows: list[LogRow], written: dict[str, dict]) -> None:
    """Lines that were written just now carry their new version, so that sending again changes nothing."""
    for row in rows:
        if row.resident.id in written:
            row.version = int(written[row.resident.id]["meta"]["versionId"])
