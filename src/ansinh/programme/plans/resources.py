"""A plan as PlanDefinition with its source inside, and a Task for each task of the plan. Pure."""

import base64
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import yaml as pyyaml

from ansinh.kernel import yaml
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, CS, EXT, MEASURE, PLAN
from ansinh.programme.plans.definition import Goal, Plan, PlanTask, Reporting, Target, build
from ansinh.programme.plans.rules import yearly_dates

TASK_TYPE, ROLE, MEASURES = CS("task-type"), CS("plan-role"), CS("measure")
PLAN_ID, TASK_ID, NUMBER = f"{BASE}/id/ke-hoach", f"{BASE}/id/nhiem-vu", f"{BASE}/id/so-van-ban"
SECTION, CATEGORY, PROGRESS = EXT("plan-section"), EXT("plan-task-category"), EXT("progress")
COMPARATOR, DUE, REASON, MEASURE_EXT = EXT("target-comparator"), EXT("target-date"), EXT("reason"), EXT("measure")
MISSION, PARTY, MISSING = EXT("mission"), EXT("organization-code"), EXT("not-in-source")
PLAN_TYPE = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
_SOURCE = "application/yaml"
_OPERATORS = {">=": ">=", "<=": "<="}


def plan_id(name: str) -> str:
    """Id of the PlanDefinition: `plan_id("ninh-binh-2021-2030")`."""
    return stable_id("PlanDefinition", name)


def task_id(plan: str, task: str) -> str:
    """Id of the Task of a task of a plan."""
    return stable_id("Task", plan, task)


def plan_definition(plan: Plan, organizations: Mapping[str, str]) -> dict[str, Any]:
    """PlanDefinition. organizations: unit code → Organization id. The file itself is kept within, to be read back."""
    document = plan.document
    resource: dict[str, Any] = {
        "resourceType": "PlanDefinition",
        "id": plan_id(plan.id),
        "extension": _document_extensions(document),
        "url": PLAN(plan.id),
        "identifier": [{"system": PLAN_ID, "value": plan.id}]
        + ([{"system": NUMBER, "value": plan.number}] if plan.number else []),
        "version": plan.version,
        "name": "".join(part.title() for part in plan.id.split("-")),
        "title": plan.title,
        "type": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/plan-definition-type", "code": "workflow-definition"}
            ]
        },
        "status": plan.data.get("status", "active"),
        "date": document["date"].isoformat() if document.get("date") else None,
        "publisher": document["issuer"],
        "description": plan.data["general_goal"]["text"],
        "effectivePeriod": {"start": plan.start.isoformat(), "end": plan.end.isoformat()},
        "relatedArtifact": _artifacts(plan),
        "goal": [_goal(plan, goal) for goal in plan.goals],
        "action": [_task_action(plan, task, organizations) for task in plan.tasks]
        + [_report_action(plan, row, organizations) for row in plan.reporting],
    }
    return {key: value for key, value in resource.items() if value}


def plan_from(resource: Mapping[str, Any]) -> Plan:
    """The plan that a PlanDefinition was made from. ValueError when it carries no source."""
    for artifact in resource.get("relatedArtifact", []):
        attachment = artifact.get("document", {})
        if attachment.get("contentType") == _SOURCE:
            return _read_back(attachment["data"])
    raise ValueError("this PlanDefinition was not made from a file of definitions/plans")


@lru_cache(maxsize=32)
def _read_back(data: str) -> Plan:
    """Reading YAML takes longer than a page may; the text itself is the key, so a new version is read anew."""
    return build(yaml.parse(base64.b64decode(data)))


