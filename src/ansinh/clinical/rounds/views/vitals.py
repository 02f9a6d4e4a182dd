"""The round of vitals: one grid for a ward."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext

from ansinh.access.permissions import requires
from ansinh.clinical.registry.views.requests import context_of
from ansinh.clinical.rounds import actions, queries
from ansinh.clinical.rounds.forms import RoundForm, Row, rows_of
from ansinh.clinical.rounds.rules import RoundResult, RowEntry
from ansinh.clinical.rounds.views import ward_of
from ansinh.clinical.wards.forms import moment_of
from ansinh.kernel import clock
from ansinh.kernel.errors import UserError
from ansinh.kernel.ids import new_id
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language


@requires("visit.write", "ward.work")
def vitals_round(request: HttpRequest) -> HttpResponse:
    """GET, POST /khoa-phong/do-chi-so/?khoa= – what is measured of everybody of a ward, saved as one."""
    facility, ward, head = ward_of(request, "vitals_round")
    rows = rows_of(queries.present(ward) if ward else [], queries.columns(), request.POST)
    form = RoundForm(request.POST or None, initial={"round_id": new_id(), "moment": _now()})
    if request.method == "POST" and form.is_valid():
        result = _saved(request, facility, form, rows)
        if result is not None and not any(row.problems for row in rows):
            messages.done(request, _told(len(result.saved)))
            return htmx.redirect(request, reverse("vitals_round"))
    values = head | {
        "form": form,
        "rows": rows,
        "columns": queries.columns(),
        "saved": sum(row.saved for row in rows),
        "wrong": sum(bool(row.problems) for row in rows),
    }
    return render(request, "rounds/vitals.html", values, status=422 if request.method == "POST" else 200)


def _now() -> str:
    return clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")


def _saved(request: HttpRequest, facility: str, form: RoundForm, rows: list[Row]) -> RoundResult | None:
    """Write the rows that could be read; their problems go to their lines. None when the whole was refused."""
    entries = [
        RowEntry(row.resident.id, row.resident.stay, row.resident.birth, row.measures) for row in rows if row.is_read
    ]
    try:
        result = actions.record_round(
            context_of(request),
            facility=facility,
            round_id=form.cleaned_data["round_id"],
            moment=moment_of(form),
            entries=entries,
        )
    except UserError as error:
        form.refuse(error)
        return None
    on_record = {*result.saved, *result.before}
    for row in rows:
        row.saved = row.resident.id in on_record
        for problem in result.problems.get(row.resident.id, ()):
            row.refuse(problem.expression, refusal_in_language(problem.message))
    return result


def _told(count: int) -> str:
    words: Any = ngettext("Đã lưu chỉ số của %(count)d người.", "Đã lưu chỉ số của %(count)d người.", count)
    return str(words % {"count": count})
