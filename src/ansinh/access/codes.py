"""One-time codes that set a new password: on paper from who looks after accounts, or by e-mail.

    on paper   issue(user) ─► the code, shown once ─► name + code + new password ─► all sessions end
    e-mail     ask(name)   ─► a row, whether the name is somebody's or not ─► the worker sends it or forgets it

Asking takes the same work and gives the same answer for every name. A code lives by its digest; one that waits for
its e-mail is sealed. A newer code ends the older ones.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ansinh.access import events, vault
from ansinh.access.models import OneTimeCode, User
from ansinh.kernel import clock

ON_PAPER = timedelta(hours=72)
BY_MAIL = timedelta(hours=1)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that a reader of paper mistakes for another
_GROUPS, _EACH = 4, 4


@transaction.atomic
def issue(user: User) -> str:
    """A new code for paper (16 characters, 79 bits); earlier ones of the account no longer work."""
    user.codes.all().delete()
    code = _new_code()
    OneTimeCode.objects.create(user=user, digest=_digest(code), expires=clock.now() + ON_PAPER)
    return code


@transaction.atomic
def ask(name: str) -> None:
    """Somebody wants a new password for this name. Nothing tells whether it is somebody's."""
    user = User.objects.filter(username=name, is_active=True).exclude(email="").first()
    code = _new_code()
    OneTimeCode.objects.create(
        user=user, digest=_digest(code), secret=vault.seal(code), mail=True, expires=clock.now() + BY_MAIL
    )


def holder(name: str, code: str) -> User | None:
    """Whose account this code opens, if it is the one of this name and still good."""
    found = (
        OneTimeCode.objects.select_related("user")
        .filter(digest=_digest(code), used=None, expires__gt=clock.now(), user__username=name, user__is_active=True)
        .first()
    )
    return found.user if found else None


def use(name: str, code: str) -> bool:
    """Take the code; False when it was taken meanwhile. Of two that come at the same time one is first."""
    good = OneTimeCode.objects.filter(
        digest=_digest(code), used=None, expires__gt=clock.now(), user__username=name, user__is_active=True
    )
    return good.update(used=clock.now(), secret="") == 1


def send_waiting() -> bool:
    """A step of the worker: send what waits for e-mail, forget what is nobody's or old. True when something was."""
    waiting = list(OneTimeCode.objects.select_related("user").filter(mail=True).exclude(secret="")[:20])
    for one in waiting:
        if one.user is None or one.expires <= clock.now() or not settings.MAIL_ENABLED:
            one.delete()
        else:
            _send(one, one.user)
    OneTimeCode.objects.filter(expires__lt=clock.now() - timedelta(days=7)).delete()
    return bool(waiting)


def _send(one: OneTimeCode, user: User) -> None:
    with translation.override(user.language):
        letter = EmailMessage(
            subject=_("An Sinh: mã một lần để đặt mật khẩu mới"),
            body=_(
                "Mã một lần: %(code)s\n\nMã có hiệu lực trong một giờ và chỉ dùng được một lần. Mở trang đăng nhập của "
                "An Sinh, chọn «Đặt mật khẩu bằng mã một lần» rồi nhập mã.\n\nNếu anh/chị không yêu cầu, hãy bỏ qua "
                "thư này và báo cho quản trị viên."
            )
            % {"code": vault.unseal(one.secret)},
            to=[user.email],
        )
        letter.send()
    OneTimeCode.objects.filter(pk=one.pk).update(secret="")
    events.record("code-mailed", user)


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_EACH)) for _ in range(_GROUPS))


def _digest(code: str) -> str:
    letters = "".join(char for char in code.upper() if char.isalnum())
    return vault.digest("one-time-code", letters)
