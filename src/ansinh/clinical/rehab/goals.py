"""A goal as a team writes it: what, measured by what, until when; and Goal of FHIR. Pure.

SMART: specific (words of its own), measurable (a total of the library and its target, or an ICF code and its
qualifier), time-bound (a day that lies ahead and within `FARTHEST`). Whether it can be reached and matters to the
person, the person says in their own words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ansinh.clinical.rehab.outcomes import Better
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.naming import CS, EXT, UCUM
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc

Resource = dict[str, Any]

SHORTEST_WORDS = 10
FARTHEST = timedelta(days=366)
ICF = "http://hl7.org/fhir/sid/icf"
_ACHIEVEMENT = "http://terminology.hl7.org/CodeSystem/goal-achievement"
STATES = {
    "in-progress": phrase("Đang thực hiện"),
    "improving": phrase("Đang tốt lên"),
    "no-progress": phrase("Chưa tiến bộ"),
    "achieved": phrase("Đã đạt"),
    "not-achieved": phrase("Không đạt"),
}
ENDED = ("achieved", "not-achieved")
MOST_QUALIFIER = 4
_ICF_CODE = re.compile(r"[bsde][1-9](?:[0-9]{2,4})?")  # component, chapter, then the second to the fourth level


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """What the form says. measure: code of a total; icf, qualifier: a code of ICF and the level aimed at (0–4)."""

    words: str
    discipline: str
    due: str
    measure: str = ""
    target: Decimal | None = None
    icf: str = ""
    qualifier: int | None = None
    own_words: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """The measure of a goal: its coding, unit, and where the person stands now."""

    coding: Mapping[str, str]
    unit: Mapping[str, str]
    better: Better
    now: Decimal | None = None


def checked(draft: GoalDraft, today: date, measured: Measured | None) -> GoalDraft:
    """The goal. Raises Invalid with a problem for each part that is missing or cannot be."""
    problems = [*_words(draft), *_due(draft, today), *_measure(draft, measured)]
    if problems:
        raise Invalid(problems[0].message, code="goal-not-smart", field=problems[0].expression, problems=problems)
    return draft


def _words(draft: GoalDraft) -> list[Problem]:
    if len(nfc(draft.words)) >= SHORTEST_WORDS:
        return []
    message = phrase("Mục tiêu cần nói rõ làm được việc gì, ví dụ: tự đi 50 m bằng chân giả và một gậy.")
    return [Problem("required", message, "words", key="goal-specific")]


def _due(draft: GoalDraft, today: date) -> list[Problem]:
    try:
        due = date.fromisoformat(draft.due)
    except ValueError:
        return [Problem("required", phrase("Mục tiêu cần hạn đến ngày nào."), "due", key="goal-time")]
    if today < due <= today + FARTHEST:
        return []
    return [
        Problem("value", phrase("Hạn của mục tiêu phải sau hôm nay và trong vòng một năm."), "due", key="goal-time")
    ]


def _measure(draft: GoalDraft, measured: Measured | None) -> list[Problem]:
    """One measure, and whole: what a team typed and the goal does not keep would be lost."""
    total, icf = (bool(draft.measure), draft.target is not None), (bool(draft.icf), draft.qualifier is not None)
    if any(total) and any(icf):
        message = phrase("Chỉ đo mục tiêu bằng một cách: lượng giá và đích, hoặc mã ICF và mức.")
        return [Problem("value", message, "measure", key="goal-one-measure")]
    if all(total):
        return _target_problems(draft, measured)
    if all(icf):
        return _icf_problems(draft)
    message = phrase("Mục tiêu cần đo được: chọn lượng giá và đích, hoặc mã ICF và mức.")
    return [Problem("required", message, "measure", key="goal-measurable")]


def _target_problems(draft: GoalDraft, measured: Measured | None) -> list[Problem]:
    if measured is None or measured.now is None or draft.target is None:
        return []
    ahead = draft.target > measured.now if measured.better == "higher" else draft.target < measured.now
    message = phrase("Đích này không tốt hơn kết quả hiện nay.")
    return [] if ahead else [Problem("value", message, "target", key="goal-target")]


def _icf_problems(draft: GoalDraft) -> list[Problem]:
    problems = []
    if not _ICF_CODE.fullmatch(draft.icf):
        message = phrase("Mã ICF gồm chữ b, s, d hoặc e và 1, 3, 4 hoặc 5 chữ số, ví dụ d450.")
        problems.append(Problem("value", message, "icf", key="goal-icf"))
    if draft.qualifier is None or not 0 <= draft.qualifier <= MOST_QUALIFIER:
        problems.append(Problem("value", phrase("Mức ICF phải từ 0 đến 4."), "qualifier", key="goal-qualifier"))
    return problems


def goal_resource(
    goal_id: str, person: str, draft: GoalDraft, start: str, measured: Measured | None, who: Resource | None
) -> Resource:
    """The goal, active and in progress, with where the person stood when it was set."""
    goal: Resource = {
        "resourceType": "Goal",
        "id": goal_id,
        "lifecycleStatus": "active",
        "achievementStatus": _achievement("in-progress"),
        "category": [{"coding": [{"system": CS("rehab-discipline"), "code": draft.discipline}]}],
        "description": {"text": draft.words},
        "subject": {"reference": f"Patient/{person}"},
        "startDate": start,
        "statusDate": start,
        "target": [_target(draft, measured)],
    }
    if measured is not None and measured.now is not None and draft.measure:
        goal["extension"] = [{"url": EXT("goal-baseline"), "valueQuantity": _quantity(measured.now, measured.unit)}]
    if who and who.get("reference"):
        goal["expressedBy"] = who
    if draft.own_words:
        goal["note"] = [{"text": draft.own_words}]
    return goal


def _target(draft: GoalDraft, measured: Measured | None) -> Resource:
    if draft.measure and measured is not None and draft.target is not None:
        detail = {"measure": {"coding": [dict(measured.coding)]}}
        return detail | {"detailQuantity": _quantity(draft.target, measured.unit), "dueDate": draft.due}
    coding = {"system": ICF, "code": draft.icf}
    return {"measure": {"coding": [coding]}, "detailInteger": draft.qualifier, "dueDate": draft.due}


def _quantity(value: Decimal, unit: Mapping[str, str]) -> Resource:
    return {
        "value": value,
        "unit": unit.get("display", "điểm"),
        "system": UCUM,
        "code": unit.get("code", "{score}"),
    }


def _achievement(state: str) -> Resource:
    return {"coding": [{"system": _ACHIEVEMENT, "code": state}]}


def judged(goal: Resource, state: str, day: str, reason: str = "") -> Resource:
    """The goal after the team looked at it. A state of `ENDED` closes it."""
    if state not in STATES:
        raise Invalid("Tình trạng mục tiêu không có trong danh sách.", code="goal-state", field="state")
    after = goal | {"achievementStatus": _achievement(state), "statusDate": day}
    if state in ENDED:
        after["lifecycleStatus"] = "completed"
    return after | ({"statusReason": reason} if reason else {})


def written_off(goal: Resource, day: str, reason: str) -> Resource:
    """The goal entered in error: it stands in no list any more."""
    return goal | {"lifecycleStatus": "entered-in-error", "statusDate": day, "statusReason": reason}


def state_of(goal: Resource) -> str:
    """Code of how far it is."""
    codings = goal.get("achievementStatus", {}).get("coding", [])
    return next((one["code"] for one in codings if one.get("system") == _ACHIEVEMENT), "in-progress")
