"""A dose given, refused or held: once for each hour of an order, controlled medicines signed by two."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.medicines import queries, resources
from ansinh.clinical.medicines.actions.ordering import contacts_author, request_of
from ansinh.clinical.medicines.refusals import drug_of
from ansinh.clinical.medicines.rules import checks, times
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, Refused
from ansinh.kernel.naming import CS
from ansinh.kernel.text import nfc

Resource = dict[str, Any]
OUTCOMES = ("given", "refused", "held")


@dataclass(frozen=True, slots=True)
class Given:
    """What became of a dose. slot: FHIR dateTime of its hour ("" for a medicine as needed, now); reason: code of
    dose-reason; override: why in spite of an allergy; key: makes a dose as needed one, however often it is sent."""

    request: str
    slot: str
    outcome: str
    reason: str = ""
    note: str = ""
    override: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """The second person who signs for a controlled medicine, whose proof was checked. actor: reference; login: id."""

    actor: str
    login: str
    name: str
    unit: str
    may_give: bool


def needs_witness(context: Context, request: Resource) -> bool:
    """True for a controlled medicine of the facility's list. One query."""
    return bool(_controlled(context, request))


def _controlled(context: Context, request: Resource) -> str:
    place: Resource = next((one for one in request.get("extension", []) if one["url"] == resources.FACILITY), {})
    facility = place.get("valueReference", {}).get("reference", "").partition("/")[2] or context.unit
    code = (request["medicationCodeableConcept"].get("coding") or [{}])[0].get("code", "")
    listed = queries.medicine(context, facility, code, left=True)
    return listed.controlled if listed else ""


def record(context: Context, *, person_id: str, given: Given, witness: Witness | None = None) -> str:
    """Writes what became of a dose; returns the id of the MedicationAdministration.

    Raises Conflict when it is on record, Invalid for an hour that has not come or an order that does not run then or
    stands against an allergy, Refused for a controlled medicine without its second signature, NotFound.
    """
    if given.outcome not in OUTCOMES:
        raise Invalid(_("Chọn: đã dùng, từ chối hoặc hoãn."), code="dose-outcome", field="outcome")
    repository = Repository(context)
    with repository.transaction():
        request = request_of(context, person_id, given.request)
        slot, at = _moment(request, given)
        if given.outcome == "given":
            _signed(context, request, witness)
            _bearable(context, person_id, request, nfc(given.override))
        body = resources.dose_resource(
            request,
            slot,
            outcome=given.outcome,
            at=at,
            author=contacts_author(context),
            witness={"reference": witness.actor, "display": witness.name} if witness else None,
            reason=_reason(given),
            note=nfc(" ".join(filter(None, (given.note, given.override)))),
            key="" if given.slot else given.key,
        )
        return _once(repository, body)


def _once(repository: Repository, body: Resource) -> str:
    before = repository.find("MedicationAdministration", body["id"])
    if before is None:
        repository.create(body, id=body["id"])
    elif before["status"] == "entered-in-error":
        repository.update(body, if_match=int(before["meta"]["versionId"]))
    else:
        raise Conflict(_("Liều này đã được ghi."), code="dose-recorded")
    return str(body["id"])


def _moment(request: Resource, given: Given) -> tuple[str, str]:
    """(hour of the dose, when it counts as given). Raises Invalid where the order has no such dose."""
    now, course = clock.now(), resources.course_of_request(request)
    if request["status"] not in queries.OPEN:
        raise Invalid(_("Y lệnh này đã ngừng."), code="order-stopped", field="slot")
    if request["status"] == "on-hold":
        raise Invalid(_("Y lệnh này đang tạm hoãn."), code="order-on-hold", field="slot")
    if not given.slot:
        if not course.as_needed:
            raise Invalid(_("Liều này không có giờ."), code="dose-slot", field="slot")
        if not times.runs(course, now):
            raise Invalid(_("Y lệnh này chưa bắt đầu hoặc đã hết ngày."), code="order-over", field="slot")
        at = now.astimezone(clock.VIETNAM).isoformat(timespec="seconds")
        return at, at
    try:
        day = queries.day_of(given.slot)
    except ValueError:
        day = clock.today()
    if given.slot not in set(times.slots(course, day)):
        raise Invalid(_("Y lệnh không có liều vào giờ này."), code="dose-slot", field="slot")
    return given.slot, times.moment_of_dose(given.slot, now)


def _bearable(context: Context, person_id: str, request: Resource, override: str) -> None:
    """Allergies may have been noted after the order was written."""
    allergies = queries.allergies(context, [person_id]).get(person_id, [])
    found = [
        one
        for one in checks.against_allergies(drug_of(request), allergies, queries.known(context))
        if one.kind == "allergy"
    ]
    if found and not override and not request.get("detectedIssue"):
        raise Invalid(resources.findings_said(found), code="dose-allergy", field="override",
                      problems=[one.problem("override") for one in found])  # fmt: skip


def _signed(context: Context, request: Resource, witness: Witness | None) -> None:
    if not needs_witness(context, request):
        return
    if witness is None:
        raise Refused(_("Thuốc kiểm soát đặc biệt cần hai người ký."), code="witness-required")
    refuse_witness(context, witness)


def refuse_witness(context: Context, witness: Witness) -> None:
    """Raises Invalid for a second signature that is the first one's, of another unit, or of who may not give."""
    if witness.login == context.login or (witness.actor and witness.actor == context.actor):
        raise Invalid(_("Người ký thứ hai phải là người khác."), code="witness-same", field="username")
    if witness.unit != context.unit or not witness.may_give:
        message = _("Người ký thứ hai phải thuộc đơn vị này và được phát thuốc.")
        raise Invalid(message, code="witness-other", field="username")


def _reason(given: Given) -> Resource | None:
    if given.outcome == "given":
        return None
    code = given.reason or ("refused" if given.outcome == "refused" else "order")
    words = concepts.display(CS("dose-reason"), code)
    if words == code:
        raise Invalid(_("Lý do không có trong danh sách."), code="dose-reason", field="reason")
    return resources.reason_concept(code, words)
