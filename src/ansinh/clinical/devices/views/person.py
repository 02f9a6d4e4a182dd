"""The devices of one person: list, prescription, one device whole, delivery, follow-up, repair, taking back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.devices import actions, catalogue, giving, queries
from ansinh.clinical.devices.forms import FollowForm, GiveForm, PrescribeForm, ReasonForm
from ansinh.clinical.devices.views import showing
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import frame
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, UserError
from ansinh.kernel.ids import new_id
from ansinh.ui import htmx, messages
from ansinh.ui.forms import Form
from ansinh.ui.refusals import refusal_in_language


def fresh() -> dict[str, Any]:
    """The hidden id and the hour of a new entry."""
    return {"entry_id": new_id(), "moment": clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")}


def saved(request: HttpRequest, form: Form, act: Callable[[], Any], words: str, target: str) -> HttpResponse | None:
    """The answer after saving; None when the action refused and the form is shown again."""
    try:
        act()
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
    except UserError as error:
        form.refuse(error)
        return None
    else:
        messages.done(request, words)
    return htmx.redirect(request, target)


def page(request: HttpRequest, card: registry.PersonCard, template: str, **values: Any) -> HttpResponse:
    """A page of one person; 422 when a form was sent and comes back."""
    shown = frame(request, card, "person_devices", brief="form" in values) | values
    return render(request, template, shown, status=422 if request.method == "POST" else 200)


@requires("device.open")
def person_devices(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/dung-cu/ – every device of the person and where it stands."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    lines = queries.devices(context, card.id, language())
    return page(
        request,
        card,
        "devices/person_devices.html",
        lines=[(line, reverse("device", args=[card.id, line.request]), *showing.state(line)) for line in lines],
        may_prescribe=context.has("device.prescribe") and not card.deceased,
    )


@requires("device.prescribe")
def device_prescribe(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/dung-cu/chi-dinh/ – a prescription."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = PrescribeForm(request.POST or None, initial=fresh(), language=language())
    if request.method == "POST" and form.is_valid():
        entry = form.cleaned_data["entry_id"]

        def act() -> None:
            actions.prescribe(context, person_id=card.id, draft=form.draft(), moment=form.at(), entry_id=entry)

        home = reverse("person_devices", args=[card.id])
        if answer := saved(request, form, act, _("Đã lưu chỉ định."), home):
            return answer
    return page(request, card, "devices/prescribe.html", form=form, terms=catalogue.terms())


@requires("device.open")
def device(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET /nguoi/<id>/dung-cu/<chỉ định>/ – one device whole; prints as the prescription."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    life = queries.life(context, card.id, str(prescription))
    return page(request, card, "devices/device.html", **showing.whole(context, card, life, language()))


@requires("workshop.work")
def device_give(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/giao/ – the person takes the device."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    prescribed = queries.request_of(context, card.id, str(prescription))
    day = clock.today()
    initial = fresh() | {"follow_up": giving.first_follow_up(day).isoformat(), "trained": True}
    form = GiveForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        entry = form.cleaned_data["entry_id"]

        def act() -> None:
            giving.give(context, person_id=card.id, request_id=str(prescription), giving=form.giving(), entry_id=entry)

        if answer := saved(request, form, act, _("Đã ghi giao dụng cụ."), _home(card.id, prescription)):
            return answer
    due = giving.replacement_of(context, prescribed, day)
    values = {"words": showing.words_of(prescribed, language()), "due": due, "terms": catalogue.terms()}
    return page(request, card, "devices/give.html", form=form, home=_home(card.id, prescription), **values)


def _home(person_id: str, prescription: Any) -> str:
    return reverse("device", args=[person_id, prescription])


@requires("workshop.work")
def device_follow(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/theo-doi/ – how the device is used."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    prescribed = queries.request_of(context, card.id, str(prescription))
    form = FollowForm(request.POST or None, initial=fresh())
    if request.method == "POST" and form.is_valid():
        entry = form.cleaned_data["entry_id"]

        def act() -> None:
            giving.follow(context, person_id=card.id, request_id=str(prescription), said=form.follow(), entry_id=entry)

        if answer := saved(request, form, act, _("Đã lưu lần theo dõi."), _home(card.id, prescription)):
            return answer
    words = showing.words_of(prescribed, language())
    return page(request, card, "devices/follow.html", form=form, words=words, home=_home(card.id, prescription))


@requires("workshop.work")
def device_repair(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/hong/ – a device in use goes to the workshop."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    prescribed = queries.request_of(context, card.id, str(prescription))
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = _("Hỏng ở đâu, cần sửa gì")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def act() -> None:
            giving.open_repair(context, person_id=card.id, request_id=str(prescription), reason=reason)

        if answer := saved(request, form, act, _("Đã mở phiếu sửa."), _home(card.id, prescription)):
            return answer
    words = showing.words_of(prescribed, language())
    values = {"heading": _("Đưa dụng cụ đi sửa"), "button": _("Mở phiếu sửa")}
    return page(
        request, card, "devices/reason.html", form=form, words=words, home=_home(card.id, prescription), **values
    )


@requires("device.open")
def device_take_back(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/ghi-nham/ – the delivery, or else the prescription, was entered in error."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    prescribed = queries.request_of(context, card.id, str(prescription))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def act() -> None:
            giving.take_back(context, person_id=card.id, request_id=str(prescription), reason=reason)

        home = reverse("person_devices", args=[card.id])
        words = _("Đã đánh dấu ghi nhầm. Lần ghi này không còn được tính ở đâu nữa.")
        if answer := saved(request, form, act, words, home):
            return answer
    words = showing.words_of(prescribed, language())
    values = {"heading": _("Đánh dấu ghi nhầm"), "button": _("Đánh dấu ghi nhầm"), "danger": True}
    return page(
        request, card, "devices/reason.html", form=form, words=words, home=_home(card.id, prescription), **values
    )
