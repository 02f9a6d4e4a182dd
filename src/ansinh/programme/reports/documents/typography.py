"""Widths of text in Times, for rules that must be as long as a line. Widths are those of the public AFM of Times."""

from ansinh.kernel.text import fold

_LOWER = "500 556 444 556 444 333 500 556 278 333 556 278 833 556 500 556 556 444 389 333 556 500 722 500 500 444"
_UPPER = "722 667 722 722 667 611 778 778 389 500 778 667 944 722 778 611 778 722 556 667 722 722 1000 722 722 667"
_BOLD = dict(zip("abcdefghijklmnopqrstuvwxyz", map(int, _LOWER.split()), strict=True))
_BOLD_CAPITALS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", map(int, _UPPER.split()), strict=True))
_OTHER = {" ": 250, "-": 333, ".": 250, ",": 250, "–": 500}
_DIGIT = 500


def width_cm(text: str, size: float) -> float:
    """Width in centimetres of `text` in Times bold at `size` points; marks add nothing."""
    units = sum(_width(char) for char in text)
    return units / 1000 * size * 2.54 / 72


def _width(char: str) -> int:
    if char in _OTHER:
        return _OTHER[char]
    letter = fold(char)
    if not letter:
        return _OTHER[" "]
    table = _BOLD_CAPITALS if char.isupper() else _BOLD
    return table.get(letter.upper() if char.isupper() else letter, _DIGIT)


def wrapped(text: str, size: float, available: float) -> list[str]:
    """The lines that `text` takes in `available` centimetres, broken between words."""
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_cm(joined, size) <= available:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines
