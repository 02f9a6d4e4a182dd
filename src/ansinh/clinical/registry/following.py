"""Is this person's health managed and followed electronically? The measure of the same name, for one person. Pure.

The definition is the file definitions/measures/people-managed-electronically/measure.yaml; a test gives its examples
to this function, so that the person page and the province's figure cannot drift apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MEASURE = "people-managed-electronically"
_DONE = ("finished", "in-progress")


@dataclass(frozen=True, slots=True)
class Contact:
    """A visit or check: kind, status, FHIR dateTime of its start, whether vital signs were taken."""

    kind: str
    status: str
    start: str
    vitals: bool = False


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
    contacts: Iterable[Contact],
    problems_recorded: Iterable[str],
    on: date,
) -> Following:
    """State on a day. problems_recorded: dates of every diagnosis or problem, "" where the date is unknown."""
    first, last = year_before(on).isoformat(), on.isoformat()
    recent = [one for one in contacts if one.status in _DONE and first <= one.start[:10] <= last]
    checked = any(one.kind == "periodic-check" for one in recent)
    missing = []
    if not (name and gender in ("male", "female", "other") and birth):
        missing.append("identity")
    if not checked and not any(one.kind == "visit" and one.vitals for one in recent):
        missing.append("follow-up")
    if not checked and not any(not day or day[:10] <= last for day in problems_recorded):
        missing.append("problems")
    return Following(counted, tuple(missing))


def year_before(on: date) -> date:
    """First day of the twelve months that end with `on` (31/12/2025 → 01/01/2025)."""
    after = on + timedelta(days=1)
    day = 28 if (after.month, after.day) == (2, 29) else after.day
    return after.replace(year=after.year - 1, day=day)
