"""DATABASE_URL → Django's settings. SQLite and PostgreSQL, nothing else."""

from typing import Any
from urllib.parse import unquote, urlsplit

_SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; "
    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0"
)


def database_from_url(url: str) -> dict[str, Any]:
    """Settings for `sqlite:///path` or `postgresql://user:password@host:port/name`.

    Raises ValueError for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.removeprefix("sqlite:///")) or ":memory:",
            # IMMEDIATE: a transaction takes the write lock at its start, so it never fails half-way through.
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": _SQLITE_START},
            "CONN_MAX_AGE": None,
        }
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
        }
    raise ValueError(f"DATABASE_URL: chỉ nhận sqlite:///… hoặc postgresql://…, không nhận «{parts.scheme}»")
