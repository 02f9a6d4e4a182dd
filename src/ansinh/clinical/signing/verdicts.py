"""What signatures prove, in our words. Light: `cms` and `documents` load pyHanko, which takes half a second and 20 MB,
so rooms that every process loads import those two where something is signed or verified.
"""

from dataclasses import dataclass
from datetime import datetime

LARGEST = 50 * 1024 * 1024
"""Bytes of a PDF that is looked at."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a signature proves. intact: the content is as it was signed. trusted: the certificate leads to a root that
    this node trusts and held when it signed. fingerprint, name: of the certificate. at: when it says that it signed.
    """

    intact: bool
    trusted: bool
    fingerprint: str = ""
    name: str = ""
    issuer: str = ""
    at: datetime | None = None

    @property
    def good(self) -> bool:
        return self.intact and self.trusted


@dataclass(frozen=True, slots=True)
class Finding:
    """One signature of a file. whole: nothing was added after it but further signatures. reason: as the signer gave."""

    verdict: Verdict
    whole: bool
    reason: str = ""
    location: str = ""

    @property
    def good(self) -> bool:
        return self.verdict.good and self.whole
