"""PAdES signatures on PDF (baseline B, ETSI EN 319 142): signing a file, and what the signatures of one prove."""

import io
from collections.abc import Iterable
from datetime import datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from ansinh.clinical.signing import cms
from ansinh.clinical.signing.cms import DIGEST, PenSigner
from ansinh.clinical.signing.providers import Pen
from ansinh.clinical.signing.verdicts import LARGEST, Finding, Verdict
from ansinh.kernel.errors import Malformed
from ansinh.kernel.phrases import phrase

_COVERED = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)


def sign_pdf(pdf: bytes, pen: Pen, *, name: str, reason: str, location: str = "", certify: bool = True) -> bytes:
    """The file with one signature more, the earlier ones untouched.

    certify: the first signature of a file allows nothing but further signatures afterwards.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    first = not PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    meta = signers.PdfSignatureMetadata(
        field_name=fields_name(pdf),
        md_algorithm=DIGEST,
        reason=reason,
        location=location or None,
        name=name,
        certify=certify and first,
        subfilter=fields.SigSeedSubFilter.PADES,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    signer = signers.PdfSigner(meta, PenSigner(pen))
    return signer.sign_pdf(writer, output=io.BytesIO()).getvalue()


def fields_name(pdf: bytes) -> str:
    """A name for the next signature's field: `ChuKy1`, `ChuKy2`, …"""
    return f"ChuKy{len(PdfFileReader(io.BytesIO(pdf)).embedded_signatures) + 1}"


def verify_pdf(pdf: bytes, roots: Iterable[str]) -> list[Finding]:
    """What each signature proves, in the order of signing; [] for a file without one. Raises Malformed for no PDF."""
    if len(pdf) > LARGEST:
        raise Malformed(phrase("Tệp lớn quá 50 MB."), code="pdf-size", field="file")
    kept = list(roots)
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        return [_finding(one, kept) for one in reader.embedded_signatures]
    except (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise Malformed(phrase("Tệp này không phải PDF, hoặc đã hỏng."), code="pdf-broken", field="file") from None


def _finding(embedded: EmbeddedPdfSignature, roots: list[str]) -> Finding:
    signature = embedded.sig_object
    at: datetime | None = embedded.self_reported_timestamp
    words = {name: str(signature.get(f"/{name}", "")) for name in ("Reason", "Location")}
    try:
        status = cms.wait(async_validate_pdf_signature(embedded, signer_validation_context=cms.trust(roots, at)))
    except Exception:  # noqa: BLE001  (a signature that cannot be read proves nothing, whatever broke in it)
        return Finding(Verdict(False, False), False, words["Reason"], words["Location"])
    allowed = status.modification_level in (None, ModificationLevel.NONE, ModificationLevel.LTA_UPDATES) or (
        status.modification_level == ModificationLevel.FORM_FILLING and status.docmdp_ok
    )
    whole = status.coverage in _COVERED and allowed
    return Finding(cms.verdict(status, at), whole, words["Reason"], words["Location"])
