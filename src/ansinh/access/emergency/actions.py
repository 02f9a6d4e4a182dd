"""Opening a record in an emergency, ending it, looking at it afterwards."""

import re
from datetime import timedelta

from django.db import transaction

from ansinh.access.emergency import contexts, resources
from ansinh.access.models import EmergencyAccess, User
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import trail
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.kernel.text import nfc

MINUTES = 60
LEAST_REASON = 15
"""Letters: "cấp cứu" alone is no reason that anybody could look at."""


@transaction.atomic
def open_emergency(context: Context, *, user: User, reason: str, person: str = "", number: str = "") -> EmergencyAccess:
    """Open one person's record for an hour. person: id of somebody in sight; number: a whole number of a paper of
    anybody on the node (citizen, insurance, record).

    Raises Refused without the right, Invalid for a reason that is none, NotFound when no one person has the number.
    """
    if not context.has(contexts.OPENS):
        raise Refused("Vai trò của anh/chị không được mở hồ sơ khẩn cấp.")
    reason = nfc(reason).strip()
    if len(re.sub(r"\W", "", reason)) < LEAST_REASON:
        raise Invalid("Cần ghi lý do cụ thể: ai, đang bị gì, vì sao cần xem ngay.", field="reason")
    patient = _patient(context, person, number)
    at = clock.now()
    access = EmergencyAccess.objects.create(
        user=user,
        role=context.role,
        unit=context.unit,
        person=patient["id"],
        person_unit=_unit_of(patient),
        reason=reason,
        started=at,
        until=at + timedelta(minutes=MINUTES),
    )
    for unit in sorted({access.unit, access.person_unit} - {""}):
        told = resources.task(number=access.pk, person=access.person, unit=unit, requester=context.actor, at=at)
        Repository(system_context(unit=unit)).update(told)
    # In the audit before anything is shown, not only noted.
    trail.append([trail.entry(contexts.of(context, access), "read", "Patient", access.person)])
    return access


def end_emergency(*, access: EmergencyAccess) -> None:
    """It is over before its time."""
    access.ended = clock.now()
    access.save(update_fields=["ended"])


@transaction.atomic
def review(context: Context, *, access: EmergencyAccess, reviewer: User, justified: bool, note: str = "") -> None:
    """Somebody looked at it. Nobody judges their own; a no needs a word. Raises Refused, Conflict, Invalid."""
    if access.user_id == reviewer.pk:
        raise Refused("Anh/chị không tự xem lại lần mở của chính mình.")
    if access.reviewed is not None:
        raise Conflict("Lần mở này đã được xem lại.")
    if not justified and not note.strip():
        raise Invalid("Cần ghi vì sao không chính đáng và đã làm gì.", field="note")
    access.reviewer, access.reviewed, access.justified, access.note = (
        reviewer,
        clock.now(),
        justified,
        nfc(note).strip(),
    )
    access.waits = False
    access.save(update_fields=["reviewer", "reviewed", "justified", "note", "waits"])
    for unit in sorted({access.unit, access.person_unit} - {""}):
        repository = Repository(system_context(unit=unit))
        task = repository.find("Task", resources.task_id(access.pk, unit))
        if task is not None and task["status"] != "completed":
            repository.update({**task, "status": "completed", "lastModified": clock.instant()})


def _patient(context: Context, person: str, number: str) -> dict:
    repository = Repository(system_context())
    if person:
        found = repository.find("Patient", person)
        if found is None or not (context.reaches(_unit_of(found)) or Repository(context).exists("Patient", person)):
            raise NotFound("Không tìm thấy người này.")
        return found
    digits = re.sub(r"[\s.\-]", "", nfc(number)).upper()
    listed = (
        search(repository, "Patient", [("identifier", digits), ("_count", "2")]).resources if digits.isalnum() else []
    )
    if len(listed) != 1:
        raise NotFound("Không có đúng một người mang số này.", field="number")
    return listed[0]


def _unit_of(patient: dict) -> str:
    return patient.get("managingOrganization", {}).get("reference", "").rpartition("/")[2]
