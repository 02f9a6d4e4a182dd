"""DATABASE_URL → Django's settings. SQLite and PostgreSQL, nothing else."""

from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from ansinh.kernel.errors import Invalid

_SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0"
)

_OPTIONS = {"application_name", "connect_timeout", "options", "sslcert", "sslkey", "sslmode", "sslrootcert"}
"""Settings of libpq that an address may carry."""


def database_from_url(url: str) -> dict[str, Any]:
    """Settings for `sqlite:///path` or `postgresql://user:password@host:port/name?sslmode=require`.

    Raises Invalid for anything else; the message says nothing of a password.
    """
    parts, port = _parts(url)
    if parts.scheme == "sqlite" and url.startswith("sqlite:///"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.removeprefix("sqlite:///")) or ":memory:",
            # IMMEDIATE: a transaction takes the write lock at its start, so it never fails half-way through.
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": _SQLITE_START},
            "CONN_MAX_AGE": None,
        }
    if parts.scheme in ("postgresql", "postgres") and parts.path.lstrip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": port,
            "OPTIONS": _options(parts.query),
            "CONN_MAX_AGE": None,
        }
    raise Invalid(f"DATABASE_URL: chỉ nhận sqlite:///tệp hoặc postgresql://máy/tên; không hiểu «{parts.scheme}://…».")


def _options(query: str) -> dict[str, str]:
    """What the address asks of the connection. One that were dropped in silence could be the encryption of it."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := ", ".join(sorted(set(options) - _OPTIONS)):
        raise Invalid(f"DATABASE_URL: không nhận tùy chọn «{unknown}»; chỉ nhận {', '.join(sorted(_OPTIONS))}.")
    return options


def _parts(url: str) -> tuple[SplitResult, str]:
    """The address, and its port as text."""
    try:
        parts = urlsplit(url)
        return parts, str(parts.port or "")
    except ValueError as error:
        raise Invalid("DATABASE_URL: cổng phải là số; địa chỉ IPv6 phải ở trong ngoặc vuông.") from error
