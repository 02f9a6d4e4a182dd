"""Which characters our faces can show, read from their `cmap` tables (OpenType, formats 4 and 12).

A character that no face has would stop an archival document from being made at all. It is written as its number,
`‹U+4E2D›`, so that what was recorded is neither lost nor guessed at.
"""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
_LAYOUT = frozenset("\n\t\u00ad\u200b\u200c\u200d\u2060\ufeff")  # no sign of their own


class _Shown(dict[int, str | int | None]):
    """For `str.translate`: characters that stay, and the number of those that cannot."""

    def __missing__(self, code: int) -> str | int | None:
        if chr(code) in _LAYOUT:
            found: str | int | None = code if chr(code) in "\n\t" else None
        elif code in covered():
            found = code
        else:
            found = f"‹U+{code:04X}›"
        self[code] = found
        return found


_shown = _Shown()


def showable(text: str) -> str:
    """The text with the number of each character that no face of ours can show."""
    return text if text.isascii() and text.isprintable() else text.translate(_shown)


@cache
def covered() -> frozenset[int]:
    """Code points that every face has."""
    faces = [frozenset(_code_points(path.read_bytes())) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset.intersection(*faces)


def _code_points(font: bytes) -> Iterator[int]:
    for offset in _subtables(font):
        match struct.unpack_from(">H", font, offset)[0]:
            case 4:
                yield from _segments(font, offset)
            case 12:
                yield from _groups(font, offset)


def _subtables(font: bytes) -> Iterator[int]:
    """Where each table of characters begins."""
    count = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(count))
    start = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        yield start + struct.unpack_from(">HHL", font, start + 4 + 8 * number)[2]


def _segments(font: bytes, offset: int) -> Iterator[int]:
    count = struct.unpack_from(">H", font, offset + 6)[0] // 2
    words = struct.Struct(f">{count}H")
    at = offset + 14
    ends = words.unpack_from(font, at)
    starts = words.unpack_from(font, at + 2 * count + 2)
    deltas = words.unpack_from(font, at + 4 * count + 2)
    ranges_at = at + 6 * count + 2
    shifts = words.unpack_from(font, ranges_at)
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if shifts[number]:
                glyph = struct.unpack_from(">H", font, ranges_at + 2 * number + shifts[number] + 2 * (code - first))[0]
                if not glyph:
                    continue
            if (glyph + deltas[number]) & 0xFFFF:
                yield code


def _groups(font: bytes, offset: int) -> Iterator[int]:
    for number in range(struct.unpack_from(">L", font, offset + 12)[0]):
        first, last, _glyph = struct.unpack_from(">LLL", font, offset + 16 + 12 * number)
        yield from range(first, last + 1)
