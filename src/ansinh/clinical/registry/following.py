"""Is this person's health managed and followed electronically? The measure of the same name, for one person. Pure.

The definition is the file definitions/measures/people-managed-electronically/measure.yaml; a test gives its examples
to this function, so that the person page and the province's figure cannot drift apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MEASURE = "people-managed-electronically"


@dataclass(frozen=True, slots=True)
class Following:
    """counted: in the denominator (an open stay or follow-up, alive). missing: keys of the measure's conditions."""

    counted: bool
    missing: tuple[str, ...]

    @property
    def managed(self) -> bool:
        """True when the person counts for the goal."""
        return self.counted and not self.missing


def following(
    *,
    counted: bool,
    name: str,
    gender: str,
    birth: str,
    checks: Iterable[str],
    vitals: Iterable[str],
    problems_recorded: Iterable[str],
    on: date,
) -> Following:
    """State on a day, from FHIR dates: of periodic checks that were done, of vital signs that were measured, and of
    every diagnosis or problem ("" where the date is unknown)."""
    first, last = year_before(on).isoformat(), on.isoformat()
    checked = any(first <= day[:10] <= last for day in checks)
    missing = []
    if not (name and gender in ("male", "female", "other") and birth):
        missing.append("identity")
    if not checked and not any(first <= day[:10] <= last for day in vitals):
        missing.append("follow-up")
    if not checked and not any(not day or day[:10] <= last for day in problems_recorded):
        missing.append("problems")
    return Following(counted, tuple(missing))


def year_before(on: date) -> date:
    """First day of the twelve months that end with `on` (31/12/2025 → 01/01/2025)."""
    after = on + timedelta(days=1)
    day = 28 if (after.month, after.day) == (2, 29) else after.day
    return after.replace(year=after.year - 1, day=day)
