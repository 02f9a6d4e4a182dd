"""Text of the QR codes of a citizen card and of a health-insurance card. Pure.

A scanner types the text, or the camera reads it; both arrive here. Layouts: citizen card – seven fields between
bars, more may follow on cards issued from 1/7/2024; insurance card – sixteen fields between bars, name and address
as hexadecimal UTF-8, closed by "$". Dates ddmmyyyy and dd/mm/yyyy.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from ansinh.clinical.registry import rules
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import looks_garbled, nfc

NEW_UNITS_FROM = "2025-07-01"  # Luật 72/2025/QH15: two levels of local government, new commune names
_SEXES = {"nam": "male", "nữ": "female", "1": "male", "2": "female", "3": "unknown"}
_CITIZEN_FIELDS = 7
_INSURANCE_FIELDS = 9


@dataclass(frozen=True, slots=True)
class Card:
    """kind: `citizen` or `insurance`; fields: by name of the registration form; rest: fields not understood."""

    kind: str
    fields: dict[str, str]
    rest: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """Fields read so far and everything found wrong, so that all problems are told at once."""

    fields: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, name: str, read, *args) -> None:
        try:
            value = read(*args)
        except Invalid as error:
            self.problems.append(Problem("value", error.message, name, key=error.code))
        else:
            if value:
                self.fields[name] = value


def parse_card(text: str, today: date) -> Card:
    """The card behind a scanned text. Raises Invalid with one problem for each field that cannot be read."""
    parts = nfc(text.strip("\r\n\t \ufeff")).split("|")
    if len(parts) < 2:
        raise Invalid("Đây không phải mã QR của thẻ căn cước hay thẻ bảo hiểm y tế.", code="card-unknown", field="card")
    return _insurance(parts, today) if _is_insurance(parts) else _citizen(parts, today)


def _is_insurance(parts: list[str]) -> bool:
    first = parts[0].strip()
    return parts[-1].strip().endswith("$") or len(first) in (10, 15) or "/" in "".join(parts[2:3])


def _citizen(parts: list[str], today: date) -> Card:
    if len(parts) < _CITIZEN_FIELDS:
        raise Invalid(
            phrase(
                "Mã QR thẻ căn cước có %(found)s phần; cần ít nhất %(least)s. Mã bị quét thiếu, hãy quét lại.",
                found=len(parts),
                least=_CITIZEN_FIELDS,
            ),
            code="card-too-short",
            field="card",
        )
    number, old, name, birth, sex, address, issued, *rest = (part.strip() for part in parts)
    reading = _Reading()
    reading.take("citizen_number", rules.citizen_number, number)
    if old:
        reading.take("old_citizen_number", rules.old_citizen_number, old)
    reading.take("full_name", _name, name)
    reading.take("birth_date", _birth, _packed_date(birth), today)
    reading.take("gender", _sex, sex)
    reading.take("issued", _plain_date, _packed_date(issued), phrase("Ngày cấp thẻ căn cước"))
    where = "address" if reading.fields.get("issued", "") >= NEW_UNITS_FROM else "old_address"
    reading.take(where, _text, address, phrase("Địa chỉ trên thẻ căn cước"))
    return _done("citizen", reading, rest)


def _insurance(parts: list[str], today: date) -> Card:
    if not parts[-1].strip().endswith("$"):
        raise Invalid(
            "Mã QR thẻ bảo hiểm y tế không kết thúc bằng dấu $. Mã bị quét thiếu, hãy quét lại.",
            code="card-terminator",
            field="card",
        )
    values = [part.strip() for part in parts]
    values[-1] = values[-1].removesuffix("$")
    values = ["" if value == "-" else value for value in (values if values[-1] else values[:-1])]
    if len(values) < _INSURANCE_FIELDS:
        raise Invalid(
            phrase(
                "Mã QR thẻ bảo hiểm y tế có %(found)s phần; cần ít nhất %(least)s. Hãy quét lại.",
                found=len(values),
                least=_INSURANCE_FIELDS,
            ),
            code="card-too-short",
            field="card",
        )
    card, name, birth, sex, address, place, start, end, issued, *rest = values
    reading = _Reading()
    reading.take("insurance_card", rules.insurance_card, card)
    reading.take("full_name", lambda: _name(_hex(name, phrase("Họ tên"))))
    reading.take("birth_date", _birth, _slashed_date(birth), today)
    reading.take("gender", _sex, sex)
    reading.take("address", lambda: _text(_hex(address, phrase("Địa chỉ")), phrase("Địa chỉ trên thẻ bảo hiểm y tế")))
    reading.take("insurance_place", _place, place)
    reading.take("insurance_start", _plain_date, _slashed_date(start), phrase("Ngày bắt đầu của thẻ bảo hiểm y tế"))
    reading.take("insurance_end", _plain_date, _slashed_date(end), phrase("Ngày hết hạn của thẻ bảo hiểm y tế"))
    reading.take("issued", _plain_date, _slashed_date(issued), phrase("Ngày cấp thẻ bảo hiểm y tế"))
    reading.take("insurance_end", _end_after_start, reading.fields)
    return _done("insurance", reading, rest)


def _done(kind: str, reading: _Reading, rest: list[str]) -> Card:
    if reading.problems:
        raise Invalid(
            " ".join(problem.message for problem in reading.problems),
            code="card-unreadable",
            field=reading.problems[0].expression,
            problems=reading.problems,
        )
    return Card(kind, reading.fields, tuple(value for value in rest if value))


def _name(text: str) -> str:
    """Cards print names in capitals: written back as names are written (H'LY → H'Ly)."""
    name = rules.full_name(text)
    return name.title() if name.isupper() else name


def _birth(value: str, today: date) -> str:
    return rules.birth_date(value, today)


def _sex(text: str) -> str:
    if text and text.casefold() not in _SEXES:
        raise Invalid("Giới tính trên thẻ không đọc được.", code="card-sex")
    return _SEXES.get(text.casefold(), "")


def _text(text: str, label: str) -> str:
    if looks_garbled(text):
        raise Invalid(
            phrase("%(label)s bị lỗi phông chữ. Hãy tắt bộ gõ tiếng Việt rồi quét lại.", label=label),
            code="card-garbled",
        )
    return text


def _plain_date(value: str, label: str) -> str:
    if value and not rules.partial_date(value):
        raise Invalid(phrase("%(label)s không có trong lịch.", label=label), code="card-date")
    return value


def _end_after_start(fields: dict[str, str]) -> str:
    rules.period_in_order(fields.get("insurance_start", ""), fields.get("insurance_end", ""), "insurance_end")
    return fields.get("insurance_end", "")


def _packed_date(text: str) -> str:
    """ddmmyyyy → ISO; a year alone, or with zeros for day and month, keeps the precision known."""
    if not re.fullmatch(r"[0-9]{8}", text):
        return text
    day, month, year = text[:2], text[2:4], text[4:]
    return _iso(year, month, day)


def _slashed_date(text: str) -> str:
    """dd/mm/yyyy, mm/yyyy or yyyy → ISO; anything else is left as it is, to be refused by name."""
    if not re.fullmatch(r"([0-9]{1,2}/){0,2}[0-9]{4}", text):
        return text
    year, month, day = (*reversed(text.split("/")), "00", "00")[:3]
    return _iso(year, month.zfill(2), day.zfill(2))


def _iso(year: str, month: str, day: str) -> str:
    if month == day == "00":
        return year
    return f"{year}-{month}" if day == "00" else f"{year}-{month}-{day}"


def _hex(text: str, label: str) -> str:
    """Hexadecimal UTF-8, as printed on the card. Strict: half a letter is not a name."""
    try:
        return nfc(bytes.fromhex(text).decode("utf-8"))
    except ValueError:
        raise Invalid(
            phrase("%(label)s trên thẻ bảo hiểm y tế bị hỏng mã (hex). Hãy quét lại.", label=label), code="card-hex"
        ) from None


def _place(text: str) -> str:
    """Code of the facility of first registration: five characters, printed "37 - 001"."""
    code = re.sub(r"[\s\-]", "", text).upper()
    if code and not re.fullmatch(r"[0-9A-Z]{5}", code):
        raise Invalid("Mã nơi đăng ký khám chữa bệnh ban đầu có 5 ký tự.", code="card-place")
    return code
