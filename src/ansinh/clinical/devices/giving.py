"""Giving a device to its user, looking after it, mending it, and taking back what was written wrong."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.devices import catalogue, queries, resources, supplies
from ansinh.clinical.devices.actions import active_request, contact, contact_care
from ansinh.clinical.devices.rules import making
from ansinh.clinical.devices.rules.terms import Replacement, replacement, term_for
from ansinh.clinical.encounters.actions import care_of
from ansinh.clinical.encounters.resources import Care, retracted
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.retractions import Retraction
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, Refused
from ansinh.kernel.ids import new_id, stable_id
from ansinh.kernel.naming import CS, EXT, UCUM
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc

Resource = dict[str, Any]
MOST_HOURS = 24
_DECIDED = phrase("Quyết định cấp")
_OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"
_THERAPY = {"system": "http://snomed.info/sct", "code": "277132007", "display": "Therapeutic procedure"}


@dataclass(frozen=True, slots=True)
class Giving:
    """What the form of a delivery says. months, decision: the term that the authority decided; receiver: "" for the
    person; follow_up: day of the first check, None for none."""

    moment: datetime
    trained: bool = False
    receiver: str = ""
    months: int = 0
    decision: str = ""
    follow_up: date | None = None
    note: str = ""


def replacement_of(context: Context, request: Resource, day: date, months: int = 0, decision: str = "") -> Replacement:
    """When a device given on `day` may be replaced, by the term of its payer. One query."""
    kind = catalogue.kind(resources.kind_of(request))
    scheme = catalogue.scheme_of(resources.payer_of(request))
    person = request["subject"]["reference"].partition("/")[2]
    others = queries.used_groups(context, person, request["id"])
    term = term_for(catalogue.terms().terms, scheme, kind.group if kind else "", others, day)
    return replacement(term, day, months, decision or str(_DECIDED))


def give(context: Context, *, person_id: str, request_id: str, giving: Giving, entry_id: str = "") -> str:
    """The person takes the device; returns the id of the Encounter.

    Raises Invalid for a device that was not fitted or not checked and for dates that cannot be, Conflict when it was
    given before, NotFound.
    """
    refuse_early_return(giving.follow_up, giving.moment, "follow_up")
    repository = Repository(context)
    with repository.transaction():
        request = active_request(context, person_id, request_id)
        order, device = _ready(repository, request)
        care = contact_care(context, registry.person(context, person_id), giving.moment, entry_id)
        if steps := resources.steps_of(order):
            _not_before(care, steps[-1].at)
        due = replacement_of(context, request, date.fromisoformat(care.moment[:10]), giving.months, giving.decision)
        for resource in _given(care, request, device, giving, due):
            repository.save(resource)
        repository.update(device | {"status": "active"})
        repository.update(request | {"status": "completed"})
        repository.update(resources.finished(order, care.moment))
    return care.id


def refuse_early_return(day: date | None, moment: datetime, field: str) -> None:
    """Raises Invalid when the person is asked back on the day of the act or before it."""
    if day is not None and day <= moment.astimezone(clock.VIETNAM).date():
        raise Invalid(_("Ngày hẹn phải sau ngày của phiếu này."), code="return-early", field=field)


def _ready(repository: Repository, request: Resource) -> tuple[Resource, Resource]:
    order = repository.find("Task", resources.order_id(request["id"]))
    device = repository.find("Device", resources.device_id(request["id"]))
    if order is None or device is None or not resources.is_open(order):
        raise Invalid(
            _("Chưa mở phiếu làm cho dụng cụ này nên chưa giao được."), code="device-no-order", field="moment"
        )
    making.refuse_early_delivery(catalogue.workshop().route(resources.route_of(order)), resources.steps_of(order))
    return order, device


def _not_before(care: Care, last: str) -> None:
    if making.is_before(datetime.fromisoformat(care.moment), datetime.fromisoformat(last)):
        raise Invalid(_("Ngày giao ở trước công đoạn cuối."), code="give-order", field="moment")


def _given(care: Care, request: Resource, device: Resource, said: Giving, due: Replacement) -> list[Resource]:
    words = catalogue.device_words(resources.kind_of(request), resources.side_of(request))
    number = device.get("serialNumber", "")
    summary = phrase("Giao %(device)s, số %(number)s. %(note)s", device=words, number=number, note=said.note)
    use = resources.use_resource(request, care.moment, next(iter(care.performer()), None), due)
    at = {"url": EXT("device-encounter"), "valueReference": {"reference": f"Encounter/{care.id}"}}
    found = [
        *contact(care, resources.GIVEN, summary.strip()),
        use | {"extension": [*use["extension"], at]},
        supplies.given_resource(care, device, said.receiver),
    ]
    if said.trained:
        found += _training(care, resources.kind_of(request))
    if said.follow_up:
        found.append(_follow_up_task(care, request, said.follow_up))
    return found


def _training(care: Care, kind_code: str) -> list[Resource]:
    """The technique of chapter 17 that teaches the use of this kind; kinds without one have none."""
    kind = catalogue.kind(kind_code)
    if kind is None or not kind.training:
        return []
    words = concepts.display(CS("technique"), kind.training)
    procedure: Resource = {
        "resourceType": "Procedure",
        "id": care.part("procedure", kind.training),
        "status": "completed",
        "category": {"coding": [_THERAPY]},
        "code": {"coding": [{"system": CS("technique"), "code": kind.training, "display": words}], "text": words},
        **care.links,
        "performedDateTime": care.moment,
    }
    if performer := care.performer():
        procedure["performer"] = [{"actor": performer[0]}]
    return [procedure]


def _follow_up_task(care: Care, request: Resource, day: date) -> Resource:
    label = concepts.display(CS("task-type"), resources.FOLLOW_UP)
    return {
        "resourceType": "Task",
        "id": care.part("task", "follow-up"),
        "status": "requested",
        "intent": "order",
        "priority": "routine",
        "code": {"coding": [{"system": CS("task-type"), "code": resources.FOLLOW_UP, "display": label}], "text": label},
        "description": resources.kind_words(request),
        "focus": {"reference": f"DeviceUseStatement/{resources.use_id(request['id'])}"},
        "for": request["subject"],
        "encounter": {"reference": f"Encounter/{care.id}"},
        "authoredOn": care.moment,
        "lastModified": care.moment,
        "owner": {"reference": f"Organization/{care.facility}"},
        "restriction": {"period": {"end": day.isoformat()}},
    }


@dataclass(frozen=True, slots=True)
class Follow:
    """What a follow-up found. hours: worn a day; stopped: the person uses it no more; next_day: of the next one."""

    moment: datetime
    note: str
    hours: Decimal | None = None
    stopped: bool = False
    next_day: date | None = None


def follow(context: Context, *, person_id: str, request_id: str, said: Follow, entry_id: str = "") -> str:
    """Writes a follow-up and does the task that asked for it; returns the id of the Encounter.

    Raises Invalid (nothing said, more hours than a day has), Conflict when the device is not in use, NotFound.
    """
    if not nfc(said.note):
        raise Invalid(_("Cần ghi tình trạng sử dụng."), code="follow-note", field="note")
    if said.hours is not None and not 0 <= said.hours <= MOST_HOURS:
        raise Invalid(_("Số giờ mang mỗi ngày phải từ 0 đến 24."), code="follow-hours", field="hours")
    refuse_early_return(said.next_day, said.moment, "next_day")
    repository = Repository(context)
    with repository.transaction():
        request, use = _used(context, person_id, request_id)
        care = contact_care(context, registry.person(context, person_id), said.moment, entry_id)
        found = contact(care, resources.FOLLOWED, said.note)
        found += [_hours(care, request, said.hours)] if said.hours is not None else []
        found += [_follow_up_task(care, request, said.next_day)] if said.next_day else []
        for task in _open_follow_ups(repository, use["id"]):
            repository.update(resources.finished(task, care.moment))
        for resource in found:
            repository.create(resource, id=resource["id"])
        if said.stopped:
            ended = {"status": "completed", "timingPeriod": {**use["timingPeriod"], "end": care.moment}}
            repository.update(use | ended)
    return care.id


def _used(context: Context, person_id: str, request_id: str) -> tuple[Resource, Resource]:
    request = queries.request_of(context, person_id, request_id)
    use = Repository(context).find("DeviceUseStatement", resources.use_id(request_id))
    if use is None or use["status"] != "active":
        raise Conflict(_("Người này không dùng dụng cụ này."), code="device-not-used")
    return request, use


def _open_follow_ups(repository: Repository, use_id: str) -> list[Resource]:
    asked = [("focus", f"DeviceUseStatement/{use_id}"), ("_count", "50")]
    return [task for task in search(repository, "Task", asked).resources if resources.is_open(task)]


def _hours(care: Care, request: Resource, hours: Decimal) -> Resource:
    words = concepts.display(CS("assessment"), "wear-hours")
    observation: Resource = {
        "resourceType": "Observation",
        "id": care.part("observation", "wear-hours"),
        "status": "final",
        "category": [{"coding": [{"system": _OBSERVATION, "code": "activity"}]}],
        "code": {"coding": [{"system": CS("assessment"), "code": "wear-hours", "display": words}], "text": words},
        **care.links,
        "focus": [{"reference": f"Device/{resources.device_id(request['id'])}"}],
        "effectiveDateTime": care.moment,
        "valueQuantity": {"value": hours, "unit": "giờ/ngày", "system": UCUM, "code": "h/d"},
    }
    return observation | ({"performer": performer} if (performer := care.performer()) else {})


def open_repair(context: Context, *, person_id: str, request_id: str, reason: str) -> str:
    """Opens an order to mend a device in use; returns the id of the Task. Raises Invalid, Conflict, NotFound."""
    if not nfc(reason):
        raise Invalid(_("Cần ghi hỏng ở đâu."), code="repair-reason", field="reason")
    repository = Repository(context)
    with repository.transaction():
        request, _use = _used(context, person_id, request_id)
        if any(resources.is_open(one) for one in queries.life(context, person_id, request_id).orders):
            raise Conflict(_("Dụng cụ này đang có phiếu mở ở xưởng."), code="repair-open")
        care = care_of(context, registry.person(context, person_id), clock.now())
        label = concepts.display(CS("task-type"), resources.REPAIR_ORDER)
        order = resources.order_resource(request, care, catalogue.REPAIR, label, repair=new_id())
        order |= {"reasonCode": {"text": nfc(reason)}}
        return str(repository.create(order, id=order["id"]).resource["id"])


def take_back(context: Context, *, person_id: str, request_id: str, reason: str) -> str:
    """Marks the delivery as entered in error, or the prescription where nothing was given; `given` or `prescribed`.

    After a delivery was taken back the order is open as before it. Raises Invalid without a reason, Refused for
    somebody else's entry, Conflict when there is nothing to take back, NotFound.
    """
    if not nfc(reason):
        raise Invalid(_("Cần ghi vì sao đây là ghi nhầm."), code="retraction-reason", field="reason")
    why = Retraction(nfc(reason), clock.instant(), contacts.on_staff(context), context.display)
    repository = Repository(context)
    with repository.transaction():
        request = queries.request_of(context, person_id, request_id)
        use = repository.find("DeviceUseStatement", resources.use_id(request_id))
        if use is not None and use["status"] != "entered-in-error":
            _take_delivery_back(context, repository, request, use, why)
            return "given"
        if request["status"] == "entered-in-error":
            raise Conflict(_("Chỉ định này đã được đánh dấu ghi nhầm."), code="already-retracted")
        _take_prescription_back(context, repository, request, why)
        return "prescribed"


def _take_delivery_back(
    context: Context, repository: Repository, request: Resource, use: Resource, why: Retraction
) -> None:
    encounter_id = resources.extension_of(use, "device-encounter")["valueReference"]["reference"].partition("/")[2]
    _contact_back(context, repository, encounter_id, why)
    repository.update(use | {"status": "entered-in-error"})
    given = repository.read("SupplyDelivery", stable_id("contact", encounter_id, "given"))
    repository.update(given | {"status": "entered-in-error"})
    for task in _open_follow_ups(repository, use["id"]):
        repository.update(retracted(task, why))
    order = repository.read("Task", resources.order_id(request["id"]))
    period = {key: value for key, value in order.get("executionPeriod", {}).items() if key != "end"}
    repository.update(order | {"status": "in-progress", "executionPeriod": period})
    device = repository.read("Device", resources.device_id(request["id"]))
    repository.update(device | {"status": "inactive"})
    repository.update(request | {"status": "active"})


def _take_prescription_back(context: Context, repository: Repository, request: Resource, why: Retraction) -> None:
    order = repository.find("Task", resources.order_id(request["id"]))
    if order is not None and resources.steps_of(order):
        raise Conflict(
            _("Xưởng đã làm dụng cụ này. Chỉ đánh dấu ghi nhầm được chỉ định chưa làm."), code="request-in-work"
        )
    _contact_back(context, repository, request["encounter"]["reference"].partition("/")[2], why)
    repository.update(request | {"status": "entered-in-error"})
    if order is not None and resources.is_open(order):
        repository.update(retracted(order, why))


def _contact_back(context: Context, repository: Repository, encounter_id: str, why: Retraction) -> None:
    encounter = repository.read("Encounter", encounter_id)
    if not may_take_back(context, encounter):
        raise Refused(
            _("Chỉ người đã ghi, bác sĩ hoặc giám đốc cơ sở được đánh dấu ghi nhầm."), code="retraction-of-others"
        )
    for resource in (encounter, *contacts.entries(context, encounter_id)):
        repository.update(retracted(resource, why))


def may_take_back(context: Context, encounter: Resource) -> bool:
    """Who wrote it, or who answers for the entries of others. One query for those who answer only for their own."""
    return context.has("entry.retract") or contacts.written_by(context, encounter) == {context.actor}


def first_follow_up(day: date) -> date:
    """The day that is proposed for the first follow-up."""
    return day + timedelta(days=catalogue.workshop().follow_up_days)