def plan_task(
    plan: Plan, task: PlanTask, *, owner: str, requester: str, due: date | None, at: datetime
) -> dict[str, Any]:
    """The Task of a task that has not begun. owner: id of the body that carries it now; due: its next deadline."""
    extensions: list[dict[str, Any]] = [
        {"url": SECTION, "valueString": task.section},
        {"url": PROGRESS, "valueInteger": 0},
    ]
    if task.category:
        extensions.append({"url": CATEGORY, "valueCode": task.category})
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "id": task_id(plan.id, task.id),
        "extension": extensions,
        "identifier": [{"system": TASK_ID, "value": task.id}],
        "instantiatesCanonical": f"{PLAN(plan.id)}|{plan.version}",
        "groupIdentifier": {"system": PLAN_ID, "value": plan.id},
        "status": "requested",
        "intent": "plan",
        "priority": "routine",
        "code": {"coding": [{"system": TASK_TYPE, "code": "plan-task"}]},
        "description": task.title,
        "executionPeriod": {"start": plan.start.isoformat()},
        "lastModified": _instant(at),
        "requester": {"reference": f"Organization/{requester}"},
        "owner": {"reference": f"Organization/{owner}"},
    }
    if due:
        resource["restriction"] = {"period": {"end": due.isoformat()}}
    return resource


