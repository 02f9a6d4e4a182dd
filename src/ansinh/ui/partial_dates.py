"""Dates as people write them in Vietnam, read into FHIR's partial dates: day, month or year, whatever is known."""

import re
from datetime import date

from django.utils.translation import gettext as _

_PARTS = re.compile(r"[\s/.\-]+")
_EIGHT_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"\d{4}(-\d{1,2}){1,2}")
EARLIEST_YEAR, LATEST_YEAR = 1850, 2200


def parse_partial_date(text: str) -> str:
    """ISO date with the precision that was typed: `5/3/1948` → `1948-03-05`, `3/1948` → `1948-03`, `1948` → `1948`.

    Also reads `05.03.1948`, `05-03-1948`, `05031948` and ISO. Raises ValueError with a sentence for the person.
    """
    day, month, year = _day_month_year(text.strip())
    if len(year) != 4:
        raise ValueError(_("Ghi đủ bốn chữ số của năm, ví dụ 05/03/1948."))
    if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
        raise ValueError(_("Năm phải từ %(first)d đến %(last)d.") % {"first": EARLIEST_YEAR, "last": LATEST_YEAR})
    if not month:
        return year
    if not 1 <= int(month) <= 12:
        raise ValueError(_("Không có tháng %(month)s. Tháng phải từ 1 đến 12.") % {"month": int(month)})
    return f"{year}-{int(month):02}-{_checked_day(day, month, year):02}" if day else f"{year}-{int(month):02}"


def _day_month_year(text: str) -> tuple[str, str, str]:
    """The three parts as typed, "" for what was left out."""
    if joined := _EIGHT_DIGITS.fullmatch(text):
        return joined[1], joined[2], joined[3]
    parts = [part for part in _PARTS.split(text) if part]
    if _ISO.fullmatch(text):
        parts.reverse()
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(_("Ghi ngày dạng ngày/tháng/năm, ví dụ 05/03/1948, 03/1948 hoặc 1948."))
    day, month, year = ["", "", *parts][-3:]
    return day, month, year


def _checked_day(day: str, month: str, year: str) -> int:
    try:
        return date(int(year), int(month), int(day)).day
    except ValueError:
        words = {"day": int(day), "month": f"{int(month)}/{year}"}
        raise ValueError(_("Tháng %(month)s không có ngày %(day)d.") % words) from None
