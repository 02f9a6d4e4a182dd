"""The journal: prove that nothing was changed, removed or reordered."""

import argparse

HELP = "kiểm tra chuỗi băm của nhật ký"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify` is the only verb."""
    parser.add_argument("what", choices=("verify",), help="verify: tính lại chuỗi băm từ đầu")


def run(options: argparse.Namespace) -> int:
    """Prints the number of entries checked; a broken chain is an error that names the position."""
    import django

    django.setup()
    from ansinh.fhir.store import journal

    print(f"Nhật ký nguyên vẹn: {journal.verify()} mục.")
    return 0
