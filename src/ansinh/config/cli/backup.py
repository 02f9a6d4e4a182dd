"""Back the node up now, or make the key that seals its backups."""

import argparse

HELP = "sao lưu nút: mã hóa, tiếp nối lần trước, vào thư mục, USB hoặc S3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to; without --full what is new since the last time."""
    parser.add_argument("--to", default="", help="thư mục hoặc s3://… (mặc định ANSINH_BACKUP_TO)")
    parser.add_argument("--full", action="store_true", help="bắt đầu một chuỗi mới, chứa tất cả")
    parser.add_argument("--new-key", action="store_true", help="tạo khóa và in tờ khóa khôi phục, một lần duy nhất")


def run(options: argparse.Namespace) -> int:
    """Prints what was written, or the recovery sheet."""
    import django
    from django.conf import settings

    django.setup()
    if options.new_key:
        from ansinh.upkeep.backup import keys

        print("TỜ KHÓA KHÔI PHỤC – in ra, cất hai nơi ngoài máy chủ này; mất nó thì không mở được bản sao lưu nào.\n")
        print(keys.make(settings.STATE))
        return 0
    from ansinh.upkeep import actions

    row = actions.back_up(options.to, full=options.full)
    print(f"Đã sao lưu vào {row.place}: {row.name}, mục {row.after + 1}–{row.upto}, {row.size} byte.")
    return 0
