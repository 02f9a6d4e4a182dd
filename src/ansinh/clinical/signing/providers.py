"""Who holds the keys: the node itself, or a provider outside that signs what it is sent.

A provider never sees the record: it gets 32 bytes, the digest of the attributes to be signed, and gives a raw signature
back. Everything around it (CMS, PAdES, verification) is the same whoever signs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from ansinh.kernel.errors import Refused
from ansinh.kernel.phrases import phrase

NODE = "node"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose signature is asked for. reference: `Practitioner/<id>`. proof: what the provider asks of the person for
    this one signature (a PIN or one-time code), "" where it asks on another device."""

    reference: str
    name: str
    organization: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Pen:
    """One person's means of signing, ready for use. chain: PEM, the holder's certificate first, then those between it
    and the root. sign: SHA-256 digest → DER of ECDSA, or PKCS #1 v1.5 of RSA, by the kind of key; it must not ask the
    database, and may raise UserError."""

    chain: Sequence[str]
    sign: Callable[[bytes], bytes]


class Provider(Protocol):
    """What an adapter to a provider has to do. Raises UserError in words that the person can act on."""

    @property
    def name(self) -> str:
        """How settings call it."""
        ...

    def pen(self, holder: Holder) -> Pen:
        """The holder's certificate and the means to sign with its key."""
        ...


_makers: dict[str, Callable[[], Provider]] = {}


def register(name: str, make: Callable[[], Provider]) -> None:
    """Make a provider known under the name that settings.SIGNING_PROVIDER may hold."""
    _makers[name] = make


def chosen() -> Provider:
    """The provider that this node signs with. Raises Refused when the settings name one that is not there."""
    name = settings.SIGNING_PROVIDER
    if name not in _makers:
        raise Refused(phrase("Nơi ký số «%(name)s» chưa được cài đặt trên nút này.", name=name), code="provider")
    return _makers[name]()