def renewed_task(stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> dict[str, Any]:
    """The stored Task with what its plan now says; state, progress, notes and a running deadline stay."""
    kept = {
        key: stored[key]
        for key in ("status", "note", "executionPeriod", "restriction", "lastModified", "businessStatus")
        if key in stored
    }
    if "restriction" not in fresh:
        kept.pop("restriction", None)
    extensions = [part for part in fresh["extension"] if part["url"] != PROGRESS]
    progress = [part for part in stored.get("extension", []) if part["url"] == PROGRESS]
    return {**fresh, **kept, "extension": [*extensions, *progress]}


def progressed_task(
    stored: Mapping[str, Any],
    *,
    status: str,
    progress: int,
    note: str,
    author: str,
    at: datetime,
    ended: date | None,
    due: date | None,
) -> dict[str, Any]:
    """The Task after an officer told where it stands. ended: day the work ended; due: the deadline from now on."""
    extensions = [part for part in stored.get("extension", []) if part["url"] != PROGRESS]
    period = {key: value for key, value in stored.get("executionPeriod", {}).items() if key != "end"}
    changed: dict[str, Any] = {
        **stored,
        "extension": [*extensions, {"url": PROGRESS, "valueInteger": progress}],
        "status": status,
        "lastModified": _instant(at),
        "executionPeriod": {**period, **({"end": ended.isoformat()} if ended else {})},
    }
    if note:
        # authorString, not a reference: notes are shown in the report, where nobody may look up the account.
        entry = {"authorString": author, "time": _instant(at), "text": note}
        changed["note"] = [*stored.get("note", []), entry]
    if due:
        changed["restriction"] = {"period": {"end": due.isoformat()}}
    return changed


def progress_of(task: Mapping[str, Any]) -> int:
    """Percent done, as its owner says."""
    return next((part["valueInteger"] for part in task.get("extension", []) if part["url"] == PROGRESS), 0)


def is_plan_task(task: Mapping[str, Any]) -> bool:
    """True for a Task that belongs to a plan."""
    codings = task.get("code", {}).get("coding", [])
    return any(part.get("system") == TASK_TYPE and part.get("code") == "plan-task" for part in codings)


def source(plan: Plan) -> bytes:
    """The plan's file as it is kept: keys in their order, dates as dates."""
    return pyyaml.safe_dump(dict(plan.data), allow_unicode=True, sort_keys=False, width=10_000).encode("utf-8")


def _document_extensions(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the copy that was read does not say, and why."""
    return [
        {"url": MISSING, "valueString": f"{key}: {document[f'{key}_reason']}"}
        for key in ("number", "date", "signer")
        if document.get(f"{key}_reason")
    ]


def _artifacts(plan: Plan) -> list[dict[str, Any]]:
    based_on = [
        {"type": "derived-from", "label": law["number"], "display": f"{law['title']} ({law['issuer']})"}
        for law in plan.document["legal_basis"]
    ]
    data = base64.b64encode(source(plan)).decode("ascii")
    kept = {"contentType": _SOURCE, "data": data, "title": f"definitions/plans/{plan.id}.yaml"}
    return [*based_on, {"type": "documentation", "document": kept}]


def _goal(plan: Plan, goal: Goal) -> dict[str, Any]:
    return {
        "id": goal.id,
        "extension": [{"url": MEASURE_EXT, "valueCanonical": MEASURE(goal.measure)}],
        "description": {"text": goal.title},
        "documentation": [{"type": "documentation", "label": target.section} for target in goal.targets],
        "target": [_target(plan, goal, target) for target in goal.targets],
    }


def _target(plan: Plan, goal: Goal, target: Target) -> dict[str, Any]:
    extensions: list[dict[str, Any]] = [
        {"url": SECTION, "valueString": target.section},
        {"url": DUE, "valueDate": target.due.isoformat()},
        {"url": COMPARATOR, "valueString": goal.comparator},
    ]
    if target.reason:
        extensions.append({"url": REASON, "valueString": target.reason})
    years = target.due.year - plan.start.year + 1
    result: dict[str, Any] = {
        "extension": extensions,
        "measure": {"coding": [{"system": MEASURES, "code": goal.measure}], "text": goal.title},
        "due": {"value": years, "unit": "năm", "system": "http://unitsofmeasure.org", "code": "a"},
    }
    if target.value is None:
        result["detailCodeableConcept"] = {"text": target.text}
        return result
    quantity: dict[str, Any] = {"value": target.value, "unit": goal.unit}
    if goal.comparator in _OPERATORS:
        quantity["comparator"] = _OPERATORS[goal.comparator]
    if goal.unit == "%":
        quantity |= {"system": "http://unitsofmeasure.org", "code": "%"}
    result["detailQuantity"] = quantity
    return result


def _task_action(plan: Plan, task: PlanTask, organizations: Mapping[str, str]) -> dict[str, Any]:
    extensions: list[dict[str, Any]] = [{"url": MISSION, "valueCode": mission} for mission in task.missions]
    extensions.append({"url": REASON, "valueString": task.deadline_reason})
    action: dict[str, Any] = {
        "id": task.id,
        "extension": extensions,
        "prefix": task.section,
        "title": task.title,
        "participant": [_participant(plan, task.lead, "lead", organizations)]
        + [_participant(plan, partner, "partner", organizations) for partner in task.partners],
    }
    if task.goals:
        action["goalId"] = list(task.goals)
    return action | _timing(plan, task.recurrence, task.due, task.month_day)


def _report_action(plan: Plan, row: Reporting, organizations: Mapping[str, str]) -> dict[str, Any]:
    receivers = ", ".join(plan.name_of(party) for party in row.receivers)
    return {
        "id": row.id,
        "extension": [{"url": REASON, "valueString": row.source}],
        "prefix": row.section,
        "title": f"{plan.name_of(row.sender)} báo cáo {receivers}",
        "participant": [_participant(plan, row.sender, "lead", organizations)]
        + [_participant(plan, party, "partner", organizations) for party in row.receivers],
    } | _timing(plan, row.recurrence, None, row.month_day)


def _timing(plan: Plan, recurrence: str, due: date | None, month_day: tuple[int, int] | None) -> dict[str, Any]:
    if recurrence == "yearly" and month_day:
        dates = [day.isoformat() for day in yearly_dates(month_day, plan.start, plan.end)]
        return {"timingTiming": {"event": dates}}
    end = due or plan.end
    return {"timingPeriod": {"start": plan.start.isoformat(), "end": end.isoformat()}}


def _participant(plan: Plan, party_id: str, role: str, organizations: Mapping[str, str]) -> dict[str, Any]:
    """R4 knows only persons and devices as participants; the body stands in an extension."""
    party = plan.party(party_id)
    code = party.organization if party else ""
    extensions: list[dict[str, Any]] = [{"url": PARTY, "valueCode": code}]
    if code in organizations:
        reference = {"reference": f"Organization/{organizations[code]}"}
        extensions.append({"url": EXT("organization"), "valueReference": reference})
    return {
        "extension": extensions,
        "type": "practitioner",
        "role": {"coding": [{"system": ROLE, "code": role}], "text": plan.name_of(party_id)},
    }


def _instant(at: datetime) -> str:
    return at.astimezone(VIETNAM).isoformat(timespec="milliseconds")
