"""What is refused of devices at every door, page or machine.

A device that was not fitted or not checked is not used and not given; a work order of the workshop is not done before
its route is; nobody takes more parts out of a lot than are in it. Devices from elsewhere have no work order here and
are not judged.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ansinh.clinical.devices import catalogue, resources, supplies
from ansinh.clinical.devices.rules.making import early_sentence, missing_before_delivery
from ansinh.fhir.store import Repository
from ansinh.fhir.store.rules import register
from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Problem
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]
_MISTAKES = ("entered-in-error", "intended", "abandoned")


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("DeviceUseStatement", unready_use, locked=True, concerns=is_used)
    register("SupplyDelivery", supply_problems, locked=True, concerns=moves_something)
    register("Task", unready_order)


def is_used(use: Resource) -> bool:
    """Only what says that a device is or was used."""
    return use.get("status") not in _MISTAKES


def unready_use(use: Resource) -> Iterator[Problem]:
    """The use of a device whose work order is not through."""
    device = use.get("device", {}).get("reference", "")
    yield from _unready(device, "DeviceUseStatement.device")


def moves_something(supply: Resource) -> bool:
    """A finished delivery that names a device, or a lot that it draws on."""
    names = supply.get("suppliedItem", {}).get("itemReference", {}).get("reference", "")
    return supply.get("status") == "completed" and bool(names.startswith("Device/") or supplies.sources_of(supply))


def supply_problems(supply: Resource) -> Iterator[Problem]:
    """A device given before it was ready; more parts than the lot has."""
    device = supply.get("suppliedItem", {}).get("itemReference", {}).get("reference", "")
    yield from _unready(device, "SupplyDelivery.suppliedItem.itemReference")
    for source in supplies.sources_of(supply):
        yield from _overdrawn(supply, source)


def _unready(device: str, place: str) -> Iterator[Problem]:
    kind, _slash, device_id = device.partition("/")
    if kind != "Device":
        return
    order = _order_of(device_id)
    if order is None or order["status"] in ("cancelled", "entered-in-error"):
        return
    route = catalogue.workshop().route(resources.route_of(order))
    if missing := missing_before_delivery(route, resources.steps_of(order)):
        yield Problem("business-rule", early_sentence(missing), place, key="device-not-ready")


def _order_of(device_id: str) -> Resource | None:
    """The work order that makes this device here."""
    repository = Repository(system_context())
    device = repository.find("Device", device_id)
    named = resources.extension_of(device or {}, "device-request").get("valueReference", {}).get("reference", "")
    request_id = named.partition("DeviceRequest/")[2]
    return repository.find("Task", resources.order_id(request_id)) if request_id else None


_USED = "SELECT SUM(t.quantity) AS used FROM view_supply t WHERE {reach:t} AND t.source_id = :source AND t.id <> :own"


def _overdrawn(supply: Resource, source: str) -> Iterator[Problem]:
    receipt = Repository(system_context()).find("SupplyDelivery", source)
    if receipt is None:
        return  # the store says so itself
    used = tables.rows(system_context(), _USED, {"source": source, "own": supply["id"]})[0]["used"] or 0
    left = supplies.quantity_of(receipt) - Decimal(str(used))
    if supplies.quantity_of(supply) > left:
        sentence = phrase("Lô vật tư này không còn đủ số lượng.")
        yield Problem("business-rule", sentence, "SupplyDelivery.suppliedItem.quantity", key="part-short")


def unready_order(task: Resource) -> Iterator[Problem]:
    """A work order called done although its route is not through."""
    if task.get("status") != "completed" or not resources.is_order(task):
        return
    route = catalogue.workshop().route(resources.route_of(task))
    if missing := missing_before_delivery(route, resources.steps_of(task)):
        yield Problem("business-rule", early_sentence(missing), "Task.status", key="device-not-ready")
