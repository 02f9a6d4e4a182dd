"""Looks at the node: its database, worker, backups, accounts, and with time enough at all of its journal."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from ansinh.access import guarding
from ansinh.fhir.store import journal, reindexing
from ansinh.kernel.errors import NotFound, UserError
from ansinh.upkeep import queries
from ansinh.upkeep.backup import keys
from ansinh.upkeep.doctor.findings import Finding, bad, good, warn

_WANTED = {"fsync": "on", "full_page_writes": "on"}


def database() -> Iterator[Finding]:
    """What was acknowledged is on the disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            cursor.execute("PRAGMA synchronous")
            safe = mode == "wal" and cursor.fetchone()[0] >= 2
            yield (
                good("SQLite ghi bền (WAL, FULL).")
                if safe
                else bad(f"SQLite ghi không bền ({mode}).", "Để nút tự đặt: bỏ mọi PRAGMA riêng.")
            )
            return
        for name, value in _WANTED.items():
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] != value:
                yield bad(
                    f"PostgreSQL: {name} đang tắt: mất điện là mất dữ liệu.", f"ALTER SYSTEM SET {name} = {value};"
                )
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            yield bad("PostgreSQL: synchronous_commit = off.", "ALTER SYSTEM SET synchronous_commit = on;")
        cursor.execute("SHOW archive_mode")
        if cursor.fetchone()[0] == "off":
            yield warn("PostgreSQL chưa lưu WAL: không khôi phục được đến từng phút.", "docs/backup.md, phần WAL.")
        yield good("Đã xem PostgreSQL ghi bền.")


def worker() -> Iterator[Finding]:
    """Somebody runs long jobs, and nothing waits to be made anew."""
    from ansinh.fhir.jobs import leases

    yield (
        good("Có tiến trình nhận việc lâu.")
        if leases.leader()
        else bad(
            "Không có tiến trình nào nhận việc lâu: không sao lưu, không gửi, không xuất.",
            "Chạy ./ansinh serve không có --no-worker, hoặc dịch vụ ansinh-worker.",
        )
    )
    if left := reindexing.unready():
        yield warn(f"Chỉ mục đang được lập lại: {', '.join(left)}.", "Chờ; xem lại sau ít phút.")


def backups() -> Iterator[Finding]:
    """There is a good backup, it is fresh, and it is somewhere else."""
    try:
        keys.of_node(settings.STATE)
    except NotFound as error:
        yield bad("Chưa có khóa sao lưu.", error.message)
    except UserError as error:
        yield bad(error.message, "Lấy lại tệp khóa từ nơi cất.")
    standing = queries.standing()
    if standing.off:
        yield bad("Nút không tự sao lưu.", "Đặt ANSINH_BACKUP_TO và ANSINH_BACKUP_EVERY_HOURS.")
    if standing.good is None:
        yield bad("Chưa có bản sao lưu tốt nào.", "./ansinh backup")
    elif standing.late:
        yield bad(f"Bản sao lưu tốt gần nhất đã cũ ({standing.good.at:%d/%m/%Y %H:%M} UTC).", "Xem trang Sao lưu.")
    else:
        yield good(f"Bản sao lưu tốt gần nhất: {standing.good.at:%d/%m/%Y %H:%M} UTC.")
    if standing.failed is not None:
        yield warn(f"Lần sao lưu gần nhất hỏng: {standing.failed.error}", "Mở lỗi rồi ./ansinh backup")
    yield from _elsewhere()


def _elsewhere() -> Iterator[Finding]:
    place = Path(settings.BACKUPS.to.partition("?")[0])
    if not settings.BACKUPS.to or "://" in settings.BACKUPS.to or not place.is_dir():
        return
    if place.stat().st_dev == Path(settings.STATE).stat().st_dev:
        yield bad("Bản sao lưu nằm trên cùng ổ đĩa với dữ liệu.", "Dùng ổ khác, USB, máy khác hoặc S3.")


def accounts() -> Iterator[Finding]:
    """Somebody can help who forgot a password, and roles that need a second factor have one."""
    missing = guarding.without_needed_factor()
    if guarding.administrators() < 2:
        yield warn("Chỉ có một quản trị viên.", "Thêm một người nữa, để không ai bị kẹt ngoài cửa.")
    if missing:
        yield warn(f"{missing} tài khoản cần lớp xác thực thứ hai mà chưa có.", "Nhắc họ mở trang Bảo mật tài khoản.")
    else:
        yield good("Tài khoản cần lớp xác thực thứ hai đều đã có.")


def journal_whole() -> Iterator[Finding]:
    """Every entry of the journal, computed again; takes long."""
    try:
        yield good(f"Nhật ký nguyên vẹn: {journal.verify()} mục.")
    except journal.Broken as error:
        yield bad(error.message, "Dừng nút, giữ nguyên đĩa, khôi phục từ bản sao lưu (docs/backup.md).")
