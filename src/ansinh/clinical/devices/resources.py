"""DeviceRequest, Device, Task and DeviceUseStatement of one device, as FHIR. Pure: every function gives a new resource.

ids come from the prescription, so that what is sent twice is written once:
DeviceRequest ─► order_id (Task) ─► device_id (Device) ─► use_id (DeviceUseStatement)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ansinh.clinical.devices.rules.making import STAGES, Step
from ansinh.clinical.devices.rules.terms import Replacement
from ansinh.clinical.encounters.resources import Care
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, CS, EXT, ICD10

Resource = dict[str, Any]

PRESCRIPTION, GIVEN, FOLLOWED = "device-prescription", "device-delivery", "device-follow-up"
ORDER, REPAIR_ORDER, FOLLOW_UP = "device-order", "device-repair", "device-follow-up"
NUMBER = f"{BASE}/id/dung-cu"
_OPEN = ("draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold")


@dataclass(frozen=True, slots=True)
class Prescription:
    """What is prescribed and why (NĐ 131/2021, form 40). kind, side, payer: codes; shares: payer → đồng."""

    kind: str
    kind_words: str
    reason: str
    side: str = ""
    diagnosis: tuple[str, str] = ("", "")
    findings: str = ""
    details: str = ""
    payer: str = ""
    cost: Decimal | None = None
    shares: Mapping[str, Decimal] = field(default_factory=dict)


def order_id(request_id: str) -> str:
    """The work order that makes what a prescription asks for."""
    return stable_id("device-order", request_id)


def device_id(request_id: str) -> str:
    """The device that comes of a prescription."""
    return stable_id("device", request_id)


def use_id(request_id: str) -> str:
    """The use of the device that comes of a prescription."""
    return stable_id("device-use", request_id)


def number_of(request_id: str, year: int) -> str:
    """The number that is marked on the device: DC26-3F9A1C."""
    return f"DC{year % 100:02d}-{stable_id('device-number', request_id)[:6].upper()}"


def request_resource(care: Care, said: Prescription) -> Resource:
    """The prescription, active until the device is given."""
    resource: Resource = {
        "resourceType": "DeviceRequest",
        "id": care.part("device-request"),
        "status": "active",
        "intent": "order",
        "codeCodeableConcept": {
            "coding": [{"system": CS("device-kind"), "code": said.kind, "display": said.kind_words}],
            "text": said.kind_words,
        },
        **care.links,
        "authoredOn": care.moment,
        "performer": {"reference": f"Organization/{care.facility}"},
        "reasonCode": [_reason(said)],
    }
    if performer := care.performer():
        resource["requester"] = performer[0]
    if said.side:
        parameter = {"code": {"text": "Bên"}, "valueCodeableConcept": coded("device-side", said.side)}
        resource["parameter"] = [parameter]
    if notes := [{"text": text} for text in (said.findings, said.details) if text]:
        resource["note"] = notes
    if extension := _money(said):
        resource["extension"] = extension
    return resource


def coded(system: str, code: str) -> Resource:
    """A CodeableConcept of one of the house's lists."""
    return {"coding": [{"system": CS(system), "code": code}]}


def _reason(said: Prescription) -> Resource:
    code, display = said.diagnosis
    coding = {"coding": [{"system": ICD10, "code": code, "display": display}]} if code else {}
    return {**coding, "text": said.reason}


def _money(said: Prescription) -> list[Resource]:
    found: list[Resource] = []
    if said.payer:
        coding = {"system": CS("device-payer"), "code": said.payer}
        found.append({"url": EXT("device-payer"), "valueCoding": coding})
    if said.cost is not None:
        found.append({"url": EXT("device-cost"), "valueMoney": dong(said.cost)})
    for payer, amount in said.shares.items():
        parts = [
            {"url": "payer", "valueCoding": {"system": CS("device-payer"), "code": payer}},
            {"url": "amount", "valueMoney": dong(amount)},
        ]
        found.append({"url": EXT("device-share"), "extension": parts})
    return found


def dong(amount: Decimal) -> Resource:
    """Money in đồng."""
    return {"value": amount, "currency": "VND"}


def order_resource(
    request: Resource, care: Care, route: str, label: str, due: str = "", *, repair: str = ""
) -> Resource:
    """The work order of a prescription; repair: id for an order that mends the device once it is in use."""
    code = REPAIR_ORDER if repair else ORDER
    order: Resource = {
        "resourceType": "Task",
        "id": repair or order_id(request["id"]),
        "status": "in-progress",
        "intent": "order",
        "priority": "routine",
        "code": {"coding": [{"system": CS("task-type"), "code": code, "display": label}], "text": label},
        "description": kind_words(request),
        "focus": {"reference": f"DeviceRequest/{request['id']}"},
        "for": request["subject"],
        "authoredOn": care.moment,
        "lastModified": care.moment,
        "executionPeriod": {"start": care.moment},
        "owner": {"reference": f"Organization/{care.facility}"},
        "extension": [{"url": EXT("device-route"), "valueCode": route}],
    }
    if performer := care.performer():
        order["requester"] = performer[0]
    if due:
        order["restriction"] = {"period": {"end": due}}
    return order


