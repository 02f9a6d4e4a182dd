"""Registering a person, reading a card, correcting what is on record."""

from dataclasses import replace
from typing import Any

from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ansinh.access.permissions import requires
from ansinh.clinical.registry import actions, drafts, presenting, queries, readable, resources
from ansinh.clinical.registry.cards import parse_card
from ansinh.clinical.registry.duplicates import Candidate
from ansinh.clinical.registry.forms import CorrectionForm, GroupForm, RegistrationForm, codes, initial_of
from ansinh.clinical.registry.views.reading import said
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, Stale, UserError
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import format_date
from ansinh.ui import htmx, messages
from ansinh.ui.language import in_language
from ansinh.ui.refusals import refusal_in_language

_DATES = ("birth_date", "insurance_start", "insurance_end", "issued")


def _groups(request: HttpRequest, initial: list[dict[str, Any]] | None = None) -> BaseFormSet:
    """Rows of legal groups: those on record and one more to fill."""
    formset = formset_factory(GroupForm, extra=1 if initial else 2, max_num=30, absolute_max=40)
    data = request.POST if request.method == "POST" else None
    return formset(data, initial=initial or [], prefix="groups", form_kwargs={"groups": codes("beneficiary-group", "")})


def _entries(groups: BaseFormSet) -> list[drafts.GroupEntry]:
    return [entry for form in groups if form.has_changed() or form.initial for entry in [form.entry()] if entry]


@requires("person.register")
def person_new(request: HttpRequest) -> HttpResponse:
    """GET, POST /nguoi/moi/ – one page for everything about a new person."""
    context = context_of(request)
    facilities = queries.facility_choices(context, language())
    initial = {"person_id": new_id(), "start": clock.today().isoformat(), "facility": context.unit}
    form = RegistrationForm(request.POST or None, initial=initial, facilities=facilities)
    groups = _groups(request)
    candidates: list[Candidate] = []
    proven = False
    if request.method == "POST" and form.is_valid() and groups.is_valid():
        try:
            return _registered(request, form, groups, facilities)
        except actions.LikelyDuplicates as likely:
            candidates, proven = likely.candidates, likely.proven
        except UserError as error:
            form.refuse(error)
    values = {
        "form": form,
        "groups": groups,
        "candidates": [_candidate(one) for one in candidates],
        "proven": proven,
        "group_errors": any(groups.errors) if request.method == "POST" else False,
    }
    return render(request, "registry/person_new.html", values, status=_status(request))


def _registered(
    request: HttpRequest, form: RegistrationForm, groups: BaseFormSet, facilities: list[tuple[str, str]]
) -> HttpResponse:
    draft = form.draft(_entries(groups))
    if not draft.facility and len(facilities) == 1:
        draft = replace(draft, facility=facilities[0][0])
    person_id = form.cleaned_data["person_id"]
    url = reverse("person", args=[person_id])
    try:
        actions.register_person(
            context_of(request),
            draft=draft,
            admission=form.admission(),
            confirmed_new=request.POST.get("confirmed") == "1",
            person_id=person_id,
        )
    except Conflict:
        # The hidden id is made with the form: when it is on record within reach, this very form was sent before.
        if Repository(context_of(request)).find("Patient", person_id) is None:
            raise
        messages.noted(request, _("Hồ sơ này đã được lưu từ lần gửi trước."))
        return htmx.redirect(request, url)
    _say_saved(request, draft)
    return htmx.redirect(request, url)


def _say_saved(request: HttpRequest, draft: drafts.PersonDraft) -> None:
    messages.done(request, _("Đã lưu hồ sơ."))
    for doubt in drafts.doubts(drafts.checked(draft, clock.today())):
        messages.beware(request, refusal_in_language(doubt.message))


def _candidate(candidate: Candidate) -> dict[str, Any]:
    row = candidate.row
    about = [
        presenting.gender_word(row.gender),
        presenting.birth_words(row.birth, clock.today()),
        row.facility,
        row.stay,
    ]
    return {
        "name": row.name,
        "url": reverse("person", args=[row.id]),
        "about": " · ".join(part for part in about if part),
        "reasons": [in_language(reason) for reason in candidate.likeness.reasons],
        "grade": candidate.likeness.grade,
    }


def _status(request: HttpRequest) -> int:
    """A form that comes back was refused."""
    return 422 if request.method == "POST" else 200


@require_POST
@requires("person.register")
def card_scan(request: HttpRequest) -> JsonResponse:
    """POST /nguoi/the/ qr=… – what a card says, under the names of the form, or what is wrong with it.

    The text is in the body, never in an address, and is not kept.
    """
    try:
        card = parse_card(request.POST.get("qr", "")[:4000], clock.today())
    except Invalid as error:
        problems = [
            {"field": problem.expression, "message": refusal_in_language(problem.message)} for problem in error.problems
        ]
        return JsonResponse({"fields": {}, "problems": problems}, status=422)
    shown = {name: format_date(value) if name in _DATES else value for name, value in card.fields.items()}
    return JsonResponse({"kind": card.kind, "fields": shown, "problems": []})


@requires("person.correct")
def person_edit(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/sua/ – corrects what is on record; a change by somebody else meanwhile is shown."""
    context = context_of(request)
    card = queries.person(context, str(id), language())
    initial = initial_of(card.draft) | {"version": card.version}
    form = CorrectionForm(request.POST or None, initial=initial, held=card.draft.disabilities)
    held = [{"code": group.code, "start": group.start, "end": group.end} for group in card.draft.groups]
    groups = _groups(request, held)
    changes: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid() and groups.is_valid():
        draft = form.draft(_entries(groups))
        try:
            actions.correct_person(context, person_id=card.id, draft=draft, version=form.cleaned_data["version"])
            _say_saved(request, draft)
            return htmx.redirect(request, reverse("person", args=[card.id]))
        except Stale:
            changes = _both(context, card, draft)
            retried = request.POST.copy()
            retried["version"] = str(card.version)
            form.data = retried
        except Conflict as error:
            form.add_error(None, refusal_in_language(error.message))
        except UserError as error:
            form.refuse(error)
    values = {
        "form": form,
        "groups": groups,
        "card": card,
        "banner": presenting.banner(card, clock.today(), language()),
        "changes": changes,
        "stale": bool(changes),
        "group_errors": any(groups.errors) if request.method == "POST" else False,
    }
    return render(request, "registry/person_edit.html", values, status=_status(request))


def _both(context: Any, card: queries.PersonCard, draft: drafts.PersonDraft) -> list[tuple[str, str, str]]:
    """(what, as saved by somebody else, as typed here) of everything that differs."""
    saved = Repository(context).read("Patient", card.id)
    checked = drafts.checked(draft, clock.today())
    kept = replace(checked, facility=card.draft.facility, record_number=card.draft.record_number)
    typed = resources.patient_resource(kept, saved)
    return readable.differences(saved, typed, said) or [(_("Nội dung"), _("như đã lưu"), _("như đã lưu"))]
