"""Two keys of a backup: age seals it for who holds the recovery key, a signature says which node made it.

The node keeps the public half of the first and the private half of the second (`var/backup/key.json`). The recovery
sheet has the other halves, on paper, away from the node: it opens backups and knows this node's from a forged one.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ansinh.kernel.errors import Conflict, Invalid, NotFound

_SECRET = re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{58}")
_VERIFY = re.compile(r"ANSINH-NODE-([0-9A-F]{64})")


@dataclass(frozen=True, slots=True)
class NodeKey:
    """What the node keeps: for whom it seals (`age1…`), and with what it signs."""

    recipient: str
    signing: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """By which its signature is known, 32 bytes."""
        return self.signing.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> str:
        """Ed25519, in hexadecimal digits."""
        return self.signing.sign(data).hex()


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """What the recovery sheet says: how to open a segment, and whose signature to trust."""

    identity: str
    public: bytes


def path(state: Path) -> Path:
    """Where the node keeps its half."""
    return state / "backup" / "key.json"


def make(state: Path) -> str:
    """A new pair; returns the text of the recovery sheet, kept nowhere. Raises Conflict when there is a key."""
    import pyrage

    place = path(state)
    if place.exists():
        raise Conflict(f"Nút này đã có khóa sao lưu ({place}). Muốn đổi khóa, cất tệp đó đi trước.", code="backup-key")
    identity, signing = pyrage.x25519.Identity.generate(), Ed25519PrivateKey.generate()
    kept = {"recipient": str(identity.to_public()), "signing": signing.private_bytes_raw().hex()}
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept, file)
    return f"{identity}\nANSINH-NODE-{signing.public_key().public_bytes_raw().hex().upper()}\n"


def of_node(state: Path) -> NodeKey:
    """The node's half. Raises NotFound when none was made, Invalid for a file that is none."""
    try:
        kept = json.loads(path(state).read_text())
        return NodeKey(str(kept["recipient"]), Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept["signing"])))
    except FileNotFoundError as error:
        raise NotFound("Chưa có khóa sao lưu. Chạy ./ansinh backup --new-key trước.", code="backup-key") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"Tệp khóa sao lưu {path(state)} hỏng.", code="backup-key") from error


def recovery(text: str) -> RecoveryKey:
    """The two keys of a recovery sheet, wherever in the text they stand. Raises Invalid."""
    import pyrage

    secret, node = _SECRET.search(text), _VERIFY.search(text)
    if secret is None or node is None:
        raise Invalid("Tờ khóa khôi phục phải có dòng AGE-SECRET-KEY-1… và dòng ANSINH-NODE-….", code="recovery-key")
    try:
        pyrage.x25519.Identity.from_str(secret[0])
    except pyrage.IdentityError as error:
        raise Invalid("Dòng AGE-SECRET-KEY-1… chép sai: tổng kiểm tra không khớp.", code="recovery-key") from error
    return RecoveryKey(secret[0], bytes.fromhex(node[1]))


def is_signed(public: bytes, data: bytes, signature: str) -> bool:
    """True when the owner of `public` signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True
