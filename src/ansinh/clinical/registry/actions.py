"""Registering and correcting people; taking them in, ending a stay, taking a wrong stay back. One transaction each."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.registry import contacts, endings, queries, resources, rules
from ansinh.clinical.registry.drafts import GroupEntry, PersonDraft, checked
from ansinh.clinical.registry.duplicates import Candidate, likely_duplicates
from ansinh.clinical.registry.retractions import retraction_of, taken_back
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import admin_units, concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Problem
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.kernel.text import format_date


@dataclass(frozen=True, slots=True)
class Admission:
    """Taking a person in: a code of CodeSystem stay-kind and the day."""

    kind: str
    start: str


class LikelyDuplicates(Conflict):
    """Somebody on record may be this person. `candidates` says who and why; `proven`: a number is the same."""

    def __init__(self, candidates: list[Candidate]):
        self.candidates = candidates
        self.proven = any(candidate.likeness.grade == "same" for candidate in candidates)
        message = (
            _("Số giấy tờ này đã có trong một hồ sơ. Hãy mở hồ sơ đó, không lập hồ sơ thứ hai.")
            if self.proven
            else _("Có hồ sơ rất giống người này. Hãy xem trước khi lập hồ sơ mới.")
        )
        super().__init__(message, code="likely-duplicate")


def register_person(
    context: Context,
    *,
    draft: PersonDraft,
    admission: Admission | None = None,
    confirmed_new: bool = False,
    person_id: str = "",
) -> str:
    """Makes the record of a person, with card and stay when given, and returns its id.

    person_id: the id to use; a form sent twice then makes one record. Raises Invalid with every problem by form
    field, LikelyDuplicates when somebody on record looks the same (a likeness can be confirmed as new with
    `confirmed_new`, an equal number cannot), Conflict when `person_id` exists.
    """
    draft = _checked(context, draft)
    person_id = person_id or new_id()
    number = draft.record_number or rules.record_number(person_id, clock.today().year)
    draft = replace(draft, facility=draft.facility or context.unit, record_number=number)
    _own_facility(context, draft.facility)
    candidates = likely_duplicates(context, draft)
    refusal = LikelyDuplicates(candidates) if candidates else None
    if refusal and (refusal.proven or not confirmed_new):
        raise refusal
    repository = Repository(context)
    with repository.transaction():
        repository.create(resources.patient_resource(draft), id=person_id)
        if draft.insurance:
            repository.create(resources.coverage_resource(person_id, draft.insurance))
        if admission:
            _admit(repository, person_id, draft, draft.facility, admission)
    return person_id


def correct_person(context: Context, *, person_id: str, draft: PersonDraft, version: int) -> int:
    """Writes a corrected draft on top of version `version` and returns the new one.

    Raises Stale when somebody changed the record since, NotFound, Invalid, or LikelyDuplicates when a number now
    equals somebody else's.
    """
    draft = _checked(context, draft)
    card = queries.person(context, person_id)
    repository = Repository(context)
    with repository.transaction():
        patient = repository.read("Patient", person_id)
        kept = replace(draft, facility=card.draft.facility, record_number=card.draft.record_number)
        proven = LikelyDuplicates(likely_duplicates(context, kept, exclude=person_id))
        if proven.proven:
            raise proven
        saved = repository.update(resources.patient_resource(kept, patient), if_match=version)
        _write_card(repository, card, kept)
    return saved.version


def _write_card(repository: Repository, card: queries.PersonCard, draft: PersonDraft) -> None:
    """The insurance card as corrected; a card taken away is cancelled, not erased."""
    if draft.insurance == card.draft.insurance:
        return
    before = repository.find("Coverage", card.coverage_id) if card.coverage_id else None
    if draft.insurance is None:
        if before:
            repository.update(before | {"status": "cancelled"}, if_match=card.coverage_version)
        return
    coverage = resources.coverage_resource(card.id, draft.insurance, before)
    if before:
        repository.update(coverage, if_match=card.coverage_version)
    else:
        repository.create(coverage)


def add_group(context: Context, *, person_id: str, group: GroupEntry, version: int) -> int:
    """Puts a person into a legal group from a day; raises like `correct_person`."""
    draft = queries.person(context, person_id).draft
    return correct_person(
        context, person_id=person_id, draft=replace(draft, groups=(*draft.groups, group)), version=version
    )


def end_group(context: Context, *, person_id: str, code: str, end: str, version: int) -> int:
    """Ends the open membership of a group on a day; raises NotFound when there is none."""
    draft = queries.person(context, person_id).draft
    if not any(group.code == code and not group.end for group in draft.groups):
        raise NotFound(_("Người này không thuộc nhóm đó."), field="group_code")
    groups = tuple(replace(group, end=end) if group.code == code and not group.end else group for group in draft.groups)
    return correct_person(context, person_id=person_id, draft=replace(draft, groups=groups), version=version)


def admit(context: Context, *, person_id: str, admission: Admission, facility: str = "") -> str:
    """Opens a stay at the facility (default: the reader's unit) and returns its id.

    Raises Conflict when a stay is open anywhere within reach (and says where and since when), Invalid for a day in
    the future or before birth, NotFound for another facility's person.
    """
    card = queries.person(context, person_id)
    facility = facility or card.draft.facility or context.unit
    _own_facility(context, facility)
    if card.deceased:
        raise Invalid(_("Người này đã mất."), code="stay-deceased", field="start")
    if card.stay:
        words = {"facility": card.stay.facility, "date": format_date(card.stay.start)}
        raise Conflict(
            _("Người này đang ở %(facility)s từ ngày %(date)s. Hãy kết thúc đợt đó trước.") % words,
            code="stay-open",
            field="start",
        )
    repository = Repository(context)
    with repository.transaction():
        return _admit(repository, person_id, card.draft, facility, admission)


def _admit(repository: Repository, person_id: str, draft: PersonDraft, facility: str, admission: Admission) -> str:
    """Of two who admit at once, the second is refused by the rule of one open stay (`refusals`)."""
    start = _day(admission.start, "start")
    rules.stay_start(start, draft.birth_date, clock.today())
    if not concepts.lookup(CS("stay-kind"), admission.kind, at=start):
        raise Invalid(_("Diện tiếp nhận không có trong danh mục."), code="stay-kind", field="kind")
    stay = resources.stay_resource(person_id, facility, admission.kind, start.isoformat())
    try:
        return repository.create(stay).resource["id"]
    except Invalid as error:
        if any(problem.key == "stay-open" for problem in error.problems):
            message = _("Có người vừa tiếp nhận người này. Hãy mở lại hồ sơ.")
            raise Conflict(message, code="stay-raced") from None
        raise


def discharge(context: Context, *, person_id: str, stay_id: str, end: str, reason: str, version: int) -> int:
    """Ends a stay on a day for a reason (CodeSystem discharge-reason); a death is written to the person as well.

    Raises Invalid (before admission, in the future, unknown reason), Conflict when the stay is already over,
    Stale when it changed since `version`, NotFound.
    """
    repository = Repository(context)
    stay = stay_of(context, person_id, stay_id)
    if retraction_of(stay):
        raise Conflict(_("Đợt này đã được đánh dấu ghi nhầm."), code="stay-retracted", field="end")
    if stay["status"] not in resources.OPEN_STAY:
        raise Conflict(_("Đợt lưu trú này đã kết thúc."), code="stay-over", field="end")
    day = rules.stay_end(_day(end, "end"), stay.get("period", {}).get("start", ""), clock.today())
    known = concepts.lookup(CS("discharge-reason"), reason, at=day)
    if not known:
        raise Invalid(_("Lý do kết thúc không có trong danh mục."), code="discharge-reason", field="reason")
    with repository.transaction():
        saved = repository.update(resources.ended_stay(stay, day.isoformat(), reason), if_match=version)
        if known.properties.get("deceased"):
            patient = repository.read("Patient", person_id)
            repository.update(patient | {"deceasedDateTime": day.isoformat()})
        endings.follow(repository, saved.resource)
    return saved.version


def retract_stay(context: Context, *, person_id: str, stay_id: str, reason: str) -> int:
    """Marks a stay, open or ended, as entered in error and returns its new version.

    What was recorded while it lasted stays as it is. A death that was written when it ended is taken back with it.
    Raises like `encounters.actions.retract`: Invalid without a reason, NotFound, Conflict, Refused.
    """
    repository = Repository(context)
    with repository.transaction():
        stay = stay_of(context, person_id, stay_id)
        why = contacts.retracting(context, stay, reason)
        saved = repository.update(taken_back(stay, why), if_match=int(stay["meta"]["versionId"]))
        endings.follow(repository, saved.resource)
        patient = repository.read("Patient", person_id)
        if died_of(stay, patient):
            repository.update({key: value for key, value in patient.items() if key != "deceasedDateTime"})
    return saved.version


def died_of(stay: resources.Resource, patient: resources.Resource) -> bool:
    """True when the death on record is the one that was written as this stay ended."""
    reason, end = resources.discharge_reason(stay), stay.get("period", {}).get("end", "")
    known = concepts.lookup(CS("discharge-reason"), reason) if reason else None
    return bool(known and known.properties.get("deceased") and patient.get("deceasedDateTime") == end)


def stay_of(context: Context, person_id: str, stay_id: str) -> resources.Resource:
    """The EpisodeOfCare of this person; NotFound for anybody else's."""
    stay = Repository(context).read("EpisodeOfCare", stay_id)
    if resources.reference_id(stay.get("patient")) != person_id:
        raise NotFound(_("Không tìm thấy đợt lưu trú này."))
    return stay


def _day(value: str, field: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid(_("Cần cả ngày, tháng và năm."), code="date-whole", field=field) from None


def _own_facility(context: Context, facility: str) -> None:
    """People are registered and taken in only where the reader works or has authority."""
    if not facility or not context.reaches(facility):
        raise Invalid(_("Chọn cơ sở quản lý hồ sơ."), code="facility-required", field="facility")


def _checked(context: Context, draft: PersonDraft) -> PersonDraft:
    """The draft in stored form, every code known today."""
    draft = checked(draft, clock.today())
    problems = [
        Problem("code-invalid", message, field, key="code-unknown")
        for known, field, message in _codes(draft)
        if not known
    ]
    if problems:
        raise Invalid(problems[0].message, code="code-unknown", field=problems[0].expression, problems=problems)
    return draft


def _codes(draft: PersonDraft) -> list[tuple[Any, str, str]]:
    """(known?, form field, sentence) for each coded value."""
    commune = admin_units.get(draft.commune) if draft.commune else None
    found: list[tuple[Any, str, str]] = [
        (_holds("beneficiary-group", group.code), "group_code", _("Nhóm đối tượng không có trong danh mục."))
        for group in draft.groups
    ]
    for entry in draft.disabilities:
        found.append(
            (_holds("disability-kind", entry.kind), "disability_kind", _("Dạng khuyết tật không có trong danh mục."))
        )
        found.append(
            (
                _holds("disability-level", entry.level),
                "disability_level",
                _("Mức độ khuyết tật không có trong danh mục."),
            )
        )
    if draft.ethnicity:
        found.append((_holds("ethnicity", draft.ethnicity), "ethnicity", _("Dân tộc không có trong danh mục.")))
    if draft.commune:
        found.append((commune and commune.parent, "commune", _("Xã, phường không có trong danh mục hiện nay.")))
    return found


def _holds(system: str, code: str) -> bool:
    """True for a code that may be written: known at any time, so that memberships of the past can be kept."""
    return concepts.display(CS(system), code) != code
