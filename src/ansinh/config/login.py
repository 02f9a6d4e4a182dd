"""What the environment says about logging in: who needs a second factor, the outside provider, the mail server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

DEMO_MARK = "demo-loaded.json"  # what `./ansinh demo` leaves in the state folder
_HERE = ("127.0.0.1", "localhost")


def second_factor(environment: Mapping[str, str], state: Path) -> str:
    """`enforced` or `advised`. Raises ValueError for another word: a slip must not open the node."""
    given = environment.get("ANSINH_SECOND_FACTOR", "")
    if given not in ("", "enforced", "advised"):
        raise ValueError(f"ANSINH_SECOND_FACTOR: chỉ nhận enforced hoặc advised, không nhận «{given}»")
    return given or ("advised" if (state / DEMO_MARK).exists() else "enforced")


def outside_provider(environment: Mapping[str, str]) -> dict[str, Any]:
    """The OpenID Connect provider of ANSINH_OIDC_…; empty when there is none.

    Raises ValueError for an issuer without a client, or one that is not https (but on this very machine).
    """
    issuer = environment.get("ANSINH_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return {}
    parts, client = urlsplit(issuer), environment.get("ANSINH_OIDC_CLIENT", "")
    if not client:
        raise ValueError("ANSINH_OIDC_CLIENT: chưa có mã ứng dụng do nơi cấp danh tính cho")
    if parts.scheme != "https" and parts.hostname not in _HERE:
        raise ValueError("ANSINH_OIDC_ISSUER: phải là địa chỉ https")
    return {
        "issuer": issuer,
        "client": client,
        "secret": environment.get("ANSINH_OIDC_SECRET", ""),
        "name": environment.get("ANSINH_OIDC_NAME", "VNeID"),
        "scope": environment.get("ANSINH_OIDC_SCOPE", "openid"),
        "citizen_claim": environment.get("ANSINH_OIDC_CITIZEN_CLAIM", ""),
        "strong": frozenset(environment.get("ANSINH_OIDC_STRONG", "").split()),
    }


def mailers_from_url(url: str) -> dict[str, dict[str, Any]]:
    """Django's MAILERS for `smtp://…` (STARTTLS) or `smtps://…`; without one e-mails go nowhere.

    Raises ValueError for another scheme.
    """
    if not url:
        return {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps"):
        raise ValueError(f"ANSINH_SMTP: chỉ nhận smtp://… hoặc smtps://…, không nhận «{parts.scheme}»")
    secure = parts.scheme == "smtps"
    options = {
        "host": parts.hostname or "localhost",
        "port": parts.port or (465 if secure else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        "use_tls": not secure and parts.hostname not in _HERE,
        "timeout": 20,
    }
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
