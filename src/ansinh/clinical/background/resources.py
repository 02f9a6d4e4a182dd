"""Condition of the list of problems, Immunization, Observations of a pregnancy, Library of growth tables. Pure."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, EXT, LOINC

Resource = dict[str, Any]

_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"
_LIBRARY = "http://terminology.hl7.org/CodeSystem/library-type"
GROWTH = f"{BASE}/id/bang-tang-truong"
# LOINC: Pregnancy status; Last menstrual period start date; Delivery date Estimated.
STATUS, LAST_PERIOD, DUE = "82810-3", "8665-2", "11778-8"
STATES = {"pregnant": "Đang mang thai", "ended": "Thai kỳ đã kết thúc"}


def listed(condition: Resource) -> Resource:
    """A diagnosis that is also put on the person's list of problems."""
    codes = [coding.get("code") for one in condition.get("category", []) for coding in one.get("coding", [])]
    if "problem-list-item" in codes:
        return condition
    # The first category is what lists read; that of the visit stays behind it.
    added = {"coding": [{"system": _CATEGORY, "code": "problem-list-item"}]}
    return condition | {"category": [added, *condition.get("category", [])]}


def stepped(condition: Resource, status: str, day: str, words: str = "") -> Resource:
    """A problem resolved on a day, or active again from now on."""
    after = condition | {"clinicalStatus": {"coding": [{"system": _STATUS, "code": status}]}}
    if status == "active":
        after.pop("abatementDateTime", None)
    else:
        after["abatementDateTime"] = day
    return after | ({"note": [*condition.get("note", []), {"text": words}]} if words else {})


@dataclass(frozen=True, slots=True)
class Shot:
    """A vaccination. day: FHIR date; dose: number of the dose in its series, 0 where it is not known."""

    vaccine: str
    day: str
    lot: str = ""
    expiry: str = ""
    dose: int = 0
    site: str = ""
    elsewhere: bool = False
    note: str = ""


def immunization_resource(shot_id: str, patient: str, shot: Shot, *, at: str, author: Resource) -> Resource:
    """A vaccination that was done here, or that the person's papers tell of."""
    body: Resource = {
        "resourceType": "Immunization",
        "id": shot_id,
        "status": "completed",
        "vaccineCode": {"text": shot.vaccine},
        "patient": {"reference": f"Patient/{patient}"},
        "occurrenceDateTime": shot.day,
        "recorded": at,
        "primarySource": not shot.elsewhere,
    }
    if shot.elsewhere:
        body["reportOrigin"] = {"text": "Theo giấy tờ hoặc lời kể"}
    if shot.lot:
        body["lotNumber"] = shot.lot
    if shot.expiry:
        body["expirationDate"] = shot.expiry
    if shot.site:
        body["site"] = {"text": shot.site}
    if shot.dose:
        body["protocolApplied"] = [{"doseNumberPositiveInt": shot.dose}]
    if author and not shot.elsewhere:
        body["performer"] = [{"actor": author}]
    return body | ({"note": [{"text": shot.note}]} if shot.note else {})


def pregnancy_resources(
    entry: str, patient: str, *, state: str, last_period: str, due: str, at: str, author: Resource
) -> list[Resource]:
    """What is known of a pregnancy: its state, the last period, the day on which the birth is awaited."""
    words: Resource = {"valueCodeableConcept": {"text": STATES[state]}}
    said = [("status", STATUS, "Tình trạng thai nghén", words)]
    if last_period:
        said.append(("period", LAST_PERIOD, "Ngày đầu kỳ kinh cuối", {"valueDateTime": last_period}))
    if due:
        said.append(("due", DUE, "Ngày dự sinh", {"valueDateTime": due}))
    made = []
    for name, code, label, value in said:
        body: Resource = {
            "resourceType": "Observation",
            "id": stable_id("pregnancy", entry, name),
            "extension": [{"url": EXT("pregnancy"), "valueString": entry}],
            "status": "final",
            "category": [{"coding": [{"system": _OBSERVATION, "code": "social-history"}]}],
            "code": {"coding": [{"system": LOINC, "code": code, "display": label}], "text": label},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": at,
        }
        made.append(body | value | ({"performer": [author]} if author else {}))
    return made


def of_same_pregnancy(observation: Resource) -> list[tuple[str, str]]:
    """(type, id) of everything that was said together with it."""
    entry = next(one["valueString"] for one in observation["extension"] if one["url"] == EXT("pregnancy"))
    ids = (stable_id("pregnancy", entry, name) for name in ("status", "period", "due"))
    return [("Observation", one) for one in ids if one != observation["id"]]


def growth_library(data: bytes, title: str, source: str) -> Resource:
    """Imported growth tables, whole, with their source."""
    return {
        "resourceType": "Library",
        "id": stable_id("growth-tables"),
        "identifier": [{"system": GROWTH, "value": "lms"}],
        "title": title,
        "status": "active",
        "type": {"coding": [{"system": _LIBRARY, "code": "asset-collection"}]},
        "description": source,
        "content": [{"contentType": "text/csv", "data": base64.b64encode(data).decode("ascii")}],
    }


def growth_bytes(library: Mapping[str, Any]) -> bytes:
    """The tables as they were imported."""
    return base64.b64decode(library["content"][0]["data"])
