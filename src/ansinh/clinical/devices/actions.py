"""Prescribing a device and having it made. Each is one intent in one transaction; giving and after: `giving`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.devices import catalogue, queries, resources, supplies
from ansinh.clinical.devices.resources import Prescription
from ansinh.clinical.devices.rules import making, stock
from ansinh.clinical.devices.rules.making import Step
from ansinh.clinical.devices.rules.stock import Receipt
from ansinh.clinical.encounters import rules as care_rules
from ansinh.clinical.encounters.actions import care_of, write_contact
from ansinh.clinical.encounters.queries import diagnosis
from ansinh.clinical.encounters.resources import Care, Findings, encounter_resource, impression
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.queries import PersonCard
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form of a prescription says. diagnosis: ICD-10 or ""; shares: payer → đồng."""

    kind: str
    reason: str
    side: str = ""
    diagnosis: str = ""
    findings: str = ""
    details: str = ""
    payer: str = ""
    cost: Decimal | None = None
    shares: Mapping[str, Decimal] = field(default_factory=dict)


def prescribe(context: Context, *, person_id: str, draft: Draft, moment: datetime, entry_id: str = "") -> str:
    """Writes the prescription (form 40 of NĐ 131/2021) and returns the id of its DeviceRequest.

    Raises Invalid (unknown kind, no side where one is needed, money that does not add up, dates), Conflict when the
    form was sent before, NotFound.
    """
    said = _prescription(draft, moment)
    card = registry.person(context, person_id)
    care = contact_care(context, card, moment, entry_id)
    request = resources.request_resource(care, said)
    words = catalogue.device_words(draft.kind, draft.side)
    summary = phrase("Chỉ định: %(device)s. %(reason)s", device=words, reason=draft.reason)
    write_contact(context, [*contact(care, resources.PRESCRIPTION, summary), request])
    return str(request["id"])


def _prescription(draft: Draft, moment: datetime) -> Prescription:
    kind = catalogue.kind(draft.kind)
    if kind is None:
        raise Invalid(_("Chọn loại dụng cụ trong danh mục."), code="device-kind", field="kind")
    if kind.sided and not draft.side:
        raise Invalid(_("Dụng cụ này cần ghi bên."), code="device-side", field="side")
    if not draft.reason:
        raise Invalid(
            _("Cần ghi tình trạng thương tật hoặc bệnh tật làm căn cứ."), code="device-reason", field="reason"
        )
    stock.check_payment(draft.cost, draft.shares)
    found = diagnosis(draft.diagnosis, moment.astimezone(clock.VIETNAM).date()) if draft.diagnosis else None
    if draft.diagnosis and found is None:
        raise Invalid(_("Mã bệnh không có trong danh mục ICD-10."), code="icd-unknown", field="diagnosis")
    return Prescription(
        kind=draft.kind,
        kind_words=concepts.display(catalogue.KIND, draft.kind),
        reason=draft.reason,
        side=draft.side if kind.sided else "",
        diagnosis=(found.code, found.display) if found else ("", ""),
        findings=draft.findings,
        details=draft.details,
        payer=draft.payer,
        cost=draft.cost,
        shares=draft.shares,
    )


def contact_care(context: Context, card: PersonCard, moment: datetime, entry_id: str) -> Care:
    """Where and when an act with the person belongs; raises Invalid for a time that cannot be."""
    local = moment.astimezone(clock.VIETNAM)
    care_rules.moment_of_care(local, card.draft.birth_date, clock.now(), death=card.deceased)
    return care_of(context, card, moment, entry_id or new_id())


def contact(care: Care, kind: str, summary: str) -> list[Resource]:
    """The Encounter of an act and what is said of it, as the timeline shows it: Vietnamese, as all that is stored."""
    label = concepts.display(CS("encounter-type"), kind)
    said = impression(care, Findings(note=str(summary)))
    return [encounter_resource(care, kind, label), *([said] if said else [])]


def open_order(context: Context, *, person_id: str, request_id: str, due: date | None = None) -> str:
    """Opens the work order of a prescription and gives the device its number; returns the id of the Task.

    Raises Conflict when it is open or the prescription is not active any more, Invalid for a day in the past, NotFound.
    """
    if due is not None and due < clock.today():
        raise Invalid(_("Ngày hẹn xong đã qua."), code="order-due", field="due")
    repository = Repository(context)
    with repository.transaction():
        request = active_request(context, person_id, request_id)
        kind = catalogue.kind(resources.kind_of(request))
        route = kind.route if kind else "made"
        care = _workshop_care(context, person_id)
        label = concepts.display(CS("task-type"), resources.ORDER)
        until = due.isoformat() if due else ""
        order = resources.order_resource(request, care, route, label, until)
        before = repository.find("Task", order["id"])
        if before is not None and before["status"] != "cancelled":
            raise Conflict(_("Phiếu làm dụng cụ này đã mở."), code="order-open")
        repository.save(resources.device_resource(request, care, clock.today().year))
        repository.save(order)
    return str(order["id"])


