"""Pages of rehabilitation sessions."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import entry_url, frame, retract_url
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.rehab import actions, queries, reading
from ansinh.clinical.rehab.forms import SessionForm
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, UserError
from ansinh.kernel.ids import new_id
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language

USUAL_MINUTES = 30


@requires("rehab.write")
def rehab_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/tap/ – a session, and the last ones beside it."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = SessionForm(request.POST or None, person=card.id, initial=_initial(request, card))
    if request.method == "POST" and form.is_valid() and (answer := _saved(request, card.id, form)):
        return answer
    past = queries.sessions(context, card.id, limit=5, language=language())
    values = frame(request, card, "", brief=True) | {
        "form": form,
        "past": [(session, entry_url(card.id, "Encounter", session.id)) for session in past],
    }
    return render(request, "rehab/rehab_new.html", values, status=422 if request.method == "POST" else 200)


def _initial(request: HttpRequest, card: registry.PersonCard) -> dict[str, Any]:
    usual = _usual(context_of(request), card) if request.method == "GET" else []
    now = clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")
    return {"entry_id": new_id(), "moment": now, "minutes": USUAL_MINUTES, "techniques": usual}


def _usual(context: Context, card: registry.PersonCard) -> list[str]:
    """What a session is expected to have: the techniques of the plan, without one those of the session before."""
    planned = [line.code for line in reading.planned(context, card) if line.kind == "technique"]
    return list(dict.fromkeys(planned)) or queries.usual_techniques(context, card.id)


def _saved(request: HttpRequest, person_id: str, form: SessionForm) -> HttpResponse | None:
    """The answer after saving; None when the action refused and the form is shown again."""
    try:
        actions.record_session(
            context_of(request), person_id=person_id, session=form.session(), entry_id=form.cleaned_data["entry_id"]
        )
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
    except UserError as error:
        form.refuse(error)
        return None
    else:
        undo = retract_url(person_id, form.cleaned_data["entry_id"])
        messages.done(request, _("Đã lưu buổi tập."), undo=undo)
    return htmx.redirect(request, reverse("person", args=[person_id]))


@requires("rehab.write")
def techniques(request: HttpRequest, id: Any) -> JsonResponse:
    """GET /nguoi/<id>/ky-thuat/?q= – chapter 17 by part of the name, the facility's own first."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    facility = (card.stay.facility_id if card.stay else "") or card.draft.facility
    return JsonResponse({"results": queries.find_techniques(context, facility, request.GET.get("q", "")[:80])})
