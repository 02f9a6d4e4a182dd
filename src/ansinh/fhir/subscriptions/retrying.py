"""When to try again, and when to give up. Pure."""

import random

SECOND = 1_000_000
FIRST, LONGEST = 5 * SECOND, 3600 * SECOND
MOST_FAILURES = 12
"""With these, a receiver that does not answer is told `error` after about three and a half hours."""

OFF_AFTER = 7 * 24 * 3600 * SECOND
"""How long a subscription stays in `error` before it is switched off."""


def pause(failures: int, chance: float | None = None) -> int:
    """Microseconds to wait after so many failures in a row (1, 2, …): doubling from 5 s to at most an hour, and a
    quarter more or less, so that receivers that failed together are not asked together. chance: 0 to 1."""
    drawn = random.random() if chance is None else chance
    base = min(FIRST * 2 ** min(failures - 1, 30), LONGEST)
    return int(base * (0.75 + drawn / 2))


def gives_up(failures: int) -> bool:
    """True when a subscription that failed so often in a row is to be set to `error`."""
    return failures >= MOST_FAILURES
