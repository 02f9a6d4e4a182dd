"""Who looked at what: the audit as a page, for who looks after a unit."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from ansinh.access.audit import forms, queries, words
from ansinh.access.audit.queries import Asked
from ansinh.access.permissions import requires
from ansinh.access.queries import staff_accounts
from ansinh.fhir.store import Repository
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound


@requires("audit.open")
@never_cache
def audit(request: HttpRequest) -> HttpResponse:
    """What happened at the reader's units, or to one person's data; the newest first."""
    context = request.context  # type: ignore[attr-defined]
    person = request.GET.get("nguoi", "")
    form = forms.AuditForm(request.GET or None, staff=staff_accounts(context))
    asked = asked_of(form, person, request.GET.get("truoc", ""))
    found = queries.find(context, asked)
    shown = request.GET.copy()
    shown["truoc"] = str(found.rows[-1].id) if found.rows else ""
    page = {
        "form": form,
        "lines": words.lines(context, found.rows),
        "next": f"?{shown.urlencode()}" if found.more else "",
        "person": person,
        "person_name": _name_of(context, person) if person else "",
    }
    return render(request, "access/audit.html", page, status=422 if form.errors else 200)


def asked_of(form: forms.AuditForm, person: str, before: str) -> Asked:
    """The filter as the query takes it; a form that is wrong narrows nothing."""
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    kind = given.get("viec", "")
    return Asked(
        person=person,
        login=given.get("tai_khoan", ""),
        verbs=tuple(forms.KINDS.get(kind, ())),
        purpose="BTG" if kind == "khan-cap" else "",
        since=_start(given["tu"]) if given.get("tu") else None,
        until=_start(given["den"] + timedelta(days=1)) - timedelta(microseconds=1) if given.get("den") else None,
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 0,
    )


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _name_of(context: Context, person: str) -> str:
    found = Repository(context).find("Patient", person)
    if found is None:
        raise NotFound("Không tìm thấy người này.")
    return next((name.get("text", "") for name in found.get("name", [])), "")