def active_request(context: Context, person_id: str, request_id: str) -> Resource:
    """The prescription, when it is still to be fulfilled; Conflict otherwise."""
    request = queries.request_of(context, person_id, request_id)
    if request["status"] != "active":
        raise Conflict(_("Chỉ định này không còn hiệu lực."), code="request-closed")
    return request


def _workshop_care(context: Context, person_id: str) -> Care:
    """Who acts and where, for what is done without the person: at this moment."""
    return care_of(context, registry.person(context, person_id), clock.now())


@dataclass(frozen=True, slots=True)
class Done:
    """What a form says of a step. checks: codes that were ticked, for the quality check; back: sent back to `stage`."""

    stage: str
    moment: datetime
    note: str = ""
    back: bool = False
    checks: Sequence[str] = ()


def take_step(context: Context, *, person_id: str, order_id: str, done: Done, version: int | None = None) -> Resource:
    """Writes that a stage is finished, or that the work goes back to one; returns the Task.

    A repair is over with the last stage of its route. Raises Invalid (not the next stage, a check that failed, dates),
    Conflict when the order is closed, Stale when somebody was faster, NotFound.
    """
    repository = Repository(context)
    with repository.transaction():
        order = _open_order_of(repository, person_id, order_id)
        route_name = resources.route_of(order)
        route = catalogue.workshop().route(route_name)
        steps, care = resources.steps_of(order), _workshop_care(context, person_id)
        step = Step(done.stage, _instant(done.moment), context.display, done.note, done.back)
        making.check_step(route, steps, step, order["authoredOn"], clock.now())
        if step.stage == making.QUALITY and not step.back:
            _refuse_failed(route_name, done.checks)
        following = making.next_stage(route, [*steps, step])
        after = resources.stepped(order, step, next(iter(care.performer()), None), following)
        if resources.ORDER not in _codes(order) and following == making.DELIVERY:
            after = resources.finished(after, step.at)
        return repository.update(after, if_match=version).resource


def _codes(order: Resource) -> list[str]:
    return [coding["code"] for coding in order["code"]["coding"]]


def _open_order_of(repository: Repository, person_id: str, order_id: str) -> Resource:
    order = repository.read("Task", order_id)
    if not resources.is_order(order) or order["for"]["reference"] != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy phiếu làm dụng cụ này."))
    if not resources.is_open(order):
        raise Conflict(_("Phiếu làm dụng cụ này đã đóng."), code="order-closed")
    return order


def _refuse_failed(route: str, ticked: Sequence[str]) -> None:
    failed = making.failed_checks(catalogue.workshop().checks_of(route), ticked)
    if failed:
        words = "; ".join(check.label for check in failed)
        message = _("Chưa đạt: %(checks)s. Sửa xong rồi kiểm tra lại, hoặc trả về công đoạn trước.") % {"checks": words}
        raise Invalid(message, code="check-failed", field="checks")


def _instant(moment: datetime) -> str:
    return moment.astimezone(clock.VIETNAM).isoformat(timespec="seconds")


def receive(context: Context, *, facility: str, receipt: Receipt, day: date, entry_id: str = "") -> str:
    """Parts come into stock; returns the id of the receipt. Raises Invalid, Conflict when the form was sent before."""
    stock.checked_receipt(receipt)
    if day > clock.today():
        raise Invalid(_("Ngày nhập kho chưa đến."), code="receipt-future", field="day")
    if not context.reaches(facility):
        raise NotFound(_("Không tìm thấy cơ sở này."))
    body = supplies.receipt_resource(entry_id or new_id(), facility, day.isoformat(), receipt)
    try:
        return str(Repository(context).create(body, id=body["id"]).resource["id"])
    except Conflict:
        raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved") from None


def use_part(
    context: Context, *, person_id: str, order_id: str, lot_id: str, quantity: Decimal, entry_id: str = ""
) -> str:
    """Parts of a lot go into the device of an order; returns the id of the entry.

    Raises Invalid for more than is left and for parts past their day, Conflict when the order is closed or the form was
    sent before, NotFound.
    """
    repository = Repository(context)
    with repository.transaction():
        order = _open_order_of(repository, person_id, order_id)
        care = replace(_workshop_care(context, person_id), id=entry_id or new_id())
        if repository.find("SupplyDelivery", care.part("part", lot_id)) is not None:
            raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved")
        facility = order["owner"]["reference"].partition("/")[2]
        lot = next((one for one in queries.stock(context, facility) if one.id == lot_id), None)
        if lot is None:
            raise Invalid(_("Chọn lô vật tư còn trong kho."), code="part-lot", field="lot")
        stock.check_use(lot, quantity, clock.today())
        part = supplies.part_resource(care, order, repository.read("SupplyDelivery", lot_id), quantity)
        return str(repository.create(part, id=part["id"]).resource["id"])
