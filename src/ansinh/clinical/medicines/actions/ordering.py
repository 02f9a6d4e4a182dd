"""Ordering a medicine, after its checks; stopping one; allergies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.medicines import queries, resources
from ansinh.clinical.medicines.queries import Medicine
from ansinh.clinical.medicines.resources import Ordered, Regimen
from ansinh.clinical.medicines.rules import checks, prescribing
from ansinh.clinical.medicines.rules.checks import Finding, Weighing
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.registry.rules import age
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Problem
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import nfc

Resource = dict[str, Any]
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Wish:
    """What is ordered. code: of the facility's list; days: 0 for open-ended; override: why in spite of what was found;
    take_home: an outpatient's prescription."""

    code: str
    regimen: Regimen
    days: int = 0
    weighing: Weighing | None = None
    reason: str = ""
    override: str = ""
    take_home: bool = False


def order(context: Context, *, person_id: str, wish: Wish, order_id: str = "") -> str:
    """Orders a medicine; returns the id of the MedicationRequest.

    Raises Invalid with everything that stands against it (`medicine-check`, unless `override` says why all the same),
    with a dose by the wrong weight (never overridden), NotFound, Conflict when sent twice.
    """
    card = registry.person(context, person_id)
    facility = card.draft.facility or context.unit
    medicine = _checked(context, card, facility, wish)
    found = check(context, card, facility, medicine, wish)
    _refuse(found, nfc(wish.override))
    now, author = clock.now(), contacts_author(context)
    at = clock.instant(now)
    ordered = Ordered(order_id or new_id(), person_id, facility, at, author, reason=nfc(wish.reason))
    if wish.take_home:
        seed = "/".join((person_id, clock.today().isoformat(), context.actor or context.login, medicine.controlled))
        shape = queries.prescription_shape()
        code = prescribing.code(shape, queries.facility_code(facility), seed, medicine.controlled)
        ordered = replace(ordered, prescription=code)
    regimen = replace(wish.regimen, unit=wish.regimen.unit or medicine.unit, end=_end(wish))
    request = resources.request_resource(ordered, medicine.code, medicine.name, regimen, wish.weighing)
    return _written(context, request, found, nfc(wish.override), at, author)


def _written(context: Context, request: Resource, found: Sequence[Finding], why: str, at: str, author: Resource) -> str:
    repository = Repository(context)
    issues = [
        resources.issue_resource(request, number, finding, at=at, author=author, why=why or "Đã xem")
        for number, finding in enumerate(found, 1)
    ]
    named = [{"reference": f"DetectedIssue/{issue['id']}"} for issue in issues]
    body = request | ({"detectedIssue": named} if named else {})
    try:
        repository.carry_out([repository.to_create(one, id=one["id"]) for one in (body, *issues)])
    except Conflict:
        raise Conflict(_("Y lệnh này đã được lưu từ lần gửi trước."), code="already-saved") from None
    return str(request["id"])


def _checked(context: Context, card: PersonCard, facility: str, wish: Wish) -> Medicine:
    """The medicine of the list; raises Invalid with every problem of the wish itself."""
    medicine = queries.medicine(context, facility, wish.code)
    problems = []
    if medicine is None:
        problems.append(Problem("code-invalid", _("Thuốc này không có trong danh mục của cơ sở."), "code"))
    if card.deceased:
        problems.append(Problem("business-rule", _("Người này đã mất."), "code"))
    if wish.regimen.amount <= 0:
        problems.append(Problem("value", _("Liều mỗi lần phải lớn hơn 0."), "amount"))
    if not wish.regimen.hours and not wish.regimen.as_needed:
        problems.append(Problem("required", _("Chọn giờ dùng, hoặc «khi cần»."), "hours"))
    if not 0 <= wish.days <= MOST_DAYS:
        problems.append(Problem("value", _("Số ngày từ 1 đến 366."), "days"))
    if wish.weighing:
        problems += checks.weighing_problems(wish.weighing, queries.last_weight(context, card.id))
    if problems or medicine is None:
        first = problems[0]
        raise Invalid(first.message, code="medicine-order", field=first.expression, problems=problems)
    return medicine


