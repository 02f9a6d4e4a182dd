"""Filling in a form of the record, and filling it in again: freely before it is signed, as an amendment afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import proved_lately, requires
from ansinh.clinical.records import actions, queries
from ansinh.clinical.records.forms import ReasonForm
from ansinh.clinical.records.views.reading import found_of_person
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import frame
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.screening import presenting
from ansinh.clinical.screening import queries as tools
from ansinh.clinical.screening.plain_form import PlainForm
from ansinh.fhir.model import json
from ansinh.fhir.validation import responses
from ansinh.kernel.errors import Malformed, Refused, UserError
from ansinh.kernel.ids import new_id
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form on the screen. save: takes the answers, gives where to go; before: the answers to begin with."""

    title: str
    definition: Resource
    save: Callable[[Resource], str]
    draft: str
    before: Resource | None = None
    key: str = ""
    version: str = ""
    reason: ReasonForm | None = None


@requires("record.write")
def record_form(request: HttpRequest, id: Any, form: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/benh-an/lap/<form>/ – a new paper of the record."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    chosen, key = queries.form(form, language()), _key(request)
    if not context.has(chosen.permission):
        raise Refused(_("Vai trò của anh/chị không lập được giấy này."))

    def save(response: Resource) -> str:
        made = actions.write_form(context, person_id=card.id, form=form, response=response, key=key)
        messages.done(request, _("Đã lưu giấy. Đọc lại rồi ký."))
        return reverse("record_document", args=[card.id, made])

    draft = f"record:{context.login}:{card.id}:{form}"
    return _answer(request, card, Sheet(chosen.title, queries.questionnaire(chosen), save, draft, key=key))


@requires("record.write")
@proved_lately
def record_rewrite(request: HttpRequest, id: Any, document: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/benh-an/giay/<document>/sua/ – other answers; of a signed form with the reason."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = found_of_person(context, card.id, document)
    sealed = found.entry.seal is not None
    reason = ReasonForm(request.POST or None) if sealed else None

    def save(response: Resource) -> str:
        actions.rewrite_form(
            context,
            document_id=str(document),
            version=_version(request),
            response=response,
            reason=reason.cleaned_data["reason"] if reason else "",
        )
        amended = _("Đã ghi và ký đính chính. Nội dung trước vẫn được giữ.")
        messages.done(request, amended if sealed else _("Đã lưu giấy."))
        return reverse("record_document", args=[card.id, document])

    sheet = Sheet(
        found.form.title,
        tools.questionnaire_of(found.response),
        save,
        f"record:{context.login}:{card.id}:{document}",
        before=found.response,
        version=found.response["meta"]["versionId"],
        reason=reason,
    )
    return _answer(request, card, sheet)


def _key(request: HttpRequest) -> str:
    """The id of the response to be: a form sent twice is stored once."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return new_id()


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    if not given.isdigit():
        raise Malformed(_("Trang này thiếu số phiên bản; hãy mở lại trang."))
    return int(given)


def _answer(request: HttpRequest, card: registry.PersonCard, sheet: Sheet) -> HttpResponse:
    """The form, drawn or sent. What was answered comes back with what is wrong."""
    if request.method != "POST":
        return _draw(request, card, sheet, sheet.before)
    plain = PlainForm(sheet.definition, language(), request.POST) if _is_plain(request) else None
    response: Any = sheet.before
    try:
        if plain is not None and not plain.is_valid():
            return _draw(request, card, sheet, None, plain=plain)
        response = plain.response() if plain is not None else json.loads(request.POST.get("response", ""))
        if sheet.reason is not None and not sheet.reason.is_valid():
            return _draw(request, card, sheet, response, plain=plain, refused=True)
        where = sheet.save(response)
    except UserError as error:
        if plain is not None:
            plain.refuse(error)
        return _draw(request, card, sheet, response, error=error, plain=plain)
    return htmx.redirect(request, where)


def _is_plain(request: HttpRequest) -> bool:
    return "plain" in request.POST and not request.POST.get("response")


def _draw(
    request: HttpRequest,
    card: registry.PersonCard,
    sheet: Sheet,
    response: Any,
    *,
    error: UserError | None = None,
    plain: PlainForm | None = None,
    refused: bool = False,
) -> HttpResponse:
    problems = error.problems if error else ()
    linked = [{"link": responses.link_of(one), "message": refusal_in_language(one.message)} for one in problems]
    linked = [one for one in linked if one["link"]]
    scripts = [presenting.json_script(sheet.definition)]
    if isinstance(response, dict) and response.get("resourceType") == "QuestionnaireResponse":
        scripts.append(presenting.json_script(response))
    if linked:
        scripts.append(presenting.json_script(linked))
    values = frame(request, card, "records", brief=True) | {
        "sheet": sheet,
        "scripts": scripts,
        "plain": plain or PlainForm(sheet.definition, language()),
        "error": error if error and not linked else None,
    }
    bad = error is not None or refused or (plain is not None)
    return render(request, "records/form.html", values, status=422 if bad else 200)
