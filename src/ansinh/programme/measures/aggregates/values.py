"""One aggregate number under the names of the other system, and periods as the other systems write them. Pure."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ansinh.kernel.errors import Invalid
from ansinh.programme.measures import rules
from ansinh.programme.measures.rules import Period


@dataclass(frozen=True, slots=True)
class Value:
    """A count of a data element, a unit and a period; `options`: category and option that it is limited to.

    place: where it stood in a file that was read, for errors.
    """

    element: str
    unit: str
    period: Period
    count: int
    options: tuple[tuple[str, str], ...] = ()
    place: str = ""


_DHIS2 = re.compile(r"(?P<year>(?:19|20)\d\d)(?:(?P<month>0[1-9]|1[0-2])|(?P<part>Q[1-4]|S[12]))?")
_ADX = re.compile(r"(?P<start>\d{4}-\d\d-\d\d)/P(?P<number>\d{1,2})(?P<unit>[YM])")
_MONTHS = {12: "P1Y", 6: "P6M", 3: "P3M", 1: "P1M"}


def dhis2_period(period: Period) -> str:
    """`2025`, `2025S1`, `2025Q3`, `202507`. Raises Invalid for another span.

    >>> dhis2_period(rules.parse_period("2025-H1"))
    '2025S1'
    """
    months, start = _months(period), period.start
    if months == 12:
        return f"{start:%Y}"
    if months == 1:
        return f"{start:%Y%m}"
    return f"{start:%Y}{'S' if months == 6 else 'Q'}{(start.month - 1) // months + 1}"


def from_dhis2_period(text: str) -> Period:
    """The calendar days of a DHIS2 period. Raises Invalid."""
    match = _DHIS2.fullmatch(text)
    if not match:
        raise Invalid(f"Kỳ «{text[:20]}» không phải năm, nửa năm, quý hay tháng của DHIS2.", field="period")
    if match["month"]:
        return rules.parse_period(f"{match['year']}-{match['month']}")
    part = (match["part"] or "").replace("S", "H")
    return rules.parse_period(f"{match['year']}-{part}" if part else match["year"])


def adx_period(period: Period) -> str:
    """`2025-07-01/P3M`. Raises Invalid for a span that is no year, half, quarter or month."""
    return f"{period.start.isoformat()}/{_MONTHS[_months(period)]}"


def from_adx_period(text: str) -> Period:
    """The calendar days of an ADX period. Raises Invalid."""
    match = _ADX.fullmatch(text)
    months = int(match["number"]) * (12 if match["unit"] == "Y" else 1) if match else 0
    try:
        start = date.fromisoformat(match["start"]) if match else None
    except ValueError:
        start = None
    if start is None or months not in _MONTHS or start.day != 1 or (start.month - 1) % months:
        raise Invalid(f"Kỳ «{text[:40]}» không phải năm, nửa năm, quý hay tháng dương lịch.", field="period")
    last = start.month + months - 1
    return Period(start, date(start.year, last, calendar.monthrange(start.year, last)[1]))


def _months(period: Period) -> int:
    start, end = period.start, period.end
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    if not whole or months not in _MONTHS or (start.month - 1) % months:
        raise Invalid("Chỉ gửi được số liệu của cả năm, nửa năm, quý hoặc tháng đã hết.", field="period")
    return months


def counted(text: object, place: str) -> int:
    """A whole number that is not negative. Raises Invalid naming the place."""
    said = str(text).strip()
    if isinstance(text, bool) or not (said.isascii() and said.isdigit()) or len(said) > 12:
        raise Invalid(f"{place}: giá trị «{said[:20]}» không phải số nguyên không âm.", field="value")
    return int(said)


def period_at(read: Callable[[str], Period], text: object, place: str) -> Period:
    """A period read, its error with the place."""
    try:
        return read(str(text or ""))
    except Invalid as error:
        raise Invalid(f"{place}: {error.message}", field="period") from error
