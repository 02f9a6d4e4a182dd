"""What commands ask of their arguments, refused in words (argparse names the argument and ends with code 2)."""

import argparse
import re
from collections.abc import Callable
from datetime import date

_WHOLE = re.compile(r"-?[0-9]{1,18}")


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number from `low` to `high`."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"phải là số nguyên từ {low} đến {high}, không phải «{text}»")
        return int(text)

    return read


def day(text: str) -> date:
    """A day as `2026-07-01`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"phải là ngày dạng 2026-07-01, không phải «{text}»") from error
