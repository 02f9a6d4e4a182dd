"""What names, numbers and dates of a person may be. Pure: plain values in, plain values or `Invalid` out.

The 12-digit number: three digits of the province of birth, one of century and sex, two of the birth year, six
more; no check digit. The insurance card: 15 characters as printed until 2021, the 10-digit number since.
"""

import re
from dataclasses import dataclass
from datetime import date

from ansinh.kernel.clock import at_home
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import format_date, looks_garbled, nfc

OLDEST = 130  # years; the oldest person on record lived 122
_CARD = re.compile(r"[A-Z]{2}[1-5]\d{12}|\d{10}")
_PHONE = re.compile(r"0\d{9,10}")
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: read aloud and copied by hand


@dataclass(frozen=True, slots=True)
class Age:
    """Age on a day. `exact` is False when only the year or month of birth is known."""

    years: int
    months: int
    exact: bool


def full_name(text: str) -> str:
    """The name in stored form. One word is enough (Y Bhin, H'Ly and older ethnic names)."""
    name = plain_apostrophes(nfc(text))
    if not any(char.isalpha() for char in name):
        raise Invalid("Chưa nhập họ và tên.", code="name-required", field="full_name")
    if looks_garbled(name):
        raise Invalid(
            "Họ và tên bị lỗi phông chữ. Hãy tắt bộ gõ tiếng Việt rồi quét lại, hoặc gõ lại tên.",
            code="name-garbled",
            field="full_name",
        )
    if any(char.isdigit() for char in name) or len(name) > 120:
        raise Invalid("Họ và tên không có chữ số và dài tối đa 120 ký tự.", code="name-shape", field="full_name")
    return name


def plain_apostrophes(text: str) -> str:
    """One apostrophe for H'Ly, H’Ly and Hʼly, so that the name is found however it is typed."""
    return re.sub("[’‘ʼ′`´]", "'", text)


def citizen_number(text: str, field: str = "citizen_number") -> str:
    """The 12-digit personal number without spaces."""
    number = re.sub(r"[\s.]", "", text)
    if not number.isascii() or not number.isdigit():
        raise Invalid("Số căn cước chỉ gồm chữ số.", code="cccd-digits", field=field)
    if len(number) != 12:
        raise Invalid(
            phrase("Số căn cước có %(count)s chữ số; số đúng có 12 chữ số.", count=len(number)),
            code="cccd-length",
            field=field,
        )
    return number


def old_citizen_number(text: str, field: str = "old_citizen_number") -> str:
    """The 9-digit number of the former identity card (CMND)."""
    number = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[0-9]{9}", number):
        raise Invalid("Số chứng minh nhân dân cũ có 9 chữ số.", code="cmnd-length", field=field)
    return number


def citizen_number_doubts(number: str, gender: str, birth: str) -> list[Problem]:
    """Warnings when the number says another sex or birth year than the form: a typing slip, or a wrong paper.

    Never a refusal: corrected sexes, corrected birth years and numbers issued on old papers exist.
    """
    century, year = int(number[3]), int(number[4:6])
    born = 1900 + century // 2 * 100 + year
    doubts = []
    if birth and int(birth[:4]) != born:
        message = phrase(
            "Theo số căn cước, năm sinh là %(number)s; trên phiếu ghi %(form)s.", number=born, form=birth[:4]
        )
        doubts.append(_doubt("cccd-birth-year", message))
    expected = "female" if century % 2 else "male"
    if gender in ("male", "female") and gender != expected:
        word = {"male": phrase("nam"), "female": phrase("nữ")}
        said = {"number": word[expected], "form": word[gender]}
        message = phrase("Theo số căn cước, giới tính là %(number)s; trên phiếu ghi %(form)s.", **said)
        doubts.append(_doubt("cccd-sex", message))
    return doubts


def _doubt(key: str, message: str) -> Problem:
    return Problem("value", message, "citizen_number", severity="warning", key=key)


def insurance_card(text: str, field: str = "insurance_card") -> str:
    """A health-insurance number: 15 characters (DN4…) or the 10-digit social-insurance number."""
    card = re.sub(r"[\s.\-]", "", text).upper()
    if not _CARD.fullmatch(card):
        raise Invalid(
            "Số thẻ bảo hiểm y tế gồm 10 chữ số, hoặc 15 ký tự: 2 chữ cái, 1 chữ số từ 1 đến 5, rồi 12 chữ số.",
            code="bhyt-shape",
            field=field,
        )
    return card


