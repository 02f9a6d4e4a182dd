"""Location and the Encounter of a residence, as FHIR. Pure: every function gives a new resource."""

import copy
from dataclasses import dataclass
from typing import Any

from ansinh.kernel import clock
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, EXT, ICD10, LOINC

Resource = dict[str, Any]

RESIDENCE = "residence"
WARD, ROOM, BED = "wa", "ro", "bd"
OPEN = ("in-progress", "onleave")
HELD = ("active", "reserved")  # statuses of Encounter.location in which nobody else can have the place
_PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_PHYSICAL_WORDS = {WARD: "Ward", ROOM: "Room", BED: "Bed"}
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


@dataclass(frozen=True, slots=True)
class Leave:
    """An absence. begin, returned: FHIR dateTimes; due: the day the person is expected back, "" when not said."""

    begin: str
    due: str = ""
    reason: str = ""
    companion: str = ""
    returned: str = ""


def location_resource(
    location_id: str, facility: str, kind: str, name: str, parent: str = "", area: float | None = None
) -> Resource:
    """A ward, room or bed of a facility. area: floor of a room in m²."""
    body: Resource = {
        "resourceType": "Location",
        "id": location_id,
        "status": "active",
        "name": name,
        "mode": "instance",
        "physicalType": {"coding": [{"system": _PHYSICAL, "code": kind, "display": _PHYSICAL_WORDS[kind]}]},
        "managingOrganization": {"reference": f"Organization/{facility}"},
    }
    if parent:
        body["partOf"] = {"reference": f"Location/{parent}"}
    if area is not None:
        body["extension"] = [{"url": EXT("floor-area"), "valueDecimal": area}]
    return body


def kind_of(location: Resource) -> str:
    """`wa`, `ro`, `bd`; "" for a Location of another kind."""
    codings = location.get("physicalType", {}).get("coding", [])
    return next((coding.get("code", "") for coding in codings if coding.get("system") == _PHYSICAL), "")


def facility_of(location: Resource) -> str:
    """Id of the Organization that the place belongs to."""
    return str(location.get("managingOrganization", {}).get("reference", "")).partition("Organization/")[2]


def residence_id(stay_id: str) -> str:
    """A stay has one residence: the same stay gives the same id, so two nurses cannot make two."""
    return stable_id("residence", stay_id)


def residence_resource(stay_id: str, patient: str, facility: str, label: str, place: str, at: str) -> Resource:
    """The residence of a stay, from the first bed on. place: Location id; at: FHIR dateTime."""
    return {
        "resourceType": "Encounter",
        "id": residence_id(stay_id),
        "status": "in-progress",
        "class": {"system": _ACT, "code": "IMP", "display": "Nội trú"},
        "type": [{"coding": [{"system": CS("encounter-type"), "code": RESIDENCE, "display": label}]}],
        "subject": {"reference": f"Patient/{patient}"},
        "episodeOfCare": [{"reference": f"EpisodeOfCare/{stay_id}"}],
        "serviceProvider": {"reference": f"Organization/{facility}"},
        "period": {"start": at},
        "location": [_use(place, "active", at)],
    }


def held(encounter: Resource) -> Resource | None:
    """The entry of `location` that the person has now; None when there is none."""
    return next((use for use in encounter.get("location", []) if use.get("status") in HELD), None)


def place_of(use: Resource) -> str:
    """Id of the Location that an entry of `Encounter.location` names; "" for none of this node."""
    return str(use.get("location", {}).get("reference", "")).partition("Location/")[2]


def moved(encounter: Resource, place: str, at: str) -> Resource:
    """Into another bed: the one before is given back at the same moment."""
    after = _given_back(encounter, at)
    use = _use(place, "reserved" if after["status"] == "onleave" else "active", at)
    after["location"] = [*after.get("location", []), use]
    return after


