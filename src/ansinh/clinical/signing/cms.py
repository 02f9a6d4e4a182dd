"""Signatures in CMS (CAdES baseline B): made by a provider's key, verified by pyHanko's validator."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from asn1crypto import cms as asn1
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from pyhanko.sign import signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from ansinh.clinical.signing.providers import Pen
from ansinh.clinical.signing.verdicts import Verdict

DIGEST = "sha256"
_LONGEST = 512  # bytes: RSA of 4096 bits

# The library would write the names of certificates' holders into the log when one leads to no known root.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class PenSigner(signers.Signer):
    """pyHanko's signer, whose key is with a provider."""

    def __init__(self, pen: Pen) -> None:
        chain = [read_certificate(one) for one in pen.chain]
        super().__init__(
            signing_cert=chain[0], cert_registry=SimpleCertificateStore.from_certs(chain[1:]), embed_roots=False
        )
        self._pen = pen

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The raw signature; a dry run only asks how long it may be."""
        if dry_run:
            return bytes(_LONGEST)
        assert digest_algorithm == DIGEST
        return self._pen.sign(hashlib.sha256(data).digest())


def read_certificate(pem: str) -> asn1_x509.Certificate:
    """PEM → what pyHanko works with."""
    return _read(pem)


@cache
def _read(pem: str) -> asn1_x509.Certificate:
    _kind, _headers, der = asn1_pem.unarmor(pem.encode())
    return asn1_x509.Certificate.load(der)


def sign(content: bytes, pen: Pen, at: datetime) -> bytes:
    """A detached signature over `content`, DER. at: aware; stands in the signed attributes."""
    attributes = PdfCMSSignedAttributes(signing_time=at)
    made = PenSigner(pen).async_sign_general_data(content, DIGEST, detached=True, signed_attr_settings=attributes)
    return wait(made).dump()


def verify(content: bytes, signature: bytes, roots: Iterable[str]) -> Verdict:
    """Whether a detached signature is over `content` and by whom. Never raises: what is broken is not intact."""
    try:
        found = asn1.ContentInfo.load(signature, strict=True)
        if found["content_type"].native != "signed_data":
            return Verdict(False, False)
        signed = found["content"]
        at = signing_time(signed)
        context = trust(roots, at)
        status = wait(async_validate_detached_cms(content, signed, signer_validation_context=context))
    except Exception:  # noqa: BLE001  (bytes from anywhere; whatever they break in the parser, they are no signature)
        return Verdict(False, False)
    return verdict(status, at)


def verdict(status: StandardCMSSignatureStatus, at: datetime | None) -> Verdict:
    """pyHanko's finding in our words."""
    certificate = status.signing_cert
    return Verdict(
        intact=status.intact and status.valid,
        trusted=status.trusted,
        fingerprint=certificate.sha256.hex(),
        name=str(certificate.subject.native.get("common_name", "")),
        issuer=str(certificate.issuer.native.get("common_name", "")),
        at=at,
    )


def signing_time(signed: Any) -> datetime | None:
    """When the signer says that it was; None when the signature does not say."""
    for attribute in signed["signer_infos"][0]["signed_attrs"]:
        if attribute["type"].native == "signing_time":
            return attribute["values"][0].native
    return None


def trust(roots: Iterable[str], at: datetime | None) -> ValidationContext:
    """Judged as of the moment of signing: a certificate that has ended since was good then."""
    anchors = [read_certificate(one) for one in roots]
    return ValidationContext(trust_roots=anchors, moment=at, allow_fetching=False, revocation_mode="soft-fail")


def wait(coroutine: Any) -> Any:
    """The result of a coroutine. Pages are synchronous; nothing in here waits for a network of its own."""
    return asyncio.run(coroutine)
