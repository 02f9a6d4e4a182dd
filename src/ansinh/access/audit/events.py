"""AuditEvent (FHIR R4) from rows of the audit. Built when asked for, never stored.

Codes: DICOM and HL7 `audit-event-type`, `restful-interaction`; purposes of HL7 PurposeOfUse.
"""

from collections.abc import Mapping
from typing import Any

from ansinh.fhir.store.audit.trail import Happened
from ansinh.kernel import clock

PREFIX = "audit-"
_TYPES = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTIONS = "http://hl7.org/fhir/restful-interaction"
_OBJECTS = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
_PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
# verb → (code of the interaction, what it is called there, action)
_VERBS = {
    "create": ("create", "C"),
    "update": ("update", "U"),
    "delete": ("delete", "D"),
    "read": ("read", "R"),
    "search": ("search-type", "R"),
    "history": ("history-instance", "R"),
    "view": ("search-type", "R"),
    "export": ("operation", "R"),
    "audit": ("search-type", "R"),
}
ACTIONS = {
    action: tuple(verb for verb, (_, one) in _VERBS.items() if one == action)
    for action in dict.fromkeys(action for _, action in _VERBS.values())
}
Names = Mapping[int, tuple[str, str]]


def event(row: Happened, names: Names, node: str) -> dict[str, Any]:
    """names: number of a resource → (type, id); a person or resource that is not among them is left out."""
    code, action = _VERBS[row.verb]
    return {
        "resourceType": "AuditEvent",
        "id": f"{PREFIX}{row.id}",
        "meta": {"versionId": "1", "lastUpdated": clock.instant(row.at)},
        "type": {"system": _TYPES, "code": "rest", "display": "Restful Operation"},
        "subtype": [{"system": _INTERACTIONS, "code": code}],
        "action": action,
        "recorded": clock.instant(row.at),
        "outcome": "0",
        "purposeOfEvent": [{"coding": [{"system": _PURPOSES, "code": row.purpose}]}],
        "agent": [_agent(row)],
        "source": {"observer": {"display": f"An Sinh {node}".strip()}} | ({"site": row.unit} if row.unit else {}),
        "entity": [*_person(row, names), *_resources(row, names)],
    }


def number_of(fhir_id: str) -> int:
    """The row behind an id; 0 for an id that is none of ours."""
    text = fhir_id.removeprefix(PREFIX)
    return int(text) if text != fhir_id and text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _agent(row: Happened) -> dict[str, Any]:
    kind, _, fhir_id = row.actor.partition("/")
    if kind == "Practitioner":
        who: dict[str, Any] = {"reference": row.actor}
    else:
        who = {"identifier": {"value": fhir_id or kind}}
    agent: dict[str, Any] = {"who": who, "requestor": True, "role": [{"text": row.role}]}
    door, _, address = row.source.partition(" ")
    if address:
        agent["network"] = {"address": address, "type": "2"}
    if door:
        agent["name"] = door
    return agent


def _person(row: Happened, names: Names) -> list[dict[str, Any]]:
    named = names.get(row.patient) if row.patient else None
    if named is None:
        return []
    return [
        {
            "what": {"reference": "/".join(named)},
            "type": {"system": _OBJECTS, "code": "1", "display": "Person"},
            "role": {"system": _ROLES, "code": "1", "display": "Patient"},
        }
    ]


def _resources(row: Happened, names: Names) -> list[dict[str, Any]]:
    """The one resource, or what kinds of resources and how many."""
    named = names.get(row.key) if row.key and row.key != row.patient else None
    thing = {"type": {"system": _OBJECTS, "code": "2", "display": "System Object"}}
    detail = [{"type": kind, "valueString": str(count)} for kind, count in row.what.items()]
    return [({"what": {"reference": "/".join(named)}} if named else {}) | thing | {"detail": detail}]
