"""What a file is, told from its first bytes: its name and what the sender says count for nothing. Pure.

Only what shows no more than pictures and text is taken: PDF without scripts, JPEG, PNG. Anything else is refused.
"""

import re
import zlib
from collections.abc import Iterator

from ansinh.kernel.errors import Invalid
from ansinh.kernel.phrases import phrase

MOST_BYTES = 8_000_000
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
# Names in a PDF that run something, fetch something or carry another file (ISO 32000-1, 12.6.4 and 7.11.4).
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR)\b")
_STREAM = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n(.*?)endstream", re.DOTALL)
_MOST_UNPACKED = 30_000_000
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def kind_of(data: bytes) -> str:
    """`application/pdf`, `image/jpeg` or `image/png`. Raises Invalid for anything else, and for a PDF that acts."""
    if not data:
        raise Invalid("Tệp trống.", code="file-empty", field="file")
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise Invalid(phrase("Tệp lớn quá %(most)s MB.", most=most), code="file-large", field="file")
    kind = next((kind for start, kind in _KINDS if data.startswith(start)), "")
    if not kind:
        raise Invalid("Chỉ nhận tệp PDF, JPEG hoặc PNG.", code="file-kind", field="file")
    if kind == "application/pdf" and _ACTIVE.search(_names(data)):
        raise Invalid("Tệp PDF này có mã chạy hoặc tệp kèm nên không nhận. Hãy in lại ra PDF thường.",
                      code="file-active", field="file")  # fmt: skip
    if kind == "application/pdf" and b"/Encrypt" in data:
        raise Invalid("Tệp PDF này có mật khẩu nên không kiểm được. Hãy lưu lại không có mật khẩu.",
                      code="file-locked", field="file")  # fmt: skip
    return kind


def ending(kind: str) -> str:
    """`pdf` for `application/pdf`."""
    return _ENDINGS[kind]


def _names(data: bytes) -> bytes:
    """The bytes with names written plainly (a PDF may write /JS as /J#53), those of packed objects too."""
    whole = b"\n".join((data, *_packed(data)))
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), whole)


def _packed(data: bytes) -> Iterator[bytes]:
    """The object streams of a PDF, unpacked. Raises Invalid for one that cannot be, or that grows without end."""
    left = _MOST_UNPACKED
    for found in _STREAM.finditer(data):
        unpacker = zlib.decompressobj()
        try:
            objects = unpacker.decompress(found[1], left)
        except zlib.error as error:
            raise Invalid("Tệp PDF này không kiểm được nên không nhận. Hãy in lại ra PDF thường.", code="file-packed",
                          field="file") from error  # fmt: skip
        left -= len(objects)
        if unpacker.unconsumed_tail or left <= 0:
            raise Invalid("Tệp PDF này không kiểm được nên không nhận. Hãy in lại ra PDF thường.", code="file-packed",
                          field="file")  # fmt: skip
        yield objects
