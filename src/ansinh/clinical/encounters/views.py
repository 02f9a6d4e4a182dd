"""Pages of visits and checks, and the list of diagnoses behind the combobox."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.encounters import actions, queries, rules
from ansinh.clinical.encounters.forms import CheckForm, ContactForm, VisitForm
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.retractions import kind_of
from ansinh.clinical.registry.views.reading import entry_words, frame, retract_url
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.registry.views.retracting import Retracting, retract_page
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, UserError
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.kernel.text import format_date, format_number
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language


@requires("visit.write")
def visit_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/kham/ – a visit."""
    card = registry.person(context_of(request), str(id), language())
    form = VisitForm(request.POST or None, initial=_initial())
    _hint_height(request, card, form)
    if request.method == "POST" and form.is_valid() and (answer := _saved(request, card, form, actions.record_visit)):
        return answer
    return _page(request, card, form, "encounters/visit_new.html", {})


@requires("visit.write")
def check_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/kham-dinh-ky/ – a periodic check with the day of the next one."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = CheckForm(request.POST or None, initial=_initial())
    _hint_height(request, card, form)
    if request.method == "POST" and form.is_valid() and (answer := _saved(request, card, form, actions.record_check)):
        return answer
    plan = queries.check_plan()
    last, due = queries.last_check(context, card.id)
    values = {"plan": plan, "last": last, "due": due, "next_due": rules.next_check(clock.today(), plan.months)}
    return _page(request, card, form, "encounters/check_new.html", values)


def _initial() -> dict[str, Any]:
    now = clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")
    return {"entry_id": new_id(), "moment": now}


def _hint_height(request: HttpRequest, card: registry.PersonCard, form: ContactForm) -> None:
    """Says the last height instead of filling it in: what was not measured today must not be written as measured."""
    if height := queries.last_height(context_of(request), card.id):
        form.fields["height"].help_text = _("Lần trước: %(height)s cm") % {"height": format_number(height)}


def _saved(request: HttpRequest, card: registry.PersonCard, form: ContactForm, act: Any) -> HttpResponse | None:
    """The answer after saving; None when the action refused and the form is shown again."""
    entry_id = form.cleaned_data["entry_id"]
    try:
        act(context_of(request), person_id=card.id, notes=form.notes(), entry_id=entry_id)
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
    except UserError as error:
        form.refuse(error)
        return None
    else:
        messages.done(request, _done(form), undo=retract_url(card.id, entry_id))
    return htmx.redirect(request, reverse("person", args=[card.id]))


def _done(form: ContactForm) -> str:
    if not isinstance(form, CheckForm):
        return _("Đã lưu lần khám.")
    plan, day = queries.check_plan(), form.notes().moment.astimezone(clock.VIETNAM).date()
    words = {"date": format_date(rules.next_check(day, plan.months)), "source": plan.source}
    return _("Đã lưu lần khám định kỳ. Lần sau vào ngày %(date)s (%(source)s).") % words


def _page(
    request: HttpRequest, card: registry.PersonCard, form: ContactForm, template: str, more: dict[str, Any]
) -> HttpResponse:
    values = frame(request, card, "", brief=True) | {"form": form} | more
    return render(request, template, values, status=422 if request.method == "POST" else 200)


@requires("visit.write")
def diagnoses(request: HttpRequest) -> JsonResponse:
    """GET /nguoi/benh/?q= – ICD-10 by part of the name or by code."""
    return JsonResponse({"results": queries.find_diagnoses(request.GET.get("q", "")[:80])})


# kind of contact → where it is written again
_AGAIN = {"visit": "visit_new", "periodic-check": "check_new", "rehab-session": "rehab_new"}


@requires("person.open")
def entry_retract(request: HttpRequest, id: Any, contact: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/ghi-nham/<contact>/ – a contact and all in it were entered in error."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = actions.contact_of(context, card.id, str(contact))
    values = {
        "contact": found,
        "kind": concepts.display(CS("encounter-type"), kind_of(found), language()),
        "goes": [entry_words(one) for one in actions.what_goes(context, found)[1:]],
    }
    what = Retracting(
        entry=found,
        act=lambda reason: actions.retract(context, person_id=card.id, contact_id=found["id"], reason=reason),
        done=_("Đã đánh dấu ghi nhầm. Lần ghi này không còn được tính ở đâu nữa."),
        again=_AGAIN.get(kind_of(found), ""),
        template="encounters/retract.html",
        values=values,
    )
    return retract_page(request, card, what)
