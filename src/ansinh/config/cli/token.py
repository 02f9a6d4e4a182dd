"""Print a bearer token for the FHIR door."""

import argparse
from datetime import timedelta

from ansinh.config.cli.arguments import whole

HELP = "cấp mã truy cập (bearer token) cho cửa /fhir"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose rights the token has, and for how long."""
    parser.add_argument("--user", default="bacsi", help="tài khoản mà mã này thay mặt (mặc định: bacsi của bản demo)")
    parser.add_argument("--days", type=whole(1, 3650), default=30, help="số ngày có hiệu lực (mặc định 30)")
    parser.add_argument("--label", default="demo", help="tên để nhận ra mã này")


def run(options: argparse.Namespace) -> int:
    """Prints the token once; only its digest is kept."""
    import django

    django.setup()
    from ansinh.access.actions import issue_token

    print(issue_token(username=options.user, label=options.label, valid_for=timedelta(days=options.days)))
    return 0
