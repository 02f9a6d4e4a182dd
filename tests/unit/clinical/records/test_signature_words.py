"""What `./ansinh signature` prints of a file, signature by signature, and the code with which it ends."""

from datetime import UTC, datetime

import pytest

from ansinh.clinical.records import checking
from ansinh.clinical.records.checking import Report
from ansinh.clinical.records.documents import Proved
from ansinh.clinical.signing.verdicts import Finding, Verdict
from ansinh.config.cli import signature

KNOWN = Verdict(True, True, "ab", "BS Bình", "CA", datetime(2026, 11, 20, 1, tzinfo=UTC))
NAMELESS = Verdict(False, False)


@pytest.mark.parametrize(
    ("report", "lines", "code"),
    [
        (
            Report((Finding(KNOWN, True, "Trích hồ sơ"),), None, is_pdf=True),
            ["PDF: hợp lệ. BS Bình, 20/11/2026 08:00. Trích hồ sơ", "Tệp hợp lệ."],
            0,
        ),
        (
            Report((Finding(NAMELESS, True),), None, is_pdf=True),
            ["PDF: KHÔNG hợp lệ. Chưa rõ ai ký.", "Tệp KHÔNG hợp lệ hoặc không có chữ ký."],
            1,
        ),
        (
            Report((), Proved(KNOWN, ()), is_pdf=True),
            [
                "PDF: không có chữ ký. Những gì in trên trang không được chữ ký nào bảo đảm.",
                "Tài liệu FHIR: hợp lệ. BS Bình.",
                "Chữ ký của từng mục: 0, không hợp lệ: 0.",
                "Tệp KHÔNG hợp lệ hoặc không có chữ ký.",
            ],
            1,
        ),
        (
            Report((), Proved(KNOWN, ()), is_pdf=False),
            ["Tài liệu FHIR: hợp lệ. BS Bình.", "Chữ ký của từng mục: 0, không hợp lệ: 0.", "Tệp hợp lệ."],
            0,
        ),
        (Report((), None, is_pdf=True), ["Tệp KHÔNG hợp lệ hoặc không có chữ ký."], 1),
    ],
)
def test_command_says_what_each_signature_proves(monkeypatch, capsys, tmp_path, report, lines, code):
    monkeypatch.setattr(checking, "check", lambda content: report)
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF")

    assert signature._check(file) == code
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == lines
