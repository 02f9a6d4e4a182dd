"""The code of a prescription that is taken home. Pure.

Its shape is data (definitions/catalogues/prescription.yaml), marked there as not verified: the text of TT
26/2025/TT-BYT was not at hand. A facility without its five-character code for the national system gives a number of
its own.
"""

import hashlib
from dataclasses import dataclass

LETTERS = "0123456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Shape:
    """facility: characters of the facility's code; own: characters that follow; endings: kind of drug → last sign."""

    facility: int
    own: int
    separator: str
    endings: dict[str, str]
    verified: bool = False
    source: str = ""


def code(shape: Shape, facility: str, seed: str, kind: str) -> str:
    """The code of a prescription; the same seed gives the same one. Without a facility's code it begins with `x`."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    own = ""
    for _ in range(shape.own):
        number, digit = divmod(number, len(LETTERS))
        own += LETTERS[digit]
    first = facility if len(facility) == shape.facility and facility.isalnum() else "x" * shape.facility
    return f"{first}{own}{shape.separator}{shape.endings.get(kind, shape.endings[''])}"


def is_national(shape: Shape, text: str) -> bool:
    """True for a code that begins with a facility's own."""
    return text[: shape.facility] != "x" * shape.facility
