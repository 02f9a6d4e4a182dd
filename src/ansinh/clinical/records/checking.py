"""What the signatures of a file prove: a PDF, with the FHIR document that it may carry, or that document alone."""

import io
from dataclasses import dataclass

from ansinh.clinical.records import documents
from ansinh.clinical.records.documents import Proved
from ansinh.clinical.records.paperwork import ATTACHED
from ansinh.clinical.signing.refusals import trusted_roots
from ansinh.clinical.signing.verdicts import Finding
from ansinh.kernel.errors import Malformed


@dataclass(frozen=True, slots=True)
class Report:
    """findings: signatures of the PDF, () for a bare document. document: what the FHIR document proves."""

    findings: tuple[Finding, ...]
    document: Proved | None
    is_pdf: bool

    @property
    def good(self) -> bool:
        """True when the file itself is signed and each signature proves what it should."""
        if self.is_bare_around_document or not (self.findings or self.document):
            return False
        return all(one.good for one in self.findings) and (self.document is None or self.document.good)

    @property
    def is_bare_around_document(self) -> bool:
        """A PDF that nobody signed with a document in it: what is read on its pages is proved by nothing."""
        return self.is_pdf and not self.findings and self.document is not None


def check(content: bytes) -> Report:
    """Raises Malformed for a file that is neither."""
    roots = trusted_roots()
    if not content.startswith(b"%PDF"):
        return Report((), documents.verify(content, roots), is_pdf=False)
    from ansinh.clinical.signing.documents import verify_pdf  # loads pyHanko

    findings = tuple(verify_pdf(content, roots))
    carried = carried_document(content)
    return Report(findings, documents.verify(carried, roots) if carried else None, is_pdf=True)


def carried_document(pdf: bytes) -> bytes:
    """The FHIR document within a PDF of ours, b"" for none."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        for reference in PdfFileReader(io.BytesIO(pdf)).root.get("/AF", ()):
            specification = reference.get_object()
            if str(specification.get("/F", "")) == ATTACHED:
                return bytes(specification["/EF"]["/F"].data)
    except (PdfError, ValueError, KeyError, TypeError):
        raise Malformed("Tệp này không phải PDF, hoặc đã hỏng.", code="pdf-broken", field="file") from None
    return b""
