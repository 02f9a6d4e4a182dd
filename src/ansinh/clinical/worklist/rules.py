"""When something is due, and how pressing it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ansinh.clinical.encounters.rules import next_check

WITHOUT_LIMIT = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of work. months: from the day that `sql` gives to the day it is due (0: that day itself).

    soon: how many days ahead it is shown, None for at once. target: `person` or `ref`, what the action's address takes.
    """

    id: str
    order: int
    title: str
    title_en: str
    permission: str
    action: str
    target: str
    button: str
    button_en: str
    source: str
    views: Sequence[str]
    sql: str
    months: int = 0
    soon: int | None = None

    def words(self, language: str) -> str:
        """What the work is called."""
        return self.title_en if language == "en" else self.title

    def button_words(self, language: str) -> str:
        """What the tap does."""
        return self.button_en if language == "en" else self.button

    def last_day(self, today: date) -> date:
        """The latest day of `sql` that is shown today: rows after it are not due yet."""
        if self.soon is None:
            return WITHOUT_LIMIT
        due = today + timedelta(days=self.soon)
        return months_before(due, self.months) if self.months else due

    def due(self, day: date) -> date:
        """The day on which it is due."""
        return next_check(day, self.months) if self.months else day


def months_before(due: date, months: int) -> date:
    """The latest day from which `months` months do not reach beyond `due`."""
    day = due - timedelta(days=31 * months)
    while next_check(day + timedelta(days=1), months) <= due:
        day += timedelta(days=1)
    return day


def tone(due: date, today: date, *, urgent: bool, months: int = 0, last: date | None = None) -> str:
    """`bad` when urgent, or late by as long as the interval itself (twice six months: the yearly check is missed);
    `warn` when late; "" otherwise."""
    if urgent or (months and last is not None and next_check(last, 2 * months) < today):
        return "bad"
    return "warn" if due < today else ""
