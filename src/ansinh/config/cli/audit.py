"""The audit: prove that it is whole, sign where it ends, compare it with what was signed earlier."""

import argparse
from pathlib import Path

HELP = "kiểm tra sổ theo dõi truy cập, ký mốc niêm phong"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Verbs."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="VIỆC")
    verify = verbs.add_parser("verify", help="tính lại chuỗi băm của nhật ký và của sổ truy cập từ đầu")
    verify.add_argument("--anchor", type=Path, action="append", default=[], help="so với mốc niêm phong trong tệp này")
    verify.add_argument("--key", default="", help="khóa công khai phải ký mốc (mặc định: khóa của nút này)")
    anchor = verbs.add_parser("anchor", help="ký mốc niêm phong của lúc này để cất ở nơi khác")
    anchor.add_argument("--out", type=Path, help="tệp ghi mốc (mặc định: in ra)")


def run(options: argparse.Namespace) -> int:
    """Prints what was proved; a broken chain is an error that says where."""
    import django

    django.setup()
    return _anchor(options.out) if options.what == "anchor" else _verify(options.anchor, options.key)


def _anchor(out: Path | None) -> int:
    from ansinh.access.audit import anchors
    from ansinh.fhir.model import json

    made = anchors.make()
    text = json.dumps(made).decode() + "\n"
    if out is None:
        print(text, end="")
    else:
        out.write_text(text, encoding="utf-8")
        print(f"Đã ký mốc niêm phong tại mục {made['position']} của nhật ký, dòng {made['row']} của sổ: {out}")
    return 0


def _verify(files: list[Path], key: str) -> int:
    from ansinh.access.audit import anchors
    from ansinh.fhir.model import json
    from ansinh.fhir.store import journal
    from ansinh.fhir.store.audit import trail, verifying

    trail.flush_reads()
    print(f"Nhật ký nguyên vẹn: {journal.verify()} mục.")
    found = verifying.verify()
    print(f"Sổ theo dõi truy cập nguyên vẹn: dòng {found.first} đến {found.last}.")
    for path in files:
        checked = anchors.check(json.loads(path.read_bytes()), key=key)
        rest = "" if checked.audit else " (các dòng trước mốc đã hết hạn giữ nên chỉ so được nhật ký)"
        print(f"Khớp mốc niêm phong ngày {checked.at}: mục {checked.position}, dòng {checked.row}{rest}.")
    return 0
