"""A hand at keyboard and mouse: does each step in a real browser, and adds up what it costs a person.

Keystroke-level model: S. K. Card, T. P. Moran, A. Newell, The keystroke-level model for user performance time with
interactive systems, Communications of the ACM 23(7), 1980, 396-410. K is that of an average non-secretary typist (40
words a minute); a shifted or controlled key is two. Vietnamese is counted as it is typed with Telex.

Where people think (M): before a command is chosen, and before each thing that is looked up or recalled (a field of a
form, one person's line on a round). Figures of one line are copied as one thing, as the model's rule for strings that
belong together has it.
"""

import unicodedata
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

SOURCE = "Card, Moran, Newell 1980, Communications of the ACM 23(7), 396-410"
K, P, B, H, M = 0.28, 1.10, 0.20, 0.40, 1.35  # seconds: key, point, press of a button, change of device, think

# marks that Telex types with one more key (aa, ee, oo, dd, aw, ow, uw), and tones (s, f, r, x, j)
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_SHAPES = {"\u0302", "\u0306", "\u031b"}


def keys_of(text: str) -> int:
    """How many keys a text takes: `Đỗ` is Shift, d, d, o, o, x."""
    count = 0
    for char in unicodedata.normalize("NFD", text):
        if char in _TONES or char in _SHAPES:
            count += 1
        elif char in "đĐ":
            count += 2 + (char == "Đ")
        else:
            count += 1 + char.isupper()
    return count


@dataclass
class Hand:
    """One task. response: seconds that the page made the person wait, as measured here."""

    page: Any
    keys: int = 0
    points: int = 0
    presses: int = 0
    changes: int = 0
    thoughts: int = 0
    response: float = 0.0
    at_mouse: bool = field(default=False)

    def think(self) -> "Hand":
        """Look something up, recall it, decide."""
        self.thoughts += 1
        return self

    def type(self, text: str) -> "Hand":
        """Type into whatever has the focus."""
        self._to_keyboard()
        self.keys += keys_of(text)
        self.page.keyboard.type(text)
        return self

    def press(self, key: str) -> "Hand":
        """One key, or `Control+Enter`."""
        self._to_keyboard()
        self.keys += key.count("+") + 1
        self.page.keyboard.press(key)
        return self

    def click(self, target: Any) -> "Hand":
        """Point at something and press."""
        self.changes += not self.at_mouse
        self.at_mouse = True
        self.points += 1
        self.presses += 1
        target.click()
        return self

    def wait(self, act: Any, until: Any) -> "Hand":
        """Do something that makes the person wait for the page; the wait counts as it was."""
        start = perf_counter()
        act()
        until()
        self.response += perf_counter() - start
        return self

    def _to_keyboard(self) -> None:
        self.changes += self.at_mouse
        self.at_mouse = False

    @property
    def seconds(self) -> float:
        """What the task takes, the wait included."""
        return self.hand_seconds + self.response

    @property
    def hand_seconds(self) -> float:
        """What the task takes a person beside the wait."""
        return self.keys * K + self.points * P + self.presses * B + self.changes * H + self.thoughts * M
