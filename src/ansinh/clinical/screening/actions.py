"""What a person does in screening: record a filled questionnaire, and work on the tasks that come of it.

Each is one transaction of the store. Raises UserError (Invalid with every problem, NotFound, Stale, Conflict,
Refused); then nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.clinical.registry.retractions import retraction_of
from ansinh.clinical.screening import queries, resources, rules
from ansinh.clinical.screening.rules import Assessment
from ansinh.fhir.store import Repository
from ansinh.fhir.validation import responses
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import SYNTHETIC
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a screening left: ids of what was written, and what it means."""

    response_id: str
    encounter_id: str
    task_ids: tuple[str, ...]
    assessment: Assessment


def record_screening(
    *,
    context: Context,
    patient_id: str,
    questionnaire: str,
    response: Mapping[str, Any],
    encounter_id: str | None = None,
    key: str | None = None,
) -> Recorded:
    """Store a filled questionnaire with its score and the tasks it asks for.

    questionnaire: id of the tool (`phq-9`). response: a QuestionnaireResponse; only its answers are used, everything
    else is set here. encounter_id: the contact it belongs to; without one, an Encounter of type screening is made.
    key: id of the response to be, chosen by the form, so that a form sent twice is stored once.
    """
    definition = queries.questionnaire(questionnaire)
    repository = Repository(context)
    patient = repository.read("Patient", patient_id)
    items = checked(definition, response)
    assessment = rules.assess(definition, {"resourceType": "QuestionnaireResponse", "item": items}, patient)
    with repository.transaction():
        before = repository.find("QuestionnaireResponse", key) if key else None
        if before is not None:
            return _again(before, patient_id, assessment)
        session = _session(context, repository, patient, encounter_id, key or new_id())
        task_ids = _write(repository, session, definition, items, assessment, new_visit=encounter_id is None)
    return Recorded(session.id, session.encounter, task_ids, assessment)


def checked(definition: Mapping, response: Any) -> list[dict]:
    """The answers of a response that is valid for its tool; raises Invalid with every problem."""
    if not isinstance(response, Mapping) or response.get("resourceType") != "QuestionnaireResponse":
        raise Invalid("Nội dung gửi lên không phải là phiếu trả lời.", code="response-shape", field="response")
    named = response.get("questionnaire", "")
    if named and named != resources.canonical(definition):
        raise Invalid(
            "Bộ câu hỏi đã có bản mới trong lúc điền. Hãy tải lại trang rồi trả lời lại.",
            code="questionnaire-version",
            field="response",
        )
    if problems := responses.validate(definition, response):
        sentence = phrase("Phiếu còn %(count)s chỗ chưa đúng.", count=len(problems))
        raise Invalid(sentence, code="response-invalid", field="response", problems=problems)
    return list(response.get("item", []))


def _again(before: Mapping, patient_id: str, assessment: Assessment) -> Recorded:
    """The answer to a form that was sent twice: what the first time stored."""
    if before.get("subject", {}).get("reference") != f"Patient/{patient_id}":
        raise NotFound("Không tìm thấy phiếu này.")
    encounter = before.get("encounter", {}).get("reference", "").partition("/")[2]
    return Recorded(before["id"], encounter, (), assessment)


def _session(
    context: Context, repository: Repository, patient: Mapping, encounter_id: str | None, response_id: str
) -> resources.Session:
    if patient.get("deceasedDateTime") or patient.get("deceasedBoolean"):
        raise Invalid("Người này đã mất.", code="screening-deceased", field="response")
    if encounter_id is not None:
        visit = repository.read("Encounter", encounter_id)
        if visit.get("subject", {}).get("reference") != f"Patient/{patient['id']}":
            raise NotFound("Không tìm thấy lần khám này của người bệnh.", field="encounter")
        if retraction_of(visit):
            raise Conflict("Lần khám này đã được đánh dấu ghi nhầm.", code="visit-retracted", field="encounter")
    organization = patient.get("managingOrganization", {}).get("reference", "").partition("/")[2]
    return resources.Session(
        id=response_id,
        patient=patient["id"],
        facility=organization or context.unit,
        moment=clock.instant(),
        encounter=encounter_id or new_id(),
        stay=queries.open_stay(context, patient["id"]),
        actor=_practitioner(repository),
        actor_name=context.display,
        synthetic=SYNTHETIC in patient.get("meta", {}).get("tag", []),
    )


def _practitioner(repository: Repository) -> str:
    """Reference of who acts, "" for machines and for accounts whose Practitioner is not on record: a record must not
    point at nobody, and the journal names the author in any case."""
    kind, _slash, found = repository.context.actor.partition("/")
    known = kind == "Practitioner" and repository.exists(kind, found)
    return repository.context.actor if known else ""


def _write(
    repository: Repository,
    session: resources.Session,
    definition: Mapping,
    items: list[dict],
    assessment: Assessment,
    *,
    new_visit: bool,
) -> tuple[str, ...]:
    if new_visit:
        repository.create(resources.encounter(session), id=session.encounter)
    repository.create(resources.response(session, definition, items), id=session.id)
    if assessment.score:
        total = resources.total_observation(session, definition, assessment.score, assessment.band)
        repository.create(total, id=total["id"])
    for observation in resources.item_observations(session, definition, items):
        repository.create(observation, id=observation["id"])
    made = list(resources.tasks(session, assessment, clock.today()))
    for task in made:
        repository.create(task, id=task["id"])
    return tuple(task["id"] for task in made)


def take_task(*, context: Context, task_id: str, version: int) -> dict[str, Any]:
    """The reader takes a task on; others see who has it. Raises Conflict when someone else has, Stale."""
    return _step(context, task_id, version, "take")


def complete_task(*, context: Context, task_id: str, version: int, note: str) -> dict[str, Any]:
    """The task is done; `note` says what was done and found."""
    if not nfc(note):
        raise Invalid("Cần ghi đã làm gì và kết quả ra sao.", code="note-required", field="note")
    return _step(context, task_id, version, "complete", note=note.strip())


def cancel_task(*, context: Context, task_id: str, version: int, reason: str) -> dict[str, Any]:
    """The task is given up; `reason` says why."""
    if not nfc(reason):
        raise Invalid("Cần ghi lý do hủy việc này.", code="reason-required", field="reason")
    return _step(context, task_id, version, "cancel", reason=nfc(reason))


def _step(context: Context, task_id: str, version: int, intent: str, **words: str) -> dict[str, Any]:
    repository = Repository(context)
    with repository.transaction():
        task = repository.read("Task", task_id)
        if "for" not in task:
            raise NotFound("Không tìm thấy việc này.")
        if int(task["meta"]["versionId"]) == version:
            status = rules.transition(task["status"], intent)
        else:
            status = task["status"]  # the store refuses the stale version; the page shows both
        reference = _practitioner(repository)
        actor = {"reference": reference, "display": context.display} if reference else None
        after = resources.stepped(task, status, clock.instant(), actor=actor, **words)
        return repository.update(after, if_match=version).resource
