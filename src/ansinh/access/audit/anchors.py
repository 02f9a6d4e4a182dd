"""Anchors: the ends of the journal and of the audit, signed, to be kept where the node's administrators cannot write.

Who may write into the database could compute both chains anew from any place on. An anchor that somebody else holds
says what the ends were on its day; what is forged afterwards does not fit it. The key is made from the node's secret
(Ed25519, RFC 8032); its public half stands in each anchor and on the page where it is made.
"""

import base64
import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from ansinh.fhir.model import json
from ansinh.fhir.store import journal
from ansinh.fhir.store.audit import verifying
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid

KIND = "ansinh-audit-anchor"
_SIGNED = ("kind", "node", "at", "position", "journal", "row", "audit", "key")


@dataclass(frozen=True, slots=True)
class Checked:
    """What an anchor proved. audit: False when the rows before it are no longer kept, so that only the journal's entry
    could be compared."""

    at: str
    position: int
    row: int
    audit: bool


def make() -> dict[str, Any]:
    """The anchor of this moment."""
    node, position, journal_hash, row, audit_hash = verifying.heads()
    told: dict[str, Any] = {
        "kind": KIND,
        "node": node,
        "at": clock.instant(),
        "position": position,
        "journal": journal_hash.hex(),
        "row": row,
        "audit": audit_hash.hex(),
        "key": public_key(),
    }
    return told | {"signature": base64.b64encode(_private().sign(_bytes(told))).decode()}


def check(anchor: dict[str, Any], *, key: str = "") -> Checked:
    """Walk both chains and compare them with an anchor. `key`: the public key to trust; this node's own by default.

    Raises Invalid for what is no anchor or signed by another key, `Broken` where the chains are another one's.
    """
    _check_signature(anchor, key or public_key())
    journal.verify()
    row, audit_hash = anchor["row"], bytes.fromhex(anchor["audit"])
    found = verifying.verify(wanted=[row])
    if anchor["position"] and verifying.journal_hash(anchor["position"]).hex() != anchor["journal"]:
        raise journal.Broken(anchor["position"])
    kept = row >= found.first - 1
    if row and kept and found.seals.get(row) != audit_hash:
        raise verifying.Broken(row - 1, row)
    return Checked(anchor["at"], anchor["position"], row, kept)


def public_key() -> str:
    """The public half of this node's key, base64."""
    return base64.b64encode(_private().public_key().public_bytes_raw()).decode()


def _check_signature(anchor: Any, key: str) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    fits = isinstance(anchor, dict) and set(anchor) == {*_SIGNED, "signature"} and anchor["kind"] == KIND
    if not fits:
        raise Invalid("Tệp này không phải là mốc niêm phong của sổ truy cập.", code="anchor-form")
    if anchor["key"] != key:
        raise Invalid("Mốc niêm phong do khóa khác ký, không phải khóa của nút này.", code="anchor-key")
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(
            base64.b64decode(anchor["signature"]), _bytes(anchor)
        )
    except (InvalidSignature, ValueError, TypeError) as error:
        raise Invalid("Chữ ký của mốc niêm phong không đúng; tệp đã bị sửa.", code="anchor-signature") from error


def _bytes(anchor: dict[str, Any]) -> bytes:
    return json.dumps([anchor[name] for name in _SIGNED])


def _private() -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = hmac.digest(settings.SECRET_KEY.encode(), b"ansinh.access.audit.anchors", "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)