def check(context: Context, card: PersonCard, facility: str, medicine: Medicine, wish: Wish) -> list[Finding]:
    """Everything that stands against a medicine for this person. At most five queries."""
    known = queries.known(context)
    allergies = queries.allergies(context, [card.id]).get(card.id, [])
    present = queries.present_drugs(context, card.id, facility)
    found = checks.findings(medicine.drug, allergies, present, known)
    if wish.weighing:
        birth = card.draft.birth_date
        years = Decimal(age(birth, clock.today()).months) / 12 if birth else None
        found += checks.most_per_kg(medicine.drug, wish.weighing, years, known)
    return found


def _refuse(found: Sequence[Finding], override: str) -> None:
    if override or not any(finding.stops for finding in found):
        return
    problems = [finding.problem("override") for finding in found]
    raise Invalid(resources.findings_said(found), code="medicine-check", field="override", problems=problems)


def _end(wish: Wish) -> str:
    if wish.regimen.end or not wish.days:
        return wish.regimen.end
    first = date.fromisoformat(wish.regimen.start[:10]) if wish.regimen.start else clock.today()
    return (first + timedelta(days=wish.days - 1)).isoformat()


def contacts_author(context: Context) -> Resource:
    """Who acts, as a reference with a name; {} for machines."""
    staff = contacts.on_staff(context)
    return ({"reference": staff} if staff else {}) | ({"display": context.display} if context.display else {})


def request_of(context: Context, person_id: str, request_id: str) -> Resource:
    """An order of this person. Raises NotFound for anybody else's."""
    found = Repository(context).read("MedicationRequest", request_id)
    if found.get("subject", {}).get("reference") != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy y lệnh này."))
    return found


def stop(context: Context, *, person_id: str, request_id: str, reason: str) -> None:
    """Ends an order now. Raises Invalid without a reason, Conflict for one that ended before, NotFound."""
    if not nfc(reason):
        raise Invalid(_("Cần ghi lý do ngừng thuốc."), code="reason-required", field="reason")
    repository = Repository(context)
    with repository.transaction():
        found = request_of(context, person_id, request_id)
        if found["status"] not in queries.OPEN:
            raise Conflict(_("Y lệnh này đã ngừng."), code="already-stopped")
        after = resources.stopped(found, clock.instant(), nfc(reason))
        repository.update(after, if_match=int(found["meta"]["versionId"]))


@dataclass(frozen=True, slots=True)
class AllergyNote:
    """What somebody does not bear, as it is told."""

    substance: str
    severe: bool = False
    reaction: str = ""
    onset: str = ""


def note_allergy(context: Context, *, person_id: str, note: AllergyNote, entry_id: str = "") -> tuple[str, list[str]]:
    """Writes an allergy; returns its id and the names of medicines that run against it, to be stopped by a doctor.

    Raises Invalid without a substance, or when it is on record; NotFound; Conflict when sent twice.
    """
    substance = nfc(note.substance)
    if not substance:
        raise Invalid(_("Cần ghi chất hoặc thuốc gây dị ứng."), code="allergy-empty", field="substance")
    card = registry.person(context, person_id)
    known = queries.known(context)
    present = queries.allergies(context, [person_id]).get(person_id, [])
    if any(known.name(one.substance) == known.name(substance) for one in present):
        raise Invalid(_("Dị ứng này đã có trong hồ sơ."), code="allergy-known", field="substance")
    body = resources.allergy_resource(
        entry_id or new_id(),
        person_id,
        substance,
        severe=note.severe,
        reaction=nfc(note.reaction),
        onset=note.onset,
        at=clock.instant(),
        author=contacts_author(context),
    )
    saved = Repository(context).create(body, id=body["id"]).resource
    allergy = checks.Allergy(saved["id"], substance, note.severe)
    drugs = queries.present_drugs(context, person_id, card.draft.facility or context.unit)
    against = [
        drug.name
        for _order, drug in drugs
        if any(found.kind == "allergy" for found in checks.against_allergies(drug, [allergy], known))
    ]
    return saved["id"], against
