"""The plan of a person by discipline as CarePlan of FHIR: what is done, how often, for which goals. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, EXT
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]

HOME = "home"
MOST_TIMES, LONGEST = 14, 240
OVER = ("completed", "cancelled", "stopped", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the plan. kind: `technique` (chapter 17), `exercise` (home) or `other`; times: sessions a week."""

    id: str
    discipline: str
    kind: str
    code: str
    words: str
    times: int
    minutes: int
    goals: tuple[str, ...] = ()
    note: str = ""
    status: str = "in-progress"


def checked(activity: Activity) -> Activity:
    """The line. Raises Invalid with a problem for each field that cannot be."""
    problems = []
    if not activity.words:
        problems.append(Problem("required", phrase("Chọn kỹ thuật hoặc ghi việc sẽ làm."), "code", key="activity-what"))
    if not 1 <= activity.times <= MOST_TIMES:
        message = phrase("Số buổi mỗi tuần phải từ 1 đến %(most)s.", most=MOST_TIMES)
        problems.append(Problem("value", message, "times", key="activity-times"))
    if not 1 <= activity.minutes <= LONGEST:
        message = phrase("Thời gian mỗi buổi phải từ 1 đến %(most)s phút.", most=LONGEST)
        problems.append(Problem("value", message, "minutes", key="activity-minutes"))
    if problems:
        raise Invalid(problems[0].message, code="activity-invalid", field=problems[0].expression, problems=problems)
    return activity


def plan_id(person: str, stay: str) -> str:
    """A person has one plan for each stay (or one outside stays): two members of the team cannot make two."""
    return stable_id("rehab-plan", person, stay)


def plan_resource(person: str, stay: str, start: str, who: Resource | None) -> Resource:
    """An empty plan of a person, active from `start`."""
    plan: Resource = {
        "resourceType": "CarePlan",
        "id": plan_id(person, stay),
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": CS("plan-kind"), "code": "rehabilitation"}]}],
        "title": "Kế hoạch phục hồi chức năng",
        "subject": {"reference": f"Patient/{person}"},
        "period": {"start": start},
        "created": start,
    }
    return plan | ({"author": who} if who and who.get("reference") else {})


_SYSTEMS = {"technique": CS("technique"), "exercise": CS("home-exercise")}


def with_activity(plan: Resource, activity: Activity) -> Resource:
    """The plan with one more line."""
    detail: Resource = {
        "kind": "ServiceRequest",
        "code": {"text": activity.words},
        "status": activity.status,
        "scheduledTiming": {
            "repeat": {
                "frequency": activity.times,
                "period": 1,
                "periodUnit": "wk",
                "duration": activity.minutes,
                "durationUnit": "min",
            }
        },
        "extension": [{"url": EXT("discipline"), "valueCode": activity.discipline}],
    }
    if system := _SYSTEMS.get(activity.kind):
        detail["code"]["coding"] = [{"system": system, "code": activity.code, "display": activity.words}]
    if activity.goals:
        detail["goal"] = [{"reference": f"Goal/{goal}"} for goal in activity.goals]
    if activity.note:
        detail["description"] = activity.note
    named = sorted({*_goals_of(plan), *activity.goals})
    after = plan | {"activity": [*plan.get("activity", []), {"id": activity.id, "detail": detail}]}
    return after | ({"goal": [{"reference": f"Goal/{goal}"} for goal in named]} if named else {})


def _goals_of(plan: Resource) -> list[str]:
    return [one["reference"].partition("/")[2] for one in plan.get("goal", [])]


def stopped(plan: Resource, activity_id: str, reason: str) -> Resource:
    """The plan with one line stopped. Raises Invalid for a line that is not there or is over."""
    lines, found = [], False
    for line in plan.get("activity", []):
        if line.get("id") == activity_id and line["detail"]["status"] not in OVER:
            found = True
            line = line | {"detail": line["detail"] | {"status": "stopped", "statusReason": {"text": reason}}}
        lines.append(line)
    if not found:
        raise Invalid("Dòng này của kế hoạch đã dừng hoặc không còn.", code="activity-over")
    return plan | {"activity": lines}


def ended(plan: Resource, day: str) -> Resource:
    """The plan over: lines still going on are completed with it."""
    lines = [
        line if line["detail"]["status"] in OVER else line | {"detail": line["detail"] | {"status": "completed"}}
        for line in plan.get("activity", [])
    ]
    after = plan | {"status": "completed", "period": {**plan.get("period", {}), "end": day}}
    return after | ({"activity": lines} if lines else {})


def activities(plan: Resource | None) -> list[Activity]:
    """Every line of a plan, in the order written."""
    return [_activity(line) for line in (plan or {}).get("activity", [])]


def _activity(line: Resource) -> Activity:
    detail = line["detail"]
    coding = (detail.get("code", {}).get("coding") or [{}])[0]
    kinds = {system: kind for kind, system in _SYSTEMS.items()}
    repeat = detail.get("scheduledTiming", {}).get("repeat", {})
    said = {one["url"]: one for one in detail.get("extension", [])}
    return Activity(
        id=line.get("id", ""),
        discipline=said.get(EXT("discipline"), {}).get("valueCode", ""),
        kind=kinds.get(coding.get("system", ""), "other"),
        code=coding.get("code", ""),
        words=detail.get("code", {}).get("text", ""),
        times=int(repeat.get("frequency", 0)),
        minutes=int(repeat.get("duration", 0)),
        goals=tuple(one["reference"].partition("/")[2] for one in detail.get("goal", [])),
        note=detail.get("description", ""),
        status=detail.get("status", ""),
    )


def going_on(lines: Sequence[Activity]) -> list[Activity]:
    """Lines that are not over."""
    return [line for line in lines if line.status not in OVER]
