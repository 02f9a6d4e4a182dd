"""Writing a visit or a check: everything in one transaction, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from ansinh.clinical.encounters import queries, resources, rules
from ansinh.clinical.encounters.resources import CHECK, VISIT, Care, Diagnosis, Findings
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.registry.rules import age
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Problem
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS

ADULT = 20  # years; growth has ended
_FROM_HOME = ("outpatient", "community")


@dataclass(frozen=True, slots=True)
class Notes:
    """What a form of a visit or check says. moment: aware. codes: ICD-10. parts: code of the part → words."""

    moment: datetime
    measures: Mapping[str, Decimal] = field(default_factory=dict)
    complaint: str = ""
    codes: Sequence[str] = ()
    long_term: bool = False
    note: str = ""
    advice: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


def record_visit(context: Context, *, person_id: str, notes: Notes, entry_id: str = "") -> str:
    """Writes a visit and returns the id of its Encounter.

    entry_id: the id to use; the same form sent twice is refused with Conflict (`already-saved`). Raises Invalid with
    a problem for each field, NotFound for another facility's person.
    """
    rules.something_written(notes.measures, notes.complaint, notes.codes, notes.note, notes.advice)
    card = registry.person(context, person_id)
    return _write(context, card, VISIT, _findings(context, card, notes), notes.moment, entry_id)


def record_check(context: Context, *, person_id: str, notes: Notes, entry_id: str = "") -> str:
    """Writes a periodic check with the day the next one is due; like `record_visit`. A check needs a conclusion."""
    if not notes.note:
        raise Invalid(_("Chưa ghi kết luận."), code="check-conclusion", field="note")
    plan = queries.check_plan()
    unknown = set(notes.parts) - set(plan.parts)
    if unknown:
        raise Invalid(_("Phần khám không có trong danh mục."), code="part-unknown")
    card = registry.person(context, person_id)
    due = rules.next_check(notes.moment.astimezone(clock.VIETNAM).date(), plan.months)
    findings = replace(
        _findings(context, card, notes),
        parts={(code, plan.parts[code]): words for code, words in notes.parts.items()},
        next_due=due.isoformat(),
        next_source=plan.source,
    )
    return _write(context, card, CHECK, findings, notes.moment, entry_id)


def _findings(context: Context, card: PersonCard, notes: Notes) -> Findings:
    """What is to be written, with the body-mass index; raises Invalid with every problem."""
    problems = rules.vital_problems(notes.measures, queries.vitals())
    try:
        local = notes.moment.astimezone(clock.VIETNAM)
        rules.moment_of_care(local, card.draft.birth_date, clock.now(), death=card.deceased)
    except Invalid as error:
        problems.append(Problem("value", error.message, "moment", key=error.code))
    diagnoses = [_diagnosis(code, notes) for code in dict.fromkeys(notes.codes)]
    if not all(diagnoses):
        message = _("Có mã bệnh không có trong ICD-10. Gõ vài chữ của tên bệnh rồi chọn.")
        problems.append(Problem("code-invalid", message, "diagnoses", key="icd-unknown"))
    if problems:
        raise Invalid(problems[0].message, code="visit-invalid", field=problems[0].expression, problems=problems)
    bmi = rules.bmi(notes.measures.get("weight"), _height(context, card, notes))
    return Findings(
        measures={**notes.measures, **({"bmi": bmi} if bmi else {})},
        complaint=notes.complaint,
        diagnoses=tuple(one for one in diagnoses if one),
        note=notes.note,
        advice=notes.advice,
    )


def _height(context: Context, card: PersonCard, notes: Notes) -> Decimal | None:
    """The height measured now; for adults, who do not grow, otherwise the one measured last."""
    measured = notes.measures.get("height")
    birth = card.draft.birth_date
    if measured or "weight" not in notes.measures or not birth or age(birth, clock.today()).years < ADULT:
        return measured
    return queries.last_height(context, card.id)


def _diagnosis(code: str, notes: Notes) -> Diagnosis | None:
    day = notes.moment.astimezone(clock.VIETNAM).date()
    found = queries.diagnosis(code, day)
    return Diagnosis(found.code, found.display, notes.long_term) if found else None


def _write(context: Context, card: PersonCard, kind: str, findings: Findings, moment: datetime, entry_id: str) -> str:
    care = care_of(context, card, moment, entry_id)
    label = concepts.display(CS("encounter-type"), kind)
    write_contact(context, resources.all_resources(care, kind, label, findings, queries.vitals()))
    return care.id


def care_of(context: Context, card: PersonCard, moment: datetime, entry_id: str = "") -> Care:
    """Where a contact of this person belongs: the open stay's facility, otherwise the one that keeps the record."""
    stay = card.stay
    kind = stay.kind_code if stay else ""
    return Care(
        id=entry_id or new_id(),
        patient=card.id,
        facility=(stay.facility_id if stay else "") or card.draft.facility,
        moment=moment.astimezone(clock.VIETNAM).isoformat(timespec="seconds"),
        actor=contacts.on_staff(context),
        actor_name=context.display,
        stay=stay.id if stay else "",
        inpatient=bool(stay) and kind not in _FROM_HOME,
    )


def write_contact(context: Context, contact: Sequence[resources.Resource]) -> None:
    """All resources of one contact, the Encounter first, in one transaction. Raises Conflict when it is there."""
    repository = Repository(context)
    with repository.transaction():
        for resource in contact:
            try:
                repository.create(resource, id=resource["id"])
            except Conflict:
                raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved") from None


_OPEN_TASK = ("requested", "received", "accepted", "ready", "in-progress", "on-hold")


def retract(context: Context, *, person_id: str, contact_id: str, reason: str) -> int:
    """Marks a contact and everything written in it as entered in error; returns how many entries that were.

    One transaction. Open tasks that came of it are cancelled; what was done about others stays done. Raises Invalid
    without a reason, NotFound, Conflict when it was taken back before, Refused for an entry of somebody else.
    """
    repository = Repository(context)
    with repository.transaction():
        contact = contact_of(context, person_id, contact_id)
        why = contacts.retracting(context, contact, reason)
        gone = what_goes(context, contact)
        for resource in gone:
            repository.update(resources.retracted(resource, why), if_match=int(resource["meta"]["versionId"]))
    return len(gone)


def contact_of(context: Context, person_id: str, contact_id: str) -> resources.Resource:
    """The Encounter of this person; NotFound for anybody else's."""
    contact = Repository(context).read("Encounter", contact_id)
    if contact.get("subject", {}).get("reference") != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy mục này trong hồ sơ."))
    return contact


def what_goes(context: Context, contact: resources.Resource) -> list[resources.Resource]:
    """What is taken back with a contact: itself, its entries, and the tasks of its questionnaires still open."""
    entries = contacts.entries(context, contact["id"])
    responses = [one for one in entries if one["resourceType"] == "QuestionnaireResponse"]
    tasks = [one for one in contacts.tasks_of(context, responses) if one["status"] in _OPEN_TASK]
    return [contact, *entries, *tasks]
