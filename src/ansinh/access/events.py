"""What happened to accounts: one row and one line of the log each, with ids and words, never names.

For the person on their own page, for who looks after accounts on theirs. The record's own audit is the store's.
"""

import logging

from django.utils.translation import gettext_lazy as _

from ansinh.access.models import AccountEvent, User

log = logging.getLogger("ansinh.access")

KINDS = {
    "created": _("Tạo tài khoản"),
    "edited": _("Sửa thông tin tài khoản"),
    "closed": _("Đóng tài khoản"),
    "opened": _("Mở lại tài khoản"),
    "role-given": _("Giao vai trò"),
    "role-ended": _("Kết thúc vai trò"),
    "code-made": _("Cấp mã một lần"),
    "code-mailed": _("Gửi mã một lần qua thư điện tử"),
    "password-set": _("Đặt mật khẩu bằng mã một lần"),
    "password-changed": _("Đổi mật khẩu"),
    "unlocked": _("Mở khóa đăng nhập"),
    "shut": _("Tạm chặn vì thử sai nhiều lần"),
    "entered": _("Đăng nhập"),
    "left-everywhere": _("Đăng xuất khỏi mọi nơi"),
    "session-ended": _("Kết thúc một phiên"),
    "totp-added": _("Bật mã xác thực trên điện thoại"),
    "totp-removed": _("Tắt mã xác thực trên điện thoại"),
    "key-added": _("Thêm khóa truy cập"),
    "key-removed": _("Xóa khóa truy cập"),
    "codes-made": _("Tạo mã dự phòng mới"),
    "factors-reset": _("Xóa lớp xác thực thứ hai"),
    "outside-linked": _("Gắn danh tính bên ngoài"),
    "outside-unlinked": _("Bỏ danh tính bên ngoài"),
}


def record(kind: str, account: User, by: int | None = None, detail: str = "") -> None:
    """Write one event. by: id of the account that did it, None for the person themself. detail: codes and ids only."""
    if kind not in KINDS:
        raise ValueError(kind)
    AccountEvent.objects.create(kind=kind, account=account.pk, by=by, detail=detail)
    log.info("account %s: %s %s by %s", account.pk, kind, detail, by or "self")


def latest(account: User, most: int = 20) -> list[AccountEvent]:
    """The newest events of an account."""
    return list(AccountEvent.objects.filter(account=account.pk)[:most])


def words(kind: str) -> str:
    """The event in words."""
    return str(KINDS.get(kind, kind))
