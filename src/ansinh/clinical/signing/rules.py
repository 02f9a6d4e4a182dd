"""Who signs what, and what may become of it afterwards. Pure: resources in, sentences out.

A seal is the Provenance of an entry's first signature: its author's. Its id follows from the entry's, so that one
entry is sealed once, and the store finds the seal without searching (`fhir.store.rules.guard`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.kernel.context import Context
from ansinh.kernel.errors import Problem
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import EXT
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]

AMENDMENT = EXT("amendment")
RETRACTION = EXT("retraction")
# Types that are locked with the contact that they were written in. A stay (residence) is moved, so it is never signed.
LOCKED = (
    "Encounter", "Observation", "Condition", "Procedure", "ClinicalImpression", "QuestionnaireResponse", "Composition",
    "MedicationRequest", "ServiceRequest", "DiagnosticReport", "DeviceRequest",
)  # fmt: skip
_AMENDED_STATUS = ("Observation", "QuestionnaireResponse", "Composition", "DiagnosticReport")
_STATES = ("status", "verificationStatus", "clinicalStatus")

AUTHOR, COUNTER, ADDENDUM = "1.2.840.10065.1.12.1.1", "1.2.840.10065.1.12.1.5", "1.2.840.10065.1.12.1.16"
PURPOSES = {AUTHOR: "Author's Signature", COUNTER: "Verification Signature", ADDENDUM: "Addendum Signature"}
"""ASTM E1762 codes of FHIR's value set signature-type, with the names they have there."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """Why an entry was changed after it was signed, by whom, when, and which version it was before."""

    reason: str
    at: str
    actor: str
    actor_name: str
    before: str


def entry_of(resource: Mapping[str, Any]) -> tuple[str, str]:
    """(type, id) of the entry that a resource is part of: its contact, otherwise itself."""
    if resource["resourceType"] == "Encounter":
        return "Encounter", resource["id"]
    reference = resource.get("encounter", {}).get("reference", "")
    kind, _, rest = reference.partition("/")
    return (kind, rest.partition("/")[0]) if kind == "Encounter" else (resource["resourceType"], resource["id"])


def seal_id(entry: tuple[str, str]) -> str:
    """Id of the Provenance that seals an entry."""
    return stable_id("seal", *entry)


def seal_of(resource: Resource) -> tuple[str, str] | None:
    """Where the seal of what a resource is part of would stand."""
    return "Provenance", seal_id(entry_of(resource))


def own_seal_of(resource: Resource) -> tuple[str, str] | None:
    """Where the seal of a part would stand that its writer signed by itself, in somebody else's contact."""
    alone = resource["resourceType"], resource["id"]
    return ("Provenance", seal_id(alone)) if alone != entry_of(resource) else None


def covers(seal: Mapping[str, Any], resource: Mapping[str, Any]) -> bool:
    """True when some version of the resource was signed."""
    place = f"{resource['resourceType']}/{resource['id']}/"
    return any(f"{one.get('reference', '')}/".startswith(place) for one in seal.get("target", ()))


def signer_of(provenance: Mapping[str, Any]) -> str:
    """Reference of who signed, "" for a Provenance without a signature."""
    signatures = provenance.get("signature") or [{}]
    return signatures[0].get("who", {}).get("reference", "")


def change_problems(seal: Resource, before: Resource, after: Resource | None, context: Context) -> Iterator[Problem]:
    """Why a signed part may not become `after` (None: be deleted) by the hand of this writer."""
    kind = before["resourceType"]
    if not signer_of(seal) or not covers(seal, before):
        return
    if after is None:
        yield _locked(kind, phrase("Mục này đã ký nên không xóa được; nếu ghi nhầm, hãy đánh dấu ghi nhầm."))
    elif _is_retraction(before, after):
        if not (context.has("entry.retract") or context.actor == signer_of(seal)):
            yield _locked(kind, phrase("Mục này đã ký: chỉ người ký, bác sĩ hoặc giám đốc được đánh dấu ghi nhầm."))
    else:
        yield from _amendment_problems(seal, before, after, context)


