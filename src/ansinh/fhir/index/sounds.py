"""How a Vietnamese name sounds, for `phonetic`: spellings that one hears alike, or that regions speak alike, are one.

Our own rule, from what registers confuse: the beginnings d/gi/r, s/x, ch/tr, l/n, c/k/q, g/gh, ng/ngh, ph/f, the vowels
i/y, and the endings n/ng/nh and t/c/ch. Marks and tones are gone before (`kernel.text.fold`).
"""

import re

from ansinh.kernel.text import fold

_BEGINNINGS = (
    ("ngh", "ng"), ("ng", "ng"), ("nh", "nh"), ("gia", "za"), ("gio", "zo"), ("giu", "zu"), ("gi", "zi"), ("gh", "g"),
    ("kh", "kh"), ("ph", "f"), ("qu", "cu"), ("th", "th"), ("tr", "ch"), ("ch", "ch"), ("d", "z"), ("r", "z"),
    ("s", "x"), ("k", "c"), ("q", "c"), ("l", "n"),
)  # fmt: skip
_ENDINGS = (("ng", "n"), ("nh", "n"), ("ch", "t"), ("c", "t"))
_APART = re.compile(r"[^a-z0-9 ]+")


def sounds(text: str) -> str:
    """The words of a text as they sound.

    >>> sounds("Nguyễn Thị Sương"), sounds("Nguyen thi xuong")
    ('nguien thi xuon', 'nguien thi xuon')
    """
    return " ".join(_word(word) for word in _APART.sub("", fold(text)).split(" ") if word)


def _word(word: str) -> str:
    begun = next((new + word[len(old) :] for old, new in _BEGINNINGS if word.startswith(old)), word)
    heard = begun.replace("y", "i")
    for old, new in _ENDINGS:
        if heard.endswith(old) and len(heard) > len(old):
            return heard[: -len(old)] + new
    return heard
