"""Taking a person in, ending a stay, and taking a wrong stay back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import actions, queries, resources
from ansinh.clinical.registry.forms import AdmissionForm, DischargeForm
from ansinh.clinical.registry.views.reading import frame, retract_url
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.registry.views.retracting import Retracting, retract_page
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.errors import Stale, UserError
from ansinh.kernel.naming import CS
from ansinh.ui import htmx, messages


@requires("stay.admit")
def stay_admit(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/tiep-nhan/ – opens a stay or follow-up."""
    context = context_of(request)
    card = queries.person(context, str(id), language())
    form = AdmissionForm(request.POST or None, initial={"start": clock.today().isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            stay = actions.admit(context, person_id=card.id, admission=form.admission())
            messages.done(request, _("Đã tiếp nhận."), undo=retract_url(card.id, stay, "EpisodeOfCare"))
            return htmx.redirect(request, reverse("person", args=[card.id]))
        except UserError as error:
            form.refuse(error)
    return _page(request, card, form, _("Tiếp nhận"), _("Tiếp nhận"))


@requires("stay.discharge")
def stay_discharge(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/ket-thuc/ – ends the open stay."""
    context = context_of(request)
    card = queries.person(context, str(id), language())
    stay = card.stay
    if stay is None and not request.POST.get("stay"):
        messages.noted(request, _("Người này không có đợt lưu trú nào đang mở."))
        return htmx.redirect(request, reverse("person", args=[card.id]))
    initial = {"end": clock.today().isoformat()}
    if stay:
        initial |= {"stay": stay.id, "version": str(stay.version)}
    form = DischargeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.discharge(
                context,
                person_id=card.id,
                stay_id=data["stay"],
                end=data["end"],
                reason=data["reason"],
                version=data["version"],
            )
            messages.done(request, _("Đã kết thúc đợt lưu trú."))
            return htmx.redirect(request, reverse("person", args=[card.id]))
        except Stale:
            form.add_error(None, _("Đợt lưu trú này vừa được người khác sửa. Hãy mở lại trang rồi ghi."))
        except UserError as error:
            form.refuse(error)
    return _page(request, card, form, _("Kết thúc lưu trú"), _("Kết thúc đợt lưu trú"))


@requires("person.open")
def stay_retract(request: HttpRequest, id: Any, stay: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/ghi-nham-dot/<stay>/ – a stay was entered in error; what was recorded in it stays."""
    context = context_of(request)
    card = queries.person(context, str(id), language())
    found = actions.stay_of(context, card.id, stay)
    values = {
        "stay": found,
        "kind": concepts.display(CS("stay-kind"), resources.stay_kind(found), language()),
        "within": queries.recorded_within(context, card.id, found["id"]),
        "death": actions.died_of(found, Repository(context).read("Patient", card.id)),
    }
    what = Retracting(
        entry=found,
        act=lambda reason: actions.retract_stay(context, person_id=card.id, stay_id=found["id"], reason=reason),
        done=_("Đã đánh dấu ghi nhầm. Đợt này không còn được tính ở đâu nữa."),
        again="stay_admit",
        template="registry/stay_retract.html",
        values=values,
    )
    return retract_page(request, card, what)


def _page(request: HttpRequest, card: queries.PersonCard, form: Any, title: str, button: str) -> HttpResponse:
    values = frame(request, card, "", brief=True) | {"form": form, "title": title, "button_text": button}
    return render(request, "registry/stay.html", values, status=422 if request.method == "POST" else 200)
