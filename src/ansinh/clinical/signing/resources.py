"""Provenance of a signature, as FHIR. Pure."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansinh.clinical.signing.rules import AUTHOR, COUNTER, PURPOSES

Resource = dict[str, Any]

SIGNATURE_TYPE = "urn:iso-astm:E1762-95:2013"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_COMPLETION = "http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion"
CONTENT = "application/fhir+json"
CMS = "application/pkcs7-signature"


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature of a Provenance. purpose: code of ASTM E1762. at: FHIR instant. targets: versioned references."""

    id: str
    purpose: str
    signer: str
    signer_name: str
    at: str
    targets: tuple[str, ...]
    data: bytes

    def version_of(self, resource: Mapping[str, Any]) -> str:
        """Which version of a resource this signature is over, "" for none."""
        place = f"{resource['resourceType']}/{resource['id']}/_history/"
        return next((one.removeprefix(place) for one in self.targets if one.startswith(place)), "")


def provenance(signed: Signed, *, organization: str = "") -> Resource:
    """The Provenance that carries a signature; its targets are the bytes' resources in their order."""
    who: Resource = {"reference": signed.signer}
    if signed.signer_name:
        who["display"] = signed.signer_name
    role = ("author", "Author") if signed.purpose != COUNTER else ("verifier", "Verifier")
    agent: Resource = {
        "type": {"coding": [{"system": _PARTICIPANT, "code": role[0], "display": role[1]}]},
        "who": who,
    }
    if organization:
        agent["onBehalfOf"] = {"reference": f"Organization/{organization}"}
    state = ("LA", "legally authenticated") if signed.purpose == COUNTER else ("AU", "authenticated")
    return {
        "resourceType": "Provenance",
        "id": signed.id,
        "target": [{"reference": one} for one in signed.targets],
        "recorded": signed.at,
        "activity": {"coding": [{"system": _COMPLETION, "code": state[0], "display": state[1]}]},
        "agent": [agent],
        "signature": [
            {
                "type": [{"system": SIGNATURE_TYPE, "code": signed.purpose, "display": PURPOSES[signed.purpose]}],
                "when": signed.at,
                "who": who,
                "targetFormat": CONTENT,
                "sigFormat": CMS,
                "data": base64.b64encode(signed.data).decode(),
            }
        ],
    }


def read(resource: Mapping[str, Any]) -> Signed | None:
    """The signature of a Provenance; None when it carries none of ours."""
    found: Sequence[Mapping[str, Any]] = resource.get("signature") or ()
    if len(found) != 1 or found[0].get("sigFormat") != CMS:
        return None
    one = found[0]
    codes = [each.get("code", "") for each in one["type"] if each.get("system") == SIGNATURE_TYPE]
    try:
        data = base64.b64decode(one.get("data", ""), validate=True)
    except ValueError:
        data = b""
    return Signed(
        id=resource.get("id", ""),
        purpose=next((code for code in codes if code in PURPOSES), ""),
        signer=one["who"].get("reference", ""),
        signer_name=one["who"].get("display", ""),
        at=one["when"],
        targets=tuple(each.get("reference", "") for each in resource["target"]),
        data=data,
    )


def entry_target(signed: Signed) -> tuple[str, str]:
    """(type, id) of the entry that was signed: the first target."""
    kind, _, rest = signed.targets[0].partition("/")
    return kind, rest.partition("/")[0]


def is_seal(signed: Signed) -> bool:
    """True for the first signature of an entry, its author's."""
    return signed.purpose == AUTHOR
