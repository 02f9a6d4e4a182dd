"""Parts that come into stock, parts that go into a device, and the device that is given, as SupplyDelivery. Pure.

receipt (no patient, supplied by the workshop) ◄─ partOf ─ use (patient, work order): what is left is the difference
"""

from decimal import Decimal
from typing import Any

from ansinh.clinical.devices.rules.stock import Receipt
from ansinh.clinical.encounters.resources import Care
from ansinh.kernel.naming import EXT

Resource = dict[str, Any]

_TYPE = "http://terminology.hl7.org/CodeSystem/supply-item-type"


def receipt_resource(receipt_id: str, facility: str, at: str, receipt: Receipt) -> Resource:
    """Parts that came into stock together."""
    said = {"lot": receipt.lot, "serial": receipt.serial, "maker": receipt.maker}
    extension: list[Resource] = [
        {"url": EXT(f"part-{name}"), "valueString": text} for name, text in said.items() if text
    ]
    if receipt.expiry:
        extension.append({"url": EXT("part-expiry"), "valueDate": receipt.expiry})
    if receipt.price is not None:
        extension.append({"url": EXT("part-price"), "valueMoney": {"value": receipt.price, "currency": "VND"}})
    return {
        "resourceType": "SupplyDelivery",
        "id": receipt_id,
        **({"extension": extension} if extension else {}),
        "status": "completed",
        "supplier": {"reference": f"Organization/{facility}"},
        "type": {"coding": [{"system": _TYPE, "code": "device"}]},
        "suppliedItem": _item(receipt.name, receipt.quantity, receipt.unit),
        "occurrenceDateTime": at,
    }


def part_resource(care: Care, order: Resource, source: Resource, quantity: Decimal) -> Resource:
    """Parts of a receipt that went into the device of a work order."""
    item = source["suppliedItem"]
    return {
        "resourceType": "SupplyDelivery",
        "id": care.part("part", source["id"]),
        "extension": [{"url": EXT("device-order"), "valueReference": {"reference": f"Task/{order['id']}"}}],
        "partOf": [{"reference": f"SupplyDelivery/{source['id']}"}],
        "status": "completed",
        "patient": order["for"],
        "type": {"coding": [{"system": _TYPE, "code": "device"}]},
        "suppliedItem": _item(item["itemCodeableConcept"]["text"], quantity, item["quantity"]["unit"]),
        "occurrenceDateTime": care.moment,
    }


def given_resource(care: Care, device: Resource, receiver: str) -> Resource:
    """The finished device given to its user. receiver: who took it, when it was not the person."""
    given: Resource = {
        "resourceType": "SupplyDelivery",
        "id": care.part("given"),
        "extension": [{"url": EXT("device-encounter"), "valueReference": {"reference": f"Encounter/{care.id}"}}],
        "status": "completed",
        "patient": {"reference": f"Patient/{care.patient}"},
        "type": {"coding": [{"system": _TYPE, "code": "device"}]},
        "suppliedItem": {
            "quantity": {"value": 1},
            "itemReference": {"reference": f"Device/{device['id']}", "display": device["type"].get("text", "")},
        },
        "occurrenceDateTime": care.moment,
    }
    if receiver:
        given["extension"].append({"url": EXT("received-by"), "valueString": receiver})
    return given


def _item(name: str, quantity: Decimal, unit: str) -> Resource:
    return {"quantity": {"value": quantity, "unit": unit}, "itemCodeableConcept": {"text": name}}


def sources_of(use: Resource) -> list[str]:
    """Ids of the receipts that a use draws on."""
    found = (one.get("reference", "") for one in use.get("partOf", []))
    return [one.partition("/")[2] for one in found if one.startswith("SupplyDelivery/")]


def quantity_of(supply: Resource) -> Decimal:
    """How many pieces."""
    return Decimal(str(supply.get("suppliedItem", {}).get("quantity", {}).get("value", 0)))
