"""What the environment says about keeping the node alive: where backups go, how often, how many stay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backups:
    """to: place, "" for none. every: time between two, 0 for none by itself. chain: age at which a new chain begins.
    keep: chains that stay. s3_key, s3_secret: for `s3://…`."""

    to: str = ""
    every: timedelta = timedelta(hours=6)
    chain: timedelta = timedelta(days=30)
    keep: int = 3
    s3_key: str = ""
    s3_secret: str = field(default="", repr=False)


def backups(environment: Mapping[str, str]) -> Backups:
    """ANSINH_BACKUP_…. Raises ValueError naming the variable that is no whole number within its bounds."""
    return Backups(
        to=environment.get("ANSINH_BACKUP_TO", ""),
        every=timedelta(hours=_number(environment, "ANSINH_BACKUP_EVERY_HOURS", 6, 0, 24 * 31)),
        chain=timedelta(days=_number(environment, "ANSINH_BACKUP_CHAIN_DAYS", 30, 1, 366)),
        keep=_number(environment, "ANSINH_BACKUP_KEEP", 3, 1, 1000),
        s3_key=environment.get("ANSINH_BACKUP_S3_KEY", ""),
        s3_secret=environment.get("ANSINH_BACKUP_S3_SECRET", ""),
    )


def _number(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ValueError(f"{name}: phải là số nguyên từ {low} đến {high}, không phải «{text}»")
    return int(text)
