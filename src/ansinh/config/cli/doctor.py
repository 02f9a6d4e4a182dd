"""Look over a live installation and say what to mend."""

import argparse

HELP = "khám nút đang chạy: TLS, khóa, sao lưu, đĩa, đồng hồ; nói rõ cần sửa gì"
_SIGNS = {"good": "✓", "warn": "!", "bad": "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """With --full the journal is computed again."""
    parser.add_argument("--full", action="store_true", help="tính lại chuỗi băm của cả nhật ký (lâu)")


def run(options: argparse.Namespace) -> int:
    """Prints every finding; exit code 1 when records are in danger."""
    import django

    django.setup()
    from ansinh.upkeep.doctor import looks

    found = looks.everything(full=options.full)
    for one in found:
        print(f"{_SIGNS[one.level]} {one.what}")
        if one.mend:
            print(f"    → {one.mend}")
    bad = sum(one.level == "bad" for one in found)
    print(f"\n{bad} việc phải sửa, {sum(one.level == 'warn' for one in found)} việc nên sửa.")
    return 1 if bad else 0
