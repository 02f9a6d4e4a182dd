"""Fill an empty database from a backup."""

import argparse
from pathlib import Path

from ansinh.config.cli.arguments import whole

HELP = "khôi phục từ bản sao lưu vào cơ sở dữ liệu trống"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, with which recovery sheet, up to where."""
    parser.add_argument("--from", dest="place", default="", help="thư mục hoặc s3://… (mặc định ANSINH_BACKUP_TO)")
    parser.add_argument("--key", metavar="TỆP", help="tệp chép tờ khóa khôi phục")
    parser.add_argument("--position", type=whole(1, 10**15), help="đến mục này của nhật ký (mặc định: mục cuối)")
    parser.add_argument("--chain", default="", help="chuỗi sao lưu (mặc định: chuỗi mới nhất)")
    parser.add_argument("--list", action="store_true", help="chỉ liệt kê những gì có ở nơi đó")


def run(options: argparse.Namespace) -> int:
    """Restores, proves the journal, then makes index and views; prints what was done."""
    import django
    from django.conf import settings

    django.setup()
    from ansinh.kernel.errors import UserError
    from ansinh.upkeep.backup import keys, making, places, restoring

    place = places.place(options.place or settings.BACKUPS.to)
    if options.list:
        for one in making.known(place):
            print(f"{one.name}  {one.at}  mục {one.after + 1}–{one.upto}  {one.size} byte")
        return 0
    if not options.key:
        raise UserError("Cần --key TỆP: tệp chép tờ khóa khôi phục.", code="recovery-key")
    key = keys.recovery(Path(options.key).read_text(encoding="utf-8"))
    done = restoring.restore(place, key, position=options.position, chain=options.chain, say=print)
    print(f"Đã khôi phục nút {done.node} đến mục {done.position}: {done.records} hồ sơ; chuỗi băm khớp.")
    if done.secret_written:
        print("Đã đặt lại khóa bí mật của nút (secret); các phiên đăng nhập cũ không còn.")
    print("Lập lại chỉ mục và bảng…", flush=True)
    from ansinh.config.loading import bring_up_to_date

    for line in bring_up_to_date():
        print(f"  {line}")
    return 0
