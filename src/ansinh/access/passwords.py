"""Whether a password is one that is tried first: known from lists of commonest ones, or as good as one of them.

    definitions/passwords/common.sha1      first five bytes of the SHA-1 of each common password, sorted
    definitions/passwords/vietnamese.yaml  words that Vietnamese passwords are made of, readable

    "Matkhau@2026" ─► matkhau@2026, matkhau, … ─► in either? ─► refused

Nothing leaves the node. How the list was made is in definitions/passwords/README.md.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ansinh.kernel import yaml
from ansinh.kernel.text import fold

WIDTH = 5  # bytes kept of each SHA-1: one chance in ten million that a good password is taken for a known one
_SWAPPED = str.maketrans("@$0134578!", "asoieastbi")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"(.+?)\1+.{0,3}")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t6y7u8i9o0p")


class KnownPasswordValidator:
    """Django's validator for `is_known`."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that is tried first."""
        if is_known(password):
            raise ValidationError(
                _(
                    "Mật khẩu này nằm trong số những mật khẩu hay bị thử đầu tiên. Hãy ghép vài từ không liên quan với "
                    "nhau."
                ),
                code="password_known",
            )

    def get_help_text(self) -> str:
        return _("Không dùng mật khẩu phổ biến, dãy phím liền nhau, hay một từ quen chỉ thêm vài chữ số.")


def is_known(password: str) -> bool:
    """True for a common password, one with figures and signs around it, figures alone, or a run of keys."""
    plain = "".join(fold(password).split())
    if not re.search(r"[^\W\d_]", plain) or _REPEATED.fullmatch(plain) or _is_run(plain):
        return True
    return any(_stands_in_a_list(form) for form in _forms(plain))


def known_prefixes(words: Iterable[str]) -> bytes:
    """The content of `common.sha1` for these passwords."""
    return b"".join(sorted({_sha1(fold(word)) for word in words}))


def _forms(plain: str) -> Iterator[str]:
    """The password itself, and what is left when figures and signs at its ends are taken off or read as letters."""
    for text in (plain, plain.translate(_SWAPPED)):
        yield text
        bare = _EDGES.sub("", text)
        if len(bare) >= 3 and len(text) - len(bare) <= 6:
            yield bare
            yield re.sub(r"[\W_]", "", bare)


def _stands_in_a_list(text: str) -> bool:
    return text in _words() or _made_of_words(text) or _in_list(_sha1(text))


def _made_of_words(text: str) -> bool:
    """True when the Vietnamese words alone, one after another, make the text."""
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(text[start:end] in _words() for start in reached):
            reached.add(end)
    return len(text) in reached and len(text) > 0


def _is_run(plain: str) -> bool:
    """True when the password is nothing but runs of neighbouring keys, four or more at a time."""
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    at = 0
    while at < len(plain):
        run = max((n for row in rows for n in range(4, len(plain) - at + 1) if plain[at : at + n] in row), default=0)
        if not run:
            return False
        at += run
    return True


def _in_list(prefix: bytes) -> bool:
    content = _prefixes()
    at = bisect_left(range(len(content) // WIDTH), prefix, key=lambda i: content[i * WIDTH : (i + 1) * WIDTH])
    return content[at * WIDTH : (at + 1) * WIDTH] == prefix


def _sha1(text: str) -> bytes:
    return hashlib.sha1(text.encode(), usedforsecurity=False).digest()[:WIDTH]


@cache
def _prefixes() -> bytes:
    return (Path(settings.DEFINITIONS) / "passwords" / "common.sha1").read_bytes()


@cache
def _words() -> frozenset[str]:
    return frozenset(yaml.read(Path(settings.DEFINITIONS) / "passwords" / "vietnamese.yaml")["words"])
