"""What must be read again but not by who only holds a copy of the database: sealed with a key of the node's secret.

A node that gets another secret can open none of it; second factors are then set up anew (docs/access.md).
"""

import base64
import hmac
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.kernel.errors import Invalid


def seal(text: str) -> str:
    """The text, readable only with the node's secret."""
    return _box(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises Invalid when it was sealed with another secret, or changed."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(settings.SECRET_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Invalid("Khóa bí mật của máy chủ đã đổi: cần đặt lại lớp xác thực thứ hai.", code="sealed") from None


def digest(purpose: str, text: str) -> str:
    """64 hexadecimal digits by which a text is known again; without the node's secret it cannot be guessed from."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"{purpose}\x1f{text}".encode(), "sha256").hex()


@cache
def _box(secret: str) -> Any:
    from cryptography.fernet import Fernet

    key = hmac.digest(secret.encode(), b"ansinh.access.vault", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
