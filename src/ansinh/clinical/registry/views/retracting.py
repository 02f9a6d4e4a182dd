"""One page for taking back what was entered in error: who may, why, and what goes with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ansinh.clinical.registry import contacts
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.registry.retract_form import RetractForm
from ansinh.clinical.registry.retractions import retraction_of
from ansinh.clinical.registry.views.reading import frame
from ansinh.clinical.registry.views.requests import context_of
from ansinh.kernel.errors import Conflict, UserError
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language


@dataclass(frozen=True, slots=True)
class Retracting:
    """What is taken back. act: does it, with the reason; done: the sentence then; again: where what was only written
    wrong is written again at once, "" for nowhere; template: extends registry/retract.html; values: for it."""

    entry: dict[str, Any]
    act: Callable[[str], object]
    done: str
    again: str
    template: str
    values: Mapping[str, Any]


def retract_page(request: HttpRequest, card: PersonCard, what: Retracting) -> HttpResponse:
    """GET asks why, POST takes it back. Who may not is refused before anything is asked."""
    retraction = retraction_of(what.entry)
    if request.method == "GET" and not retraction:
        contacts.refuse_others(context_of(request), what.entry)
    form = RetractForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (answer := _answer(request, card, what, form)):
        return answer
    values = frame(request, card, "", brief=True) | {"form": form, "retraction": retraction} | dict(what.values)
    return render(request, what.template, values, status=422 if request.method == "POST" else 200)


def _answer(request: HttpRequest, card: PersonCard, what: Retracting, form: RetractForm) -> HttpResponse | None:
    """Where to go when it is taken back, now or before; None when that was refused and the form is shown again."""
    to = "person_timeline"
    try:
        what.act(form.reason())
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
    except UserError as error:
        form.refuse(error)
        return None
    else:
        messages.done(request, what.done)
        if form.cleaned_data["why"] == "figures":
            to = what.again or to
    return htmx.redirect(request, reverse(to, args=[card.id]))
