"""What files of laboratories have in common: bytes to text, numbers, ranges, moments, and the problems found. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from ansinh.clinical.laboratory.rules.reports import Limits
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import looks_garbled

MOST_BYTES = 5_000_000
_CLOCKS_DIFFER = timedelta(minutes=5)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,10})?")
_SIGNS = {"<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "<": "<", ">": ">"}
_LIMIT = r"([+-]?\d+(?:[.,]\d+)?)"
_BETWEEN = re.compile(rf"\(?\s*{_LIMIT}\s*(?:-|–|÷|\.\.|đến|to)\s*{_LIMIT}\s*\)?")
_BELOW = re.compile(rf"(?:<|<=|≤|dưới|đến)\s*{_LIMIT}")
_ABOVE = re.compile(rf"(?:>|>=|≥|trên|từ)\s*{_LIMIT}")
# Letters of the old Vietnamese fonts (TCVN3 and VNI) as they look when they are read as Windows-1252.
_OLD_FONT = re.compile(r"[a-zA-Z](?:[µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìî]{1,2})[a-zA-Z]")
_BARE_OLD = frozenset("µ¸¶·¹¨»¾¼½©®ª«¬")


@dataclass(slots=True)
class Findings:
    """Problems of one file, in the order in which they stand there."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, message: str, place: str, key: str, code: str = "value") -> None:
        self.problems.append(Problem(code, message, place, key=key))

    def refuse(self, name: str) -> None:
        """Raises Invalid with every problem, when there is one."""
        if self.problems:
            more = len(self.problems) - 1
            first = self.problems[0].message
            words = phrase("%(first)s Còn %(more)s chỗ khác chưa đúng.", first=first, more=more) if more else first
            raise Invalid(words, code=name, field="file", problems=self.problems)


def text_of(data: bytes, charset: str = "utf-8") -> str:
    """The text of a file. Raises Invalid for one that is empty, too large, or not in the letters that it says."""
    if not data.strip():
        raise Invalid("Tệp trống.", code="file-empty", field="file")
    if len(data) > MOST_BYTES:
        raise Invalid("Tệp lớn quá 5 MB. Hãy chia nhỏ rồi gửi từng phần.", code="file-large", field="file")
    try:
        text = data.decode("utf-8-sig" if charset == "utf-8" else charset)
    except UnicodeDecodeError as error:
        raise Invalid(
            "Tệp không phải chữ Unicode (UTF-8). Nếu là phông cũ (TCVN3, VNI), hãy chuyển sang Unicode rồi gửi lại.",
            code="file-encoding",
            field="file",
        ) from error
    if looks_garbled(text) or _looks_old(text):
        raise Invalid(
            "Chữ trong tệp bị vỡ hoặc dùng phông cũ (TCVN3, VNI). Hãy chuyển sang Unicode (UTF-8) rồi gửi lại.",
            code="file-old-font",
            field="file",
        )
    return text


def _looks_old(text: str) -> bool:
    """True when letters of old fonts stand within words: «NguyÔn V¨n» is no Vietnamese."""
    return any(_BARE_OLD & set(found.group()) for found in _OLD_FONT.finditer(text))


def number_of(text: str) -> Decimal | None:
    """A number with a point or a comma before its decimals, None for anything else."""
    text = text.strip()
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def signed_number(text: str) -> tuple[str, Decimal | None]:
    """(comparator of FHIR or "", number) of `<5`, `≤ 5`, `5`; None for what stands behind the sign when it is none."""
    text = text.strip()
    sign = next((sign for sign in _SIGNS if text.startswith(sign)), "")
    return _SIGNS.get(sign, ""), number_of(text.removeprefix(sign))


def limits_of(text: str) -> Limits | None:
    """`3,9 - 6,4`, `<5`, `> 10`; words as they are; None for nothing."""
    text = text.strip()
    if not text:
        return None
    if found := _BETWEEN.fullmatch(text):
        low, high = (Decimal(part.replace(",", ".")) for part in found.groups())
        return Limits(low, high, text=text) if low < high else Limits(text=text)
    if found := _BELOW.fullmatch(text):
        return Limits(high=Decimal(found[1].replace(",", ".")), text=text, strict=_strict(text))
    if found := _ABOVE.fullmatch(text):
        return Limits(low=Decimal(found[1].replace(",", ".")), text=text, strict=_strict(text))
    return Limits(text=text)


def _strict(text: str) -> bool:
    """True where the end itself does not belong to the range: `<5`, `dưới 5`, but not `≤5`, `đến 5`."""
    return text.startswith(("<", ">", "dưới", "trên")) and not text.startswith(("<=", ">="))


def told_moment(moment: datetime, now: datetime) -> str:
    """The FHIR dateTime of a moment that has been; raises ValueError for one that has not."""
    if moment > now + _CLOCKS_DIFFER:
        raise ValueError("future")
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


def twice(numbers: Sequence[str]) -> str:
    """The first number that stands twice, "" when there is none."""
    seen: set[str] = set()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return ""