def on_leave(encounter: Resource, leave: Leave) -> Resource:
    """Away for a while; the bed is kept (`reserved`)."""
    after = _to_status(encounter, "onleave", leave.begin)
    if use := held(after):
        use["status"] = "reserved"
    parts = [
        {"url": "from", "valueDateTime": leave.begin},
        *([{"url": "due", "valueDate": leave.due}] if leave.due else []),
        *([{"url": "reason", "valueString": leave.reason}] if leave.reason else []),
        *([{"url": "companion", "valueString": leave.companion}] if leave.companion else []),
    ]
    after.setdefault("extension", []).append({"url": EXT("leave"), "extension": parts})
    return after


def back(encounter: Resource, at: str) -> Resource:
    """Back from leave, in the bed that was kept."""
    after = _to_status(encounter, "in-progress", at)
    if use := held(after):
        use["status"] = "active"
    return _leave_over(after, at)


def ended(encounter: Resource, at: str) -> Resource:
    """The residence over; the bed is given back, an absence under way ends with it."""
    after = _leave_over(_given_back(_to_status(encounter, "finished", at), at), at)
    after["period"] = {**after.get("period", {}), "end": at}
    return after


def leaves(encounter: Resource) -> list[Leave]:
    """Every absence, in the order it was written."""
    found = []
    for extension in encounter.get("extension", []):
        if extension.get("url") == EXT("leave"):
            said = {part["url"]: next(v for k, v in part.items() if k != "url") for part in extension["extension"]}
            words = (said.get(name, "") for name in ("from", "due", "reason", "companion", "returned"))
            found.append(Leave(*words))
    return found


def last_change(encounter: Resource) -> str:
    """When something last happened to the residence: nothing may be written before it. A FHIR dateTime."""
    moments = [encounter.get("period", {}).get("start", "")]
    moments += [use.get("period", {}).get("start", "") for use in encounter.get("location", [])]
    moments += [moment for leave in leaves(encounter) for moment in (leave.begin, leave.returned)]
    moments += [use.get("period", {}).get("end", "") for use in encounter.get("location", [])]
    return max(moments, key=clock.at_home)


def _use(place: str, status: str, at: str) -> Resource:
    return {"location": {"reference": f"Location/{place}"}, "status": status, "period": {"start": at}}


def _given_back(encounter: Resource, at: str) -> Resource:
    after = copy.deepcopy(encounter)
    if use := held(after):
        use["status"] = "completed"
        use["period"] = {**use.get("period", {}), "end": at}
    return after


def _to_status(encounter: Resource, status: str, at: str) -> Resource:
    after = copy.deepcopy(encounter)
    history = after.get("statusHistory", [])
    begun = (history[-1].get("period", {}) if history else {}).get("end") or after.get("period", {}).get("start", at)
    after["statusHistory"] = [*history, {"status": after["status"], "period": {"start": begun, "end": at}}]
    after["status"] = status
    return after


def _leave_over(encounter: Resource, at: str) -> Resource:
    for extension in encounter.get("extension", []):
        if extension.get("url") == EXT("leave") and all(part["url"] != "returned" for part in extension["extension"]):
            extension["extension"].append({"url": "returned", "valueDateTime": at})
    return encounter


def death_observation(patient: str, at: str, place: str, cause: tuple[str, str], note: str) -> Resource:
    """Cause of death (LOINC 69453-9) with where it was; the cause is unknown until somebody says it."""
    code, words = cause
    value: Resource = (
        {"valueCodeableConcept": {"coding": [{"system": ICD10, "code": code, "display": words}], "text": words}}
        if code
        else {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": "unknown"}]}}
    )
    coding = {"system": LOINC, "code": "69453-9", "display": "Cause of death [US Standard Certificate of Death]"}
    said = [text for text in (place, note) if text]
    return {
        "resourceType": "Observation",
        "id": stable_id("death", patient),
        "status": "final",
        "code": {"coding": [coding], "text": "Nguyên nhân tử vong"},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": at,
        "note": [{"text": text} for text in said],
        **value,
    }
