"""The making of one device: opening its work order, finishing a stage, sending back, taking parts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.devices import actions, catalogue, queries, resources
from ansinh.clinical.devices.actions import Done
from ansinh.clinical.devices.forms import BackForm, OrderForm, PartForm, StepForm
from ansinh.clinical.devices.rules import making
from ansinh.clinical.devices.views import showing
from ansinh.clinical.devices.views.person import page, saved
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound
from ansinh.kernel.ids import new_id

Resource = dict[str, Any]


@requires("workshop.work")
def order_new(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/lam/ – the work order of a prescription."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    prescribed = queries.request_of(context, card.id, str(prescription))
    form = OrderForm(request.POST or None)
    home = reverse("device", args=[card.id, prescription])
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            actions.open_order(context, person_id=card.id, request_id=str(prescription), due=form.day())

        if answer := saved(request, form, act, _("Đã mở phiếu làm dụng cụ."), home):
            return answer
    words = showing.words_of(prescribed, language())
    return page(request, card, "devices/order_new.html", form=form, words=words, home=home)


def _open_order(life: queries.Life) -> Resource:
    order = life.order
    if order is None or not resources.is_open(order):
        raise NotFound(_("Dụng cụ này không có phiếu đang mở ở xưởng."))
    return order


@requires("workshop.work")
def step(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/cong-doan/ – the next stage is finished; for the quality check with what was looked at."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    life = queries.life(context, card.id, str(prescription))
    order = _open_order(life)
    route = resources.route_of(order)
    stage = making.next_stage(catalogue.workshop().route(route), resources.steps_of(order))
    if stage == making.DELIVERY:
        raise NotFound(_("Mọi công đoạn đã xong; dụng cụ chờ giao."))
    now = clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")
    initial = {"version": order["meta"]["versionId"], "stage": stage, "moment": now}
    checks = catalogue.workshop().checks_of(route) if stage == making.QUALITY else []
    form = StepForm(request.POST or None, initial=initial, checks=checks, language=language())
    home = reverse("device", args=[card.id, prescription])
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            version = form.cleaned_data["version"]
            actions.take_step(context, person_id=card.id, order_id=order["id"], done=form.done(), version=version)

        if answer := saved(request, form, act, _("Đã ghi công đoạn."), home):
            return answer
    stage_words = concepts.display(catalogue.STAGE, stage, language())
    values = {"words": showing.words_of(life.request, language()), "stage": stage_words, "home": home}
    return page(request, card, "devices/step.html", form=form, **values)


@requires("workshop.work")
def send_back(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/tra-ve/ – something is wrong: the work goes back to a stage that was finished."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    life = queries.life(context, card.id, str(prescription))
    order = _open_order(life)
    finished = making.done_stages(resources.steps_of(order))
    stages = [(one, concepts.display(catalogue.STAGE, one, language())) for one in finished]
    form = BackForm(request.POST or None, initial={"version": order["meta"]["versionId"]}, stages=stages)
    home = reverse("device", args=[card.id, prescription])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> None:
            done = Done(data["stage"], clock.now(), data["note"], back=True)
            actions.take_step(context, person_id=card.id, order_id=order["id"], done=done, version=data["version"])

        if answer := saved(request, form, act, _("Đã trả về công đoạn trước."), home):
            return answer
    words = showing.words_of(life.request, language())
    return page(request, card, "devices/send_back.html", form=form, words=words, home=home)


@requires("workshop.work")
def part(request: HttpRequest, id: Any, prescription: Any) -> HttpResponse:
    """GET, POST …/vat-tu/ – parts of a lot go into the device."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    life = queries.life(context, card.id, str(prescription))
    order = _open_order(life)
    lots = queries.stock(context, order["owner"]["reference"].partition("/")[2])
    form = PartForm(request.POST or None, initial={"entry_id": new_id()}, lots=lots)
    home = reverse("device", args=[card.id, prescription])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> None:
            actions.use_part(
                context,
                person_id=card.id,
                order_id=order["id"],
                lot_id=data["lot"],
                quantity=data["quantity"],
                entry_id=data["entry_id"],
            )

        if answer := saved(request, form, act, _("Đã ghi vật tư."), home):
            return answer
    words = showing.words_of(life.request, language())
    return page(request, card, "devices/part.html", form=form, words=words, home=home, lots=lots)
