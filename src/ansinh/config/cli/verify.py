"""Prove that the newest backup could be restored."""

import argparse
from pathlib import Path

HELP = "kiểm tra bản sao lưu; có tờ khóa thì kiểm tra đến từng mục"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, and the recovery sheet when it is at hand."""
    parser.add_argument("--from", dest="place", default="", help="thư mục hoặc s3://… (mặc định ANSINH_BACKUP_TO)")
    parser.add_argument("--key", metavar="TỆP", help="tệp chép tờ khóa khôi phục: mở từng phần, tính lại chuỗi băm")


def run(options: argparse.Namespace) -> int:
    """Prints what holds; what does not is an error that says where."""
    import django
    from django.conf import settings

    django.setup()
    from ansinh.upkeep.backup import keys, places, verifying

    place = places.place(options.place or settings.BACKUPS.to)
    if options.key:
        key = keys.recovery(Path(options.key).read_text(encoding="utf-8"))
        found = verifying.verify(place, key.public, key.identity)
    else:
        found = verifying.verify(place, keys.of_node(settings.STATE).public)
    print(
        f"Chuỗi {found.chain}: {found.segments} phần, {found.size} byte, đến mục {found.upto}; chữ ký và tổng băm khớp."
    )
    if found.entries:
        print(f"Mở được mọi phần; chuỗi băm của {found.entries} mục nhật ký khớp.")
    else:
        print("Chưa mở phần nào (cần --key); nên làm ít nhất mỗi tháng một lần.")
    return 0
