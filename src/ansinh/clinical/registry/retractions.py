"""What a contact or a stay says about having been entered in error. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.kernel.naming import CS, EXT

Resource = dict[str, Any]

STAY = "stay"


@dataclass(frozen=True, slots=True)
class Retraction:
    """Why an entry was taken back, by whom, when (FHIR dateTime). actor: a reference, "" where it is not on record."""

    reason: str
    at: str
    actor: str = ""
    actor_name: str = ""


def kind_of(entry: Mapping[str, Any]) -> str:
    """The code of encounter-type: `visit`, `periodic-check`, `rehab-session`, `screening`; `stay`; "" for an Encounter
    of another system; the resource type of every other entry."""
    if entry["resourceType"] == "EpisodeOfCare":
        return STAY
    if entry["resourceType"] != "Encounter":
        # A measurement stands or falls with its contact; what is said of a pregnancy stands alone.
        own = any(one["url"] == EXT("pregnancy") for one in entry.get("extension", []))
        return "pregnancy" if own else str(entry["resourceType"])
    codings = [coding for one in entry.get("type", []) for coding in one.get("coding", [])]
    return next((coding.get("code", "") for coding in codings if coding.get("system") == CS("encounter-type")), "")


def taken_back(entry: Resource, why: Retraction) -> Resource:
    """The same entry, entered in error, with who said so, when and why; nothing of it is lost."""
    said = {"url": EXT("retraction"), "extension": list(_said(why))}
    kept = [one for one in entry.get("extension", []) if one["url"] != EXT("retraction")]
    return entry | {"status": "entered-in-error", "extension": [*kept, said]}


def _said(why: Retraction) -> Iterator[Resource]:
    yield {"url": "reason", "valueString": why.reason}
    yield {"url": "at", "valueDateTime": why.at}
    who = ({"reference": why.actor} if why.actor else {}) | ({"display": why.actor_name} if why.actor_name else {})
    if who:
        yield {"url": "by", "valueReference": who}


def retraction_of(entry: Mapping[str, Any]) -> Retraction | None:
    """Who took an entry back, when and why; None for one that stands."""
    found: Resource = next((one for one in entry.get("extension", []) if one["url"] == EXT("retraction")), {})
    if entry.get("status") != "entered-in-error" and not found:
        return None
    said = {one["url"]: one for one in found.get("extension", [])}
    who = said.get("by", {}).get("valueReference", {})
    return Retraction(
        said.get("reason", {}).get("valueString", ""),
        said.get("at", {}).get("valueDateTime", ""),
        who.get("reference", ""),
        who.get("display", ""),
    )
