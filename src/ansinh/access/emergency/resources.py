"""The Task by which a director hears of an emergency access. Pure."""

from datetime import datetime, timedelta
from typing import Any

from ansinh.kernel import clock
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS

DAYS = 2
TITLE = "Xem lại lần mở hồ sơ khẩn cấp"
TITLE_EN = "Review an emergency access"
_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def task_id(number: int, unit: str) -> str:
    """The id of the Task of one unit for one emergency access."""
    return stable_id("emergency-access", f"{number}/{unit}")


def task(*, number: int, person: str, unit: str, requester: str, at: datetime) -> dict[str, Any]:
    """To be looked at within two days. Without the reason: that is read on the page, by who may."""
    words = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": TITLE_EN}]
    resource: dict[str, Any] = {
        "resourceType": "Task",
        "id": task_id(number, unit),
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": {
            "coding": [{"system": CS("task-type"), "code": "emergency-review"}],
            "text": TITLE,
            "_text": {"extension": [{"url": _TRANSLATION, "extension": words}]},
        },
        "for": {"reference": f"Patient/{person}"},
        "authoredOn": clock.instant(at),
        "lastModified": clock.instant(at),
        "owner": {"reference": f"Organization/{unit}"},
        "restriction": {"period": {"end": (at.astimezone(clock.VIETNAM).date() + timedelta(days=DAYS)).isoformat()}},
    }
    if requester.startswith("Practitioner/"):
        resource["requester"] = {"reference": requester}
    return resource
