"""What a team does: sets goals, plans by discipline, meets, sums up. Each is one intent in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.encounters import rules as care_rules
from ansinh.clinical.encounters.actions import care_of
from ansinh.clinical.encounters.resources import Findings, encounter_resource, impression
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.rehab import careplan, goals, queries, reading
from ansinh.clinical.rehab.careplan import Activity
from ansinh.clinical.rehab.goals import GoalDraft
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import format_date, nfc

Resource = dict[str, Any]
CONFERENCE, DISCHARGE = "rehab-conference", "rehab-discharge"


def set_goal(context: Context, *, person_id: str, draft: GoalDraft, goal_id: str = "") -> str:
    """Writes a goal; returns its id. Raises Invalid for what is not SMART, Conflict when sent twice, NotFound."""
    card = living(context, person_id)
    if concepts.lookup(CS("rehab-discipline"), draft.discipline) is None:
        raise Invalid(_("Chọn chuyên ngành."), code="goal-discipline", field="discipline")
    measured = reading.measured(context, person_id, draft.measure) if draft.measure else None
    if draft.measure and measured is None:
        raise Invalid(_("Lượng giá này không có trong thư viện."), code="goal-measure", field="measure")
    goals.checked(draft, clock.today(), measured)
    today = clock.today().isoformat()
    body = goals.goal_resource(goal_id or new_id(), card.id, draft, today, measured, _author(context, card))
    try:
        return str(Repository(context).create(body, id=body["id"]).resource["id"])
    except Conflict:
        raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved") from None


def living(context: Context, person_id: str) -> PersonCard:
    """The person for whom something is planned. Raises Invalid after a death, NotFound."""
    card = registry.person(context, person_id)
    if card.deceased:
        raise Invalid(_("Người này đã mất."), code="plan-deceased")
    return card


def _author(context: Context, card: PersonCard) -> Resource | None:
    return next(iter(care_of(context, card, clock.now()).performer()), None)


def goal_of(context: Context, person_id: str, goal_id: str) -> Resource:
    """The goal of this person; NotFound for anybody else's."""
    goal = Repository(context).read("Goal", goal_id)
    if goal.get("subject", {}).get("reference") != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy mục tiêu này."))
    return goal


def write_goal_off(context: Context, *, person_id: str, goal_id: str, reason: str) -> None:
    """Marks a goal as entered in error. Raises Invalid without a reason, NotFound."""
    if not nfc(reason):
        raise Invalid(_("Cần ghi vì sao đây là ghi nhầm."), code="retraction-reason", field="reason")
    goal = goal_of(context, person_id, goal_id)
    Repository(context).update(goals.written_off(goal, clock.today().isoformat(), nfc(reason)))


def plan_activity(context: Context, *, person_id: str, activity: Activity) -> str:
    """Adds a line to the plan of the person's stay, which begins with it; returns the id of the plan.

    Raises Invalid with a problem for each field, Conflict when the line was sent before, NotFound.
    """
    card = living(context, person_id)
    line = careplan.checked(_named(activity))
    repository = Repository(context)
    with repository.transaction():
        plan = reading.plan_of(context, card)
        stay, today = card.stay.id if card.stay else "", clock.today().isoformat()
        if plan is None:
            ended = repository.find("CarePlan", careplan.plan_id(card.id, stay))
            fresh = careplan.plan_resource(card.id, stay, today, _author(context, card))
            plan = fresh if ended is None else ended | {"status": "active", "period": fresh["period"]}
        if any(one.id == line.id for one in careplan.activities(plan)):
            raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved")
        return str(repository.save(careplan.with_activity(plan, line)).resource["id"])


def _named(activity: Activity) -> Activity:
    """The line with the catalogue's words; Invalid for an unknown discipline, technique or exercise."""
    if concepts.lookup(CS("rehab-discipline"), activity.discipline) is None:
        raise Invalid(_("Chọn chuyên ngành."), code="activity-discipline", field="discipline")
    if activity.kind == "technique":
        words = queries.technique_name(activity.code)
    elif activity.kind == "exercise":
        found = concepts.lookup(CS("home-exercise"), activity.code)
        words = found.display if found else None
    else:
        words = activity.words
    if words is None:
        raise Invalid(_("Chọn kỹ thuật hoặc bài tập trong danh mục."), code="activity-unknown", field="code")
    return replace(activity, id=activity.id or new_id(), words=words)


