"""Vietnamese text: one stored form (NFC), one search key, one order, one way to write dates and numbers."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from ansinh.kernel.clock import at_home

_SPACES = re.compile(r"\s+")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")  # those of Vietnamese; rarer ones are looked up one by one
# What Windows-1252 shows for the bytes 80–9F, where Latin-1 has control characters.
_WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MOJIBAKE = re.compile(rf"Ã[\x80-\xbf{_WINDOWS}]|á[º»][\x80-\xbf{_WINDOWS}]|Ä[\x80-\x91{_WINDOWS}]|\ufffd")
_LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
_ORDER = {letter: index for index, letter in enumerate(_LETTERS)}


def nfc(text: str) -> str:
    """The stored form: NFC, outer and doubled spaces removed."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def printable(text: str) -> str:
    """The text without what no document can hold: control codes that came along with a paste (line breaks and tabs
    stay), halves of a character, code points that are none."""
    return _UNPRINTABLE.sub("", text)


def fold(text: str) -> str:
    """The search key: lower case, no marks, đ → d, one space between words.

    >>> fold("Nguyễn  Văn Đạo")
    'nguyen van dao'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.casefold().replace("đ", "d")))
    if not bare.isascii():
        bare = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(bare.split())


def name_parts(full_name: str) -> tuple[str, str, str]:
    """(family, middle, given) as Vietnamese names are written; a one-word name is all given.

    >>> name_parts("Nguyễn Thị Minh Khai")
    ('Nguyễn', 'Thị Minh', 'Khai')
    >>> name_parts("H'Ly")
    ('', '', "H'Ly")
    """
    words = nfc(full_name).split(" ")
    if len(words) == 1:
        return "", "", words[0]
    return words[0], " ".join(words[1:-1]), words[-1]


def collation_key(text: str) -> tuple[tuple[int, ...], ...]:
    """Dictionary order of Vietnamese, word by word ("An Bình" before "Anh")."""
    return tuple(tuple(_ORDER.get(char, 1000 + ord(char)) for char in word) for word in nfc(text).casefold().split(" "))


# The same order as collation_key in one string, made at the speed of C: lists of thousands are sorted on each request.
class _Places(dict[int, str]):
    """Letters of the alphabet by their place; any other character after them."""

    def __missing__(self, char: int) -> str:
        return chr(1000 + char)


_PLACES = _Places({ord(letter): chr(2 + index) for letter, index in _ORDER.items()} | {ord(" "): "\x01"})


def name_sort_text(full_name: str) -> str:
    """`name_order` of a stored (NFC) name as one string, many times faster."""
    words = full_name.casefold().split(" ")
    given, family, middle = words[-1], words[0] if len(words) > 1 else "", " ".join(words[1:-1])
    return "\x00".join(part.translate(_PLACES) for part in (given, family, middle))


def name_order(full_name: str) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Order of Vietnamese name lists: given name, then family, then middle."""
    family, middle, given = name_parts(full_name)
    return collation_key(given), collation_key(family), collation_key(middle)


def looks_garbled(text: str) -> bool:
    """True for UTF-8 read as Latin-1 (`Nguyá»…n`): a scanner or file with the wrong encoding."""
    return bool(_MOJIBAKE.search(text))


def format_date(value: date | str | None) -> str:
    """dd/mm/yyyy, mm/yyyy or yyyy, with the precision that is known; a time on its day in Vietnam. "" for nothing.

    >>> format_date("1948-03"), format_date("1948"), format_date(date(2025, 7, 1)), format_date("2025-12-31T20:30:00Z")
    ('03/1948', '1948', '01/07/2025', '01/01/2026')
    """
    if not value:
        return ""
    return "/".join(reversed(at_home(str(value))[:10].split("-")))


def format_number(value: Decimal | float | None, places: int | None = None) -> str:
    """1.350.000,5 – dot between thousands, comma before decimals."""
    if value is None:
        return ""
    text = f"{value:,.{places}f}" if places is not None else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))