def _amendment_problems(seal: Resource, before: Resource, after: Resource, context: Context) -> Iterator[Problem]:
    kind, added = before["resourceType"], new_amendments(before, after)
    if added is None or not added:
        yield _locked(kind, phrase("Mục này đã ký và khóa. Muốn sửa, hãy ghi đính chính kèm lý do."))
        return
    said = added[0]
    if len(added) > 1 or said.before != before["meta"]["versionId"] or not said.reason.strip():
        yield _locked(kind, phrase("Đính chính phải nêu lý do và đúng bản đang có."), "amendment-shape")
    if said.actor != context.actor or not (context.actor == signer_of(seal) or context.has("entry.amend")):
        message = phrase("Chỉ người đã ký, bác sĩ hoặc giám đốc cơ sở được đính chính, và phải đứng tên mình.")
        yield _locked(kind, message, "amendment-of-others")
    if kind in _AMENDED_STATUS and after.get("status") != "amended":
        yield _locked(kind, phrase("Mục đã đính chính phải mang trạng thái «amended»."), "amendment-status")
    if entry_of(before) != entry_of(after) or before.get("subject") != after.get("subject"):
        yield _locked(
            kind, phrase("Đính chính không chuyển mục đã ký sang lần khám hay người khác."), "amendment-moved"
        )


def _locked(kind: str, message: str, key: str = "entry-locked") -> Problem:
    return Problem("business-rule", message, kind, key=key)


def _is_retraction(before: Resource, after: Resource) -> bool:
    """True when nothing changes but that the entry is now said to be in error."""
    wrong = after.get("status") == "entered-in-error" or "entered-in-error" in str(after.get("verificationStatus"))
    return wrong and _rest(before) == _rest(after)


def _rest(resource: Resource) -> Resource:
    """What a retraction leaves as it was."""
    kept = {key: value for key, value in resource.items() if key not in ("meta", "extension", *_STATES)}
    others = [one for one in resource.get("extension", ()) if one["url"] != RETRACTION]
    return kept | {"extension": others}


def amendments(resource: Mapping[str, Any]) -> list[Amendment]:
    """Every amendment of a part, the oldest first."""
    return [_read(one) for one in resource.get("extension", ()) if one["url"] == AMENDMENT]


def new_amendments(before: Resource, after: Resource) -> list[Amendment] | None:
    """What `after` adds to the amendments; None when it leaves one out or rewrites it."""
    old, new = amendments(before), amendments(after)
    return new[len(old) :] if new[: len(old)] == old else None


def _read(extension: Mapping[str, Any]) -> Amendment:
    said = {one["url"]: one for one in extension.get("extension", ())}
    who = said.get("by", {}).get("valueReference", {})
    return Amendment(
        said.get("reason", {}).get("valueString", ""),
        said.get("at", {}).get("valueDateTime", ""),
        who.get("reference", ""),
        who.get("display", ""),
        said.get("before", {}).get("valueId", ""),
    )


def amended(resource: Resource, why: Amendment) -> Resource:
    """The resource with one amendment more; the caller has changed what it is about."""
    who = {"reference": why.actor} | ({"display": why.actor_name} if why.actor_name else {})
    said = [
        {"url": "reason", "valueString": why.reason},
        {"url": "at", "valueDateTime": why.at},
        {"url": "by", "valueReference": who},
        {"url": "before", "valueId": why.before},
    ]
    extension = [*resource.get("extension", ()), {"url": AMENDMENT, "extension": said}]
    status = {"status": "amended"} if resource["resourceType"] in _AMENDED_STATUS else {}
    return resource | {"extension": extension} | status


def bare(resource: Resource) -> Resource:
    """What an entry says, without its state and its amendments."""
    kept = [one for one in resource.get("extension", ()) if one["url"] != AMENDMENT]
    return {key: value for key, value in resource.items() if key not in ("status", "extension")} | {"extension": kept}