def stop_activity(context: Context, *, person_id: str, activity_id: str, reason: str) -> None:
    """Stops a line of the plan. Raises Invalid without a reason or for a line that is over, NotFound."""
    if not nfc(reason):
        raise Invalid(_("Cần ghi vì sao dừng."), code="activity-reason", field="reason")
    repository = Repository(context)
    with repository.transaction():
        plan = reading.plan_of(context, registry.person(context, person_id))
        if plan is None:
            raise NotFound(_("Người này chưa có kế hoạch phục hồi."))
        repository.update(careplan.stopped(plan, activity_id, nfc(reason)))


@dataclass(frozen=True, slots=True)
class Meeting:
    """A conference of the team, or the summing-up at the end. states: goal → state; next_day: of the next one."""

    moment: datetime
    conclusion: str
    present: Sequence[str] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    next_day: date | None = None


def meet(context: Context, *, person_id: str, meeting: Meeting, entry_id: str = "", last: bool = False) -> str:
    """Writes a conference with what became of each goal; returns the id of its Encounter.

    last: the summing-up: the plan ends and every goal must be judged. Raises Invalid, Conflict when sent before,
    NotFound.
    """
    checked(meeting)
    repository = Repository(context)
    with repository.transaction():
        card = registry.person(context, person_id)
        local = meeting.moment.astimezone(clock.VIETNAM)
        care_rules.moment_of_care(local, card.draft.birth_date, clock.now(), death=card.deceased)
        day = local.date().isoformat()
        care = care_of(context, card, meeting.moment, entry_id)
        if repository.find("Encounter", care.id) is not None:
            raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved")
        kind = DISCHARGE if last else CONFERENCE
        label = concepts.display(CS("encounter-type"), kind)
        said = impression(care, Findings(note=summary(meeting)))
        for resource in (encounter_resource(care, kind, label), *([said] if said else [])):
            repository.create(resource, id=resource["id"])
        _judge(context, repository, card.id, meeting.states, day, every=last)
        plan = reading.plan_of(context, card)
        if last and plan is not None:
            repository.update(careplan.ended(plan, day))
    return care.id


def checked(meeting: Meeting) -> Meeting:
    """The meeting. Raises Invalid without a conclusion, or when the next one is not after it."""
    if not nfc(meeting.conclusion):
        raise Invalid(_("Cần ghi kết luận."), code="meeting-conclusion", field="conclusion")
    if meeting.next_day is not None and meeting.next_day <= meeting.moment.astimezone(clock.VIETNAM).date():
        raise Invalid(_("Ngày họp lại phải sau ngày họp này."), code="meeting-next", field="next_day")
    return meeting


def summary(meeting: Meeting) -> str:
    """What the record keeps of a meeting: in Vietnamese, whatever language its writer works in."""
    present = phrase("Dự: %(names)s.", names=", ".join(meeting.present)) if meeting.present else ""
    again = phrase("Họp lại ngày %(day)s.", day=format_date(meeting.next_day.isoformat())) if meeting.next_day else ""
    return " ".join(filter(None, (meeting.conclusion, present, again)))


def _judge(
    context: Context, repository: Repository, person_id: str, states: Mapping[str, str], day: str, *, every: bool
) -> None:
    open_goals = [one for one in reading.goal_lines(context, person_id, found=()) if one.is_open]
    unjudged = [one for one in open_goals if states.get(one.id, "") not in goals.ENDED]
    if every and unjudged:
        raise Invalid(_("Khi tổng kết, mỗi mục tiêu phải ghi đã đạt hoặc không đạt."), code="goal-unjudged")
    for one in open_goals:
        if state := states.get(one.id, ""):
            repository.update(goals.judged(goal_of(context, person_id, one.id), state, day))
