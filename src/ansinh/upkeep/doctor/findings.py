"""What one look found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Look = Callable[[], Iterator["Finding"]]


@dataclass(frozen=True, slots=True)
class Finding:
    """level: `good`, `warn` or `bad`. what: one sentence. mend: what to do; "" where nothing is to be done."""

    level: str
    what: str
    mend: str = ""


def good(what: str) -> Finding:
    """All is as it should be."""
    return Finding("good", what)


def warn(what: str, mend: str) -> Finding:
    """It works, and should be mended."""
    return Finding("warn", what, mend)


def bad(what: str, mend: str) -> Finding:
    """Records are in danger, or will be."""
    return Finding("bad", what, mend)
