"""Looks at the machine: versions, secrets and who may read them, disk, clock, certificate."""

import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from ansinh.kernel import clock
from ansinh.upkeep.doctor.findings import Finding, bad, good, warn

_SOON = 21  # days: a certificate that is renewed by itself never comes so near
_LEAST_FREE = 0.1
_SKEW = 120  # seconds


def versions() -> Iterator[Finding]:
    """Python, SQLite or PostgreSQL: old ones get no corrections."""
    told = ".".join(map(str, sys.version_info[:3]))
    yield (
        good(f"Python {told}.")
        if sys.version_info >= (3, 12)
        else bad(f"Python {told} quá cũ.", "Cài Python 3.12 trở lên.")
    )
    if connection.vendor == "sqlite":
        import sqlite3

        least = sqlite3.sqlite_version_info >= (3, 40)
        yield (
            good(f"SQLite {sqlite3.sqlite_version}.")
            if least
            else warn(f"SQLite {sqlite3.sqlite_version} cũ.", "Nâng cấp hệ điều hành hoặc Python.")
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
    yield (
        good(f"PostgreSQL {number // 10000}.")
        if number >= 140000
        else bad(f"PostgreSQL {number // 10000} không còn được sửa lỗi.", "Nâng cấp lên PostgreSQL 15 trở lên.")
    )


def secrets() -> Iterator[Finding]:
    """The node's secret is long, and nobody else on the machine reads what is secret."""
    if len(settings.SECRET_KEY) < 40:
        yield bad("Khóa bí mật của nút quá ngắn.", "Bỏ ANSINH_SECRET để nút tự tạo, hoặc đặt ít nhất 40 ký tự.")
    state = Path(settings.STATE)
    for path in (state, state / "secret", state / "backup" / "key.json", _database_file()):
        if path is not None and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            wanted = "700" if path.is_dir() else "600"
            yield bad(f"Người dùng khác của máy đọc được {path}.", f"chmod {wanted} {path}")
            return
    yield good("Khóa và dữ liệu chỉ người chạy nút đọc được.")


def exposure() -> Iterator[Finding]:
    """Settings that a node with real records must not have."""
    if Path(settings.DEMO_MARK).exists():
        yield bad("Nút này có dữ liệu và tài khoản của bản demo.", "Dùng một ANSINH_STATE mới cho dữ liệu thật.")
    if settings.DEBUG:
        yield bad("ANSINH_DEBUG đang bật: trang lỗi lộ dữ liệu.", "Bỏ ANSINH_DEBUG.")
    if "*" in settings.ALLOWED_HOSTS:
        yield bad("ANSINH_HOSTS nhận mọi tên máy.", "Ghi đúng tên máy của nút.")
    if not settings.SECOND_FACTOR_ENFORCED:
        yield bad("Không bắt buộc lớp xác thực thứ hai.", "Đặt ANSINH_SECOND_FACTOR=enforced.")
    if not settings.SESSION_COOKIE_SECURE:
        yield bad("Cookie đăng nhập đi được qua http.", "Chạy sau https (deploy/) và đặt ANSINH_HTTPS=1.")
    if settings.FHIR_LENIENT:
        yield warn("Cửa FHIR đang nhận hồ sơ chưa đúng chuẩn.", "Bỏ ANSINH_VALIDATION=lenient khi không còn cần.")
    yield good("Đã xem các thiết đặt về lộ dữ liệu.")


def disk() -> Iterator[Finding]:
    """Room for the database to grow, and for a copy of it."""
    places = {Path(settings.STATE)} | ({path.parent} if (path := _database_file()) else set())
    for place in places:
        usage = shutil.disk_usage(place)
        words = f"{place}: còn trống {usage.free >> 20} MB ({100 * usage.free // usage.total} %)"
        size = path.stat().st_size if path is not None and path.exists() else 0
        if usage.free < max(_LEAST_FREE * usage.total, 2 * size, 1 << 28):
            yield bad(f"{words}.", "Dọn bớt hoặc thêm đĩa: hết chỗ thì nút ngừng ghi.")
        else:
            yield good(f"{words}.")


def time_of_day() -> Iterator[Finding]:
    """The machine's clock is kept right, and nothing was written in its future."""
    if shutil.which("timedatectl"):
        done = subprocess.run(
            ["timedatectl", "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True, check=False
        )
        if done.stdout.strip() == "no":
            yield warn("Đồng hồ của máy chưa được đồng bộ.", "Bật systemd-timesyncd hoặc chrony.")
    from ansinh.fhir.store import journal

    entries = journal.entries(journal.position() - 1, 1)
    last = entries[0].at if entries else None
    if last is not None and (last - clock.now()).total_seconds() > _SKEW:
        yield bad(f"Mục cuối của nhật ký ghi lúc {last:%d/%m/%Y %H:%M}, sau giờ của máy.", "Chỉnh lại đồng hồ của máy.")
    else:
        yield good(f"Đồng hồ: {clock.now():%d/%m/%Y %H:%M} UTC.")


def certificate() -> Iterator[Finding]:
    """Others reach the node by https, with a certificate that holds for some weeks."""
    parts = urlsplit(settings.FHIR_BASE)
    if parts.scheme != "https":
        yield bad(f"ANSINH_FHIR_BASE là {parts.scheme}://…, chưa phải https.", "Đặt địa chỉ https mà nơi khác dùng.")
        return
    host, port = parts.hostname or "", parts.port or 443
    try:
        until = _valid_until(host, port)
    except ssl.SSLError as error:
        yield bad(f"Chứng thư của {host} không dùng được ({error.reason}).", "Cấp lại chứng thư (deploy/README.md).")
        return
    except OSError as error:
        yield bad(
            f"Không mở được https://{host}:{port} ({type(error).__name__}).", "Xem Caddy hoặc nginx có chạy không."
        )
        return
    left = (until - clock.now()).days
    yield (
        good(f"Chứng thư của {host} còn {left} ngày.")
        if left > _SOON
        else bad(f"Chứng thư của {host} chỉ còn {left} ngày.", "Gia hạn, và xem vì sao không tự gia hạn.")
    )


def _valid_until(host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as line,
    ):
        told = line.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)


def _database_file() -> Path | None:
    name = settings.DATABASES["default"]["NAME"]
    return Path(name) if "sqlite" in settings.DATABASES["default"]["ENGINE"] else None


def owner() -> Iterator[Finding]:
    """The node runs as a user of its own."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield warn("Lệnh này chạy bằng root.", "Chạy nút và lệnh bằng người dùng riêng (deploy/systemd).")
