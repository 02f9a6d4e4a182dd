"""A person's rights over their data: who looked, a copy, consent, requests with their clock."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ansinh.access.audit import queries as audit
from ansinh.access.audit import words
from ansinh.access.consents import actions as consents
from ansinh.access.consents import queries as consent_queries
from ansinh.access.consents.purposes import purposes
from ansinh.access.permissions import requires
from ansinh.access.rights import actions, forms, queries
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import UserError

_LATEST = 20


@requires("rights.open")
@never_cache
def rights(request: HttpRequest, id: UUID) -> HttpResponse:
    """Everything about one person's rights on one page."""
    return _page(request, str(id), forms.RequestForm(), _consent_form(request, str(id), None))


@requires("rights.open")
@require_POST
def rights_ask(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take a request down."""
    form = forms.RequestForm(request.POST)
    if form.is_valid():
        try:
            actions.take_down(_context(request), user=request.user, person=str(id), **form.cleaned_data)  # type: ignore[arg-type]
        except UserError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Đã ghi yêu cầu. Hạn trả lời là hai ngày làm việc."))
            return redirect("rights", id)
    return _page(request, str(id), form, _consent_form(request, str(id), None), status=422)


@requires("rights.open")
@require_POST
def rights_consent(request: HttpRequest, id: UUID) -> HttpResponse:
    """Write down what was agreed to or taken back."""
    form = _consent_form(request, str(id), request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "given": form.cleaned_data["given"] == "1"}
        try:
            consents.record_consent(_context(request), person=str(id), **given)
        except UserError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Đã ghi; có hiệu lực ngay."))
            return redirect("rights", id)
    return _page(request, str(id), forms.RequestForm(), form, status=422)


@requires("rights.open")
@require_POST
def rights_copy(request: HttpRequest, id: UUID) -> HttpResponse:
    """The record as a file for the person."""
    answer = HttpResponse(queries.copy(_context(request), str(id)), content_type="application/fhir+json")
    answer["Content-Disposition"] = f'attachment; filename="ho-so-{clock.today().isoformat()}.json"'
    return answer


@requires("rights.open")
@never_cache
def requests_waiting(request: HttpRequest) -> HttpResponse:
    """Requests that wait for an answer, those due first."""
    today = clock.today()
    rows = [(one, forms.KINDS[one.kind], one.due < today) for one in queries.waiting(_context(request))]
    return render(request, "access/requests.html", {"rows": rows})


@requires("rights.open")
@never_cache
def request_answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer one request."""
    asked = queries.request(_context(request), request_id)
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "granted": form.cleaned_data["granted"] == "1"}
        try:
            actions.answer(_context(request), user=request.user, request=asked, **given)  # type: ignore[arg-type]
        except UserError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Đã ghi câu trả lời."))
            return redirect("rights", asked.person)
    page = {"asked": asked, "kind": forms.KINDS[asked.kind], "form": form}
    return render(request, "access/request_answer.html", page, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, person: str, asking: forms.RequestForm, consenting: forms.ConsentForm, *, status: int = 200
) -> HttpResponse:
    context = _context(request)
    patient = Repository(context).read("Patient", person)
    found = audit.find(context, audit.Asked(person=person), _LATEST)
    language = get_language() or "vi"
    page = {
        "person": person,
        "name": next((one.get("text", "") for one in patient.get("name", [])), ""),
        "lines": words.lines(context, found.rows),
        "more": found.more and context.has("audit.open"),
        "consents": [(one.purpose.words(language), one) for one in consent_queries.said(context, person)],
        "requests": [(one, forms.KINDS[one.kind]) for one in queries.requests_of(person)],
        "asking": asking,
        "consenting": consenting,
        "today": clock.today(),
    }
    return render(request, "access/rights.html", page, status=status)


def _consent_form(request: HttpRequest, person: str, data: object) -> forms.ConsentForm:
    language = get_language() or "vi"
    listed = [(one.id, one.words(language)) for one in purposes().values() if one.consent]
    return forms.ConsentForm(data, purposes=listed, relatives=_relatives(_context(request), person))


def _relatives(context: Context, person: str) -> list[tuple[str, str]]:
    found = search(Repository(context), "RelatedPerson", [("patient", person), ("_count", "50")]).resources
    return [(one["id"], next((name.get("text", "") for name in one.get("name", [])), one["id"])) for one in found]


def _context(request: HttpRequest) -> Context:
    return request.context  # type: ignore[attr-defined]