def phone(text: str, field: str = "phone") -> str:
    """A Vietnamese number in national form (0…), from 84…, +84… or with separators."""
    digits = re.sub(r"[\s.\-()]", "", text)
    digits = re.sub(r"^(\+84|84(?=\d{9,10}$))", "0", digits)
    if not _PHONE.fullmatch(digits):
        raise Invalid("Số điện thoại bắt đầu bằng 0 và có 10 hoặc 11 chữ số.", code="phone-shape", field=field)
    return digits


def birth_date(value: str, today: date, field: str = "birth_date") -> str:
    """A FHIR date with the precision known (1948, 1948-03, 1948-03-05) that a living person can have."""
    if not (parsed := partial_date(value)):
        raise Invalid(
            "Ngày sinh không có trong lịch. Hãy ghi ngày/tháng/năm, tháng/năm, hoặc chỉ năm.",
            code="birth-impossible",
            field=field,
        )
    first = _first_day(parsed)
    if first > today:
        raise Invalid("Ngày sinh ở sau hôm nay.", code="birth-future", field=field)
    if today.year - first.year > OLDEST:
        raise Invalid(
            phrase("Năm sinh %(year)s đã quá %(most)s năm.", year=first.year, most=OLDEST),
            code="birth-too-old",
            field=field,
        )
    return parsed


def partial_date(value: str) -> str:
    """`value` when it is YYYY, YYYY-MM or YYYY-MM-DD of the calendar, otherwise ""."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", value):
        return ""
    try:
        _first_day(value)
    except ValueError:
        return ""
    return value


def _first_day(value: str) -> date:
    return date.fromisoformat((value + "-01-01")[:10] if len(value) == 4 else (value + "-01")[:10])


def age(birth: str, on: date) -> Age:
    """Age in whole years (and months, for small children) on a day, from a birth date of any precision."""
    born = _first_day(birth)
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if len(birth) == 4:
        return Age(on.year - born.year, (on.year - born.year) * 12, exact=False)
    return Age(max(months, 0) // 12, max(months, 0), exact=len(birth) == 10)


def period_in_order(start: str, end: str, field: str) -> None:
    """Refuses an end before its start. Dates of different precision are compared as far as both are known."""
    known = min(len(start), len(end))
    if start and end and end[:known] < start[:known]:
        raise Invalid("Ngày kết thúc ở trước ngày bắt đầu.", code="period-order", field=field)


def record_number(resource_id: str, year: int) -> str:
    """The facility's own number of a person, for those without papers too: year and six letters or digits.

    Made from the random end of the record's id, so that two nodes that cannot talk do not give the same one.
    """
    rest, out = int(resource_id.replace("-", "")[-16:], 16), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(_ALPHABET))
        out += _ALPHABET[digit]
    return f"{year % 100:02d}-{out}"


def stay_start(start: date, birth: str, today: date) -> date:
    """The day of admission: not in the future, not before birth."""
    if start > today:
        raise Invalid("Ngày tiếp nhận ở sau hôm nay.", code="stay-future", field="start")
    if birth and start < _first_day(birth):
        raise Invalid("Ngày tiếp nhận ở trước ngày sinh.", code="stay-before-birth", field="start")
    return start


def stay_end(end: date, start: str, today: date) -> date:
    """The day of discharge: on or after admission, not in the future."""
    if end > today:
        raise Invalid("Ngày kết thúc ở sau hôm nay.", code="discharge-future", field="end")
    if start and end.isoformat() < at_home(start)[:10]:
        raise Invalid(
            phrase("Ngày kết thúc ở trước ngày tiếp nhận (%(day)s).", day=format_date(start)),
            code="discharge-before-admission",
            field="end",
        )
    return end


def coverage_state(start: str, end: str, on: date) -> str:
    """`valid`, `soon` (ends within 30 days), `ended`, `future` or `unknown` (no dates) on a day."""
    day = on.isoformat()
    if not start and not end:
        return "unknown"
    if start and start > day:
        return "future"
    if end and end < day:
        return "ended"
    return "soon" if end and (date.fromisoformat(end[:10]) - on).days <= 30 else "valid"