def device_resource(request: Resource, care: Care, year: int) -> Resource:
    """The device in the making: it has its number, and is not in use yet."""
    number = number_of(request["id"], year)
    return {
        "resourceType": "Device",
        "id": device_id(request["id"]),
        "extension": [
            {"url": EXT("device-request"), "valueReference": {"reference": f"DeviceRequest/{request['id']}"}}
        ],
        "identifier": [{"system": NUMBER, "value": number}],
        "status": "inactive",
        "type": request["codeCodeableConcept"],
        "serialNumber": number,
        "patient": request["subject"],
        "owner": {"reference": f"Organization/{care.facility}"},
    }


def kind_words(request: Resource) -> str:
    """What is made, in the words of the prescription."""
    return str(request["codeCodeableConcept"].get("text", ""))


def kind_of(request: Resource) -> str:
    """Code of the kind."""
    codings = request.get("codeCodeableConcept", {}).get("coding", [])
    return next((one["code"] for one in codings if one.get("system") == CS("device-kind")), "")


def side_of(request: Resource) -> str:
    """Code of the side, "" for none."""
    for parameter in request.get("parameter", []):
        for coding in parameter.get("valueCodeableConcept", {}).get("coding", []):
            if coding.get("system") == CS("device-side"):
                return str(coding["code"])
    return ""


def extension_of(resource: Resource, name: str) -> Resource:
    """The extension of the house with this name, {} when there is none."""
    return next((one for one in resource.get("extension", []) if one["url"] == EXT(name)), {})


def payer_of(request: Resource) -> str:
    """Code of who pays, "" when nobody said."""
    return str(extension_of(request, "device-payer").get("valueCoding", {}).get("code", ""))


def shares_of(request: Resource) -> dict[str, Any]:
    """payer → amount."""
    found = {}
    for one in request.get("extension", []):
        if one["url"] == EXT("device-share"):
            parts = {part["url"]: part for part in one["extension"]}
            found[parts["payer"]["valueCoding"]["code"]] = parts["amount"]["valueMoney"]["value"]
    return found


def route_of(order: Resource) -> str:
    """Name of the route that a work order follows."""
    return str(extension_of(order, "device-route").get("valueCode", ""))


def is_open(order: Resource) -> bool:
    """True while something is still to be done."""
    return order.get("status") in _OPEN


def is_order(task: Resource) -> bool:
    """True for a work order of the workshop."""
    codings = task.get("code", {}).get("coding", [])
    return any(one.get("system") == CS("task-type") and one.get("code") in (ORDER, REPAIR_ORDER) for one in codings)


def steps_of(order: Resource) -> list[Step]:
    """Every step that was written, in order."""
    return [_step(output) for output in order.get("output", []) if "valueAnnotation" in output]


def _step(output: Resource) -> Step:
    coding, said = output["type"]["coding"][0], output["valueAnnotation"]
    who = said.get("authorReference", {}).get("display") or said.get("authorString", "")
    back = extension_of(output, "sent-back").get("valueBoolean", False)
    note = "" if said["text"] == str(STAGES.get(coding["code"], "")) else said["text"]
    return Step(coding["code"], said.get("time", ""), who, note, back)


def stepped(order: Resource, step: Step, who: Resource | None, following: str) -> Resource:
    """The order with one more step. following: the stage that is to be done next."""
    words = str(STAGES.get(step.stage, step.stage))
    said: Resource = {"time": step.at, "text": step.note or words}
    if who and who.get("reference"):
        said["authorReference"] = who
    elif who:
        said["authorString"] = who["display"]
    output: Resource = {
        "type": {"coding": [{"system": CS("device-stage"), "code": step.stage, "display": words}]},
        "valueAnnotation": said,
    }
    if step.back:
        output["extension"] = [{"url": EXT("sent-back"), "valueBoolean": True}]
    return order | {
        "output": [*order.get("output", []), output],
        "lastModified": _later(order, step.at),
        "businessStatus": {"coding": [{"system": CS("device-stage"), "code": following}]},
    }


def finished(order: Resource, at: str) -> Resource:
    """The order done."""
    begun = order.get("executionPeriod", {})
    period = {**begun, "end": max(begun.get("start", at), at, key=datetime.fromisoformat)}
    return order | {"status": "completed", "lastModified": _later(order, at), "executionPeriod": period}


def _later(order: Resource, at: str) -> str:
    """When the order was last changed: forms give minutes, and a change is never before the one it follows."""
    return max(order["lastModified"], at, key=datetime.fromisoformat)


def use_resource(request: Resource, at: str, source: Resource | None, due: Replacement) -> Resource:
    """That the person uses the device from now on, and when it may be replaced."""
    extension: list[Resource] = [
        {"url": EXT("device-request"), "valueReference": {"reference": f"DeviceRequest/{request['id']}"}}
    ]
    if due.due:
        extension.append({"url": EXT("replacement-due"), "valueDate": due.due})
    if due.source:
        extension.append({"url": EXT("replacement-source"), "valueString": due.source})
    use: Resource = {
        "resourceType": "DeviceUseStatement",
        "id": use_id(request["id"]),
        "extension": extension,
        "status": "active",
        "subject": request["subject"],
        "timingPeriod": {"start": at},
        "recordedOn": at,
        "device": {"reference": f"Device/{device_id(request['id'])}", "display": kind_words(request)},
    }
    return use | ({"source": source} if source and source.get("reference") else {})
