"""Make a staff account."""

import argparse
import getpass
import sys

HELP = "tạo tài khoản nhân viên"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who, which role, which unit. The password is asked for, or read from standard input."""
    parser.add_argument("username", help="tên đăng nhập")
    parser.add_argument("--name", required=True, help="họ và tên")
    parser.add_argument("--role", required=True, help="mã vai trò trong definitions/roles")
    parser.add_argument("--unit", default="", help="đơn vị: mã trong definitions/facilities, hoặc Organization id")


def run(options: argparse.Namespace) -> int:
    """Create the account; nothing of the password is printed or logged."""
    import django

    django.setup()
    from ansinh.access.actions import create_account

    unit = unit_of(options.unit)
    password = getpass.getpass("Mật khẩu: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    create_account(username=options.username, password=password, full_name=options.name, role=options.role, unit=unit)
    print(f"Đã tạo tài khoản {options.username}.")
    return 0


def unit_of(name: str) -> str:
    """The Organization id of a unit, by its code or by that id; "" stays. Raises NotFound for any other."""
    from ansinh.kernel.context import system_context
    from ansinh.kernel.errors import NotFound
    from ansinh.network.facilities.queries import register

    found = [unit.id for unit in register(system_context()).units if name in (unit.id, unit.code)]
    if name and not found:
        raise NotFound(f"Không có đơn vị «{name}»; mã đơn vị ở definitions/facilities.", field="unit")
    return found[0] if found else ""
