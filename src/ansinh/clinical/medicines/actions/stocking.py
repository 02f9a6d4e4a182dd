"""The stock: what comes in, is handed out for an order, is thrown away, is counted. Never less than nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from ansinh.clinical.medicines import queries, resources
from ansinh.clinical.medicines.actions.giving import Witness, refuse_witness
from ansinh.clinical.medicines.actions.ordering import contacts_author, request_of
from ansinh.clinical.medicines.models import StockLot, StockMove
from ansinh.clinical.medicines.queries import Medicine
from ansinh.clinical.medicines.resources import Handed
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.kernel.ids import new_id
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import format_date, nfc

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a lot. quantity: positive; note: supplier, reason; id: makes a form that is sent twice one."""

    code: str
    lot: str
    quantity: Decimal
    note: str = ""
    id: str = ""


@transaction.atomic
def receive(context: Context, *, entry: Entry, expiry: date) -> None:
    """Medicine that came in. Raises Invalid for one that has expired, or a lot that is known with another day."""
    medicine, lot = _listed(context, entry.code, left=False), nfc(entry.lot).upper()
    if not lot:
        raise Invalid(_("Cần ghi số lô."), code="lot-empty", field="lot")
    if expiry < clock.today():
        raise Invalid(_("Lô này đã hết hạn."), code="lot-expired", field="expiry")
    _positive(entry.quantity)
    found, _made = StockLot.objects.select_for_update().get_or_create(
        unit=context.unit, medicine=medicine.id, lot=lot, defaults={"expiry": expiry, "quantity": 0}
    )
    if found.expiry != expiry:
        message = phrase("Lô này đã có trong kho với hạn dùng %(date)s.", date=format_date(found.expiry))
        raise Invalid(message, code="lot-differs", field="expiry")
    _step(context, found, "receipt", entry.quantity, entry)


@transaction.atomic
def throw_away(context: Context, *, entry: Entry, witness: Witness | None = None) -> None:
    """Medicine that is lost or destroyed. Raises Invalid without a reason or for more than there is, Refused for a
    controlled medicine without its second signature."""
    if not nfc(entry.note):
        raise Invalid(_("Cần ghi lý do hủy."), code="reason-required", field="note")
    medicine, _quantity = _listed(context, entry.code), _positive(entry.quantity)
    _witnessed(context, medicine, witness)
    _step(context, _lot(context, medicine, entry.lot), "waste", -entry.quantity, entry, witness)


@transaction.atomic
def count(context: Context, *, entry: Entry, witness: Witness | None = None) -> Decimal:
    """What a count of the shelf found; returns the difference. Raises like `throw_away`; a reason is needed."""
    medicine = _listed(context, entry.code)
    if entry.quantity < 0:
        raise Invalid(_("Số đếm không được âm."), code="quantity", field="quantity")
    _witnessed(context, medicine, witness)
    lot = _lot(context, medicine, entry.lot)
    difference = entry.quantity - lot.quantity
    if difference:
        if not nfc(entry.note):
            raise Invalid(_("Số đếm khác sổ: cần ghi lý do."), code="reason-required", field="note")
        _step(context, lot, "count", difference, entry, witness)
    return difference


def dispense(context: Context, *, person_id: str, request_id: str, entry: Entry, witness: Witness | None = None) -> str:
    """Hands medicine of an order out; returns the id of the MedicationDispense. Raises Invalid for an order that ended,
    an expired lot or more than there is, Refused like `throw_away`, Conflict when sent twice."""
    with transaction.atomic():
        request = request_of(context, person_id, request_id)
        if request["status"] not in queries.OPEN:
            raise Invalid(_("Y lệnh này đã ngừng."), code="order-stopped")
        code = (request["medicationCodeableConcept"].get("coding") or [{}])[0].get("code", "")
        medicine, quantity = _listed(context, code), _positive(entry.quantity)
        _witnessed(context, medicine, witness)
        lot = _lot(context, medicine, entry.lot)
        if lot.expiry < clock.today():
            raise Invalid(phrase("Lô %(lot)s đã hết hạn ngày %(date)s.", lot=lot.lot, date=format_date(lot.expiry)),
                          code="lot-expired", field="lot")  # fmt: skip
        own_id = entry.id or new_id()
        _step(context, lot, "dispense", -quantity, Entry(code, lot.lot, quantity, entry.note, own_id), witness, own_id)
        handed = Handed(own_id, lot.lot, lot.expiry.isoformat(), quantity, medicine.unit)
        second = {"reference": witness.actor, "display": witness.name} if witness else None
        body = resources.dispense_resource(request, handed, at=clock.instant(), author=contacts_author(context),
                                           witness=second)  # fmt: skip
        Repository(context).create(body, id=own_id)
    return own_id


def put_back(context: Context, dispense: Resource) -> None:
    """What was handed out by mistake goes back to its lot; called when a MedicationDispense is taken back."""
    move = StockMove.objects.select_related("lot").filter(entry=dispense["id"], kind="dispense").first()
    if move is not None:
        back = Entry("", move.lot.lot, -move.quantity, "", f"{dispense['id']}-back")
        _step(context, move.lot, "return", -move.quantity, back, None, dispense["id"])


def _listed(context: Context, code: str, *, left: bool = True) -> Medicine:
    """The medicine; one that left the list may still be handed out, counted and destroyed, but none comes in."""
    found = queries.medicine(context, context.unit, code, left=left)
    if found is None:
        raise Invalid(_("Thuốc này không có trong danh mục của cơ sở."), code="medicine-unknown", field="code")
    return found


def _positive(quantity: Decimal) -> Decimal:
    if quantity <= 0:
        raise Invalid(_("Số lượng phải lớn hơn 0."), code="quantity", field="quantity")
    return quantity


def _witnessed(context: Context, medicine: Medicine, witness: Witness | None) -> None:
    if medicine.controlled and witness is None:
        raise Refused(_("Thuốc kiểm soát đặc biệt cần hai người ký."), code="witness-required")
    if witness is not None:
        refuse_witness(context, witness)


def _lot(context: Context, medicine: Medicine, lot: str) -> StockLot:
    of_lot = StockLot.objects.select_for_update()  # a count says what is on the shelf now, not a moment ago
    found = of_lot.filter(unit=context.unit, medicine=medicine.id, lot=nfc(lot).upper()).first()
    if found is None:
        raise NotFound(_("Không có lô này trong kho."), field="lot")
    return found


def _step(
    context: Context, lot: StockLot, kind: str, quantity: Decimal, entry: Entry, witness: Witness | None = None,
    reference: str = "",
) -> None:  # fmt: skip
    """Move the lot by a signed quantity; the database itself refuses less than nothing."""
    changed = StockLot.objects.filter(pk=lot.pk, quantity__gte=-quantity if quantity < 0 else 0)
    try:
        with transaction.atomic():
            StockMove.objects.create(
                entry=entry.id or new_id(),
                lot=lot,
                kind=kind,
                quantity=quantity,
                at=clock.now(),
                by=context.actor,
                by_name=context.display,
                witness=witness.name if witness else "",
                reference=reference,
                note=nfc(entry.note)[:300],
            )
    except IntegrityError:
        raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved") from None
    if not changed.update(quantity=F("quantity") + quantity):
        raise Invalid(_("Kho không còn đủ lô này."), code="stock-short", field="quantity")
