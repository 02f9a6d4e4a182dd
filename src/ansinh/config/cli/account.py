"""Make a staff account, or help the owner of one who can no longer get in."""

import argparse
import getpass
import sys

HELP = "tạo tài khoản nhân viên, hoặc cấp mã một lần cho người không vào được"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who, which role, which unit. The password is asked for, or read from standard input."""
    parser.add_argument("username", help="tên đăng nhập")
    parser.add_argument("--name", help="họ và tên (khi tạo tài khoản)")
    parser.add_argument("--role", help="mã vai trò trong definitions/roles (khi tạo tài khoản)")
    parser.add_argument("--unit", default="", help="đơn vị: mã trong definitions/facilities, hoặc Organization id")
    parser.add_argument("--code", action="store_true", help="in mã một lần để chủ tài khoản tự đặt mật khẩu mới")
    parser.add_argument("--no-factors", action="store_true", help="xóa lớp xác thực thứ hai: điện thoại đã mất")


def run(options: argparse.Namespace) -> int:
    """Create the account, or rescue it; nothing of a password is printed or logged."""
    import django

    django.setup()
    if options.code or options.no_factors:
        return _rescue(options)
    if not options.name or not options.role:
        print("✗ Tạo tài khoản cần --name và --role.", file=sys.stderr)
        return 2
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


def _rescue(options: argparse.Namespace) -> int:
    from ansinh.access.actions import rescue

    code = rescue(username=options.username, code=options.code, factors_too=options.no_factors)
    if options.no_factors:
        print("Đã xóa lớp xác thực thứ hai; mọi phiên đã kết thúc.")
    if code:
        print(f"Mã một lần, dùng trong 72 giờ: {code}")
    return 0
