"""What a contact says about having been entered in error. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.kernel.naming import CS, EXT

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Retraction:
    """Why an entry was taken back, by whom, when (FHIR dateTime). actor: a reference, "" where it is not on record."""

    reason: str
    at: str
    actor: str = ""
    actor_name: str = ""


def kind_of(contact: Mapping[str, Any]) -> str:
    """The code of encounter-type: `visit`, `periodic-check`, `rehab-session`, `screening`; "" for others."""
    codings = [coding for one in contact.get("type", []) for coding in one.get("coding", [])]
    return next((coding.get("code", "") for coding in codings if coding.get("system") == CS("encounter-type")), "")


def retraction_of(contact: Mapping[str, Any]) -> Retraction | None:
    """Who took a contact back, when and why; None for one that stands."""
    if contact.get("status") != "entered-in-error":
        return None
    found: Resource = next((one for one in contact.get("extension", []) if one["url"] == EXT("retraction")), {})
    said = {one["url"]: one for one in found.get("extension", [])}
    who = said.get("by", {}).get("valueReference", {})
    return Retraction(
        said.get("reason", {}).get("valueString", ""),
        said.get("at", {}).get("valueDateTime", ""),
        who.get("reference", ""),
        who.get("display", ""),
    )
