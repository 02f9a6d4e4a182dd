"""Signatures: what those of a file prove, and the root by which others can check them."""

import argparse
from pathlib import Path

HELP = "kiểm chữ ký số của một tệp PDF hoặc tài liệu FHIR; xuất chứng thư gốc của nút"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file to check, or --root to print the node's root certificate."""
    parser.add_argument("file", nargs="?", type=Path, metavar="TỆP", help="tệp .pdf hoặc .json cần kiểm")
    parser.add_argument("--root", action="store_true", help="in chứng thư gốc (PEM) của nút này")


def run(options: argparse.Namespace) -> int:
    """Prints one line for each signature; 0 when the file is signed and all of it holds."""
    import django

    django.setup()
    from ansinh.clinical.signing.refusals import trusted_roots

    if options.root:
        print(trusted_roots()[0], end="")
        return 0
    if options.file is None:
        print("Cần nêu tệp cần kiểm, hoặc --root.")
        return 2
    return _check(options.file)


def _check(path: Path) -> int:
    from ansinh.clinical.records.checking import check
    from ansinh.kernel.clock import VIETNAM
    from ansinh.kernel.errors import UserError

    try:
        report = check(path.read_bytes())
    except OSError:
        raise UserError(f"Không đọc được tệp {path.name}.") from None
    for one in report.findings:
        # A broken signature may tell no time.
        at = f", {one.verdict.at.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if one.verdict.at else ""
        print(f"PDF: {_words(one.good)}. {one.verdict.name or 'Chưa rõ ai ký'}{at}. {one.reason}".strip())
    if report.is_bare_around_document:
        print("PDF: không có chữ ký. Những gì in trên trang không được chữ ký nào bảo đảm.")
    if report.document is not None and report.document.whole is not None:
        whole = report.document.whole
        print(f"Tài liệu FHIR: {_words(whole.good)}. {whole.name}.")
        bad = sum(1 for one in report.document.entries if not one.good)
        print(f"Chữ ký của từng mục: {len(report.document.entries)}, không hợp lệ: {bad}.")
    print("Tệp hợp lệ." if report.good else "Tệp KHÔNG hợp lệ hoặc không có chữ ký.")
    return 0 if report.good else 1


def _words(good: bool) -> str:
    return "hợp lệ" if good else "KHÔNG hợp lệ"
