"""One way for forms of a person's record to post, be refused and come back, or be told that they were sent before."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.registry.views.reading import retract_url
from ansinh.kernel.errors import Conflict, Stale, UserError
from ansinh.ui import forms, htmx, messages
from ansinh.ui.refusals import refusal_in_language


@dataclass(frozen=True, slots=True)
class Recording:
    """What a form writes. act: writes what was typed (the form is whole then) and returns the id of what can be taken
    back; done: the sentence then; to: name of the person's page that follows; kind: type of what can be taken back,
    "" for nothing."""

    act: Callable[[], object]
    done: str
    to: str
    kind: str = ""


def recorded(request: HttpRequest, card: PersonCard, form: forms.Form, what: Recording) -> HttpResponse | None:
    """Where to go when it is written, now or by an earlier sending. None while the form is to be shown: it was not
    sent, is not whole, was refused, or somebody else was quicker, and says so itself."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = what.act()
    except UserError as error:
        if not isinstance(error, Conflict) or isinstance(error, Stale):
            form.refuse(error)
            return None
        messages.noted(request, refusal_in_language(error.message))
    else:
        messages.done(request, what.done, undo=retract_url(card.id, str(made), what.kind) if what.kind else "")
    return htmx.redirect(request, reverse(what.to, args=[card.id]))
