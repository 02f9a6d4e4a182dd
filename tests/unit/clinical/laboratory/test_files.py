"""What a file is, told from its bytes; nothing that acts is taken."""

import zlib

import pytest

from ansinh.clinical.laboratory.rules.files import MOST_BYTES, ending, kind_of
from ansinh.kernel.errors import Invalid

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF"


def packed(objects):
    body = zlib.compress(objects)
    return b"%PDF-1.7\n4 0 obj << /Type /ObjStm /N 1 /First 4 >>\nstream\n" + body + b"\nendstream endobj"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PDF, "application/pdf"), (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"), (b"\x89PNG\r\n\x1a\n\0", "image/png"),
     (packed(b"1 0 << /Type /Page >>"), "application/pdf")],
)  # fmt: skip
def test_kind_is_read_from_the_bytes(data, kind):
    assert kind_of(data) == kind
    assert ending(kind) in ("pdf", "jpg", "png")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file-empty"), (b"\xff\xd8\xff" + b"0" * MOST_BYTES, "file-large"),
        (b"<html><script>alert(1)</script>", "file-kind"), (b"<svg onload='x()'>", "file-kind"),
        (b"GIF89a", "file-kind"), (b"PK\x03\x04", "file-kind"), (b"MZ", "file-kind"), (b" %PDF-1.7", "file-kind"),
        (PDF + b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "file-active"),
        (PDF + b"<< /S /J#61vaScript >>", "file-active"), (PDF + b"<< /Launch (cmd) >>", "file-active"),
        (PDF + b"/Names << /EmbeddedFiles 3 0 R >>", "file-active"),
        (PDF + b"/AcroForm << /XFA 2 0 R >>", "file-active"),
        (packed(b"1 0 << /S /JavaScript /JS (x) >>"), "file-active"),
        (b"%PDF-1.7\n<< /Type /ObjStm >>\nstream\nkh\xc3\xb4ng n\xc3\xa9n\nendstream", "file-packed"),
        (packed(b"\0" * 40_000_000), "file-packed"),
        (PDF + b"trailer << /Encrypt 5 0 R >>", "file-locked"),
    ],
)  # fmt: skip
def test_what_is_no_picture_and_no_plain_paper_is_refused(data, key):
    with pytest.raises(Invalid) as refused:
        kind_of(data)

    assert refused.value.code == key
