"""What the prefixes of a date search mean: R4's own words about ranges, tried on every pair of a small calendar.

Each value, in a record or in a request, is the range of what it can mean; the table below states the prefixes over
ranges, and both runners must find just the records that it says.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.support.search_spec import assert_found

pytestmark = pytest.mark.django_db
VIETNAM = timezone(timedelta(hours=7))
EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)


def span(text: str) -> tuple[datetime, datetime]:
    """First and last instant that a date can mean; without a zone it is meant in Vietnam."""
    if "T" in text:
        start = datetime.fromisoformat(text)
        return start, start + timedelta(seconds=1) - TICK
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    start = datetime(year, month or 1, day or 1, tzinfo=VIETNAM)
    last_month = month or 12
    end = datetime(year, last_month, day or monthrange(year, last_month)[1], tzinfo=VIETNAM) + timedelta(days=1)
    return start, end - TICK


# FHIR R4, search: "the range of the search value" is (low, high), "the range of the target" is (first, last).
MEANING = {
    "": lambda low, high, first, last: low <= first and last <= high,
    "eq": lambda low, high, first, last: low <= first and last <= high,
    "ne": lambda low, high, first, last: not (low <= first and last <= high),
    "gt": lambda low, high, first, last: last > high,
    "lt": lambda low, high, first, last: first < low,
    "ge": lambda low, high, first, last: last > high or (low <= first and last <= high),
    "le": lambda low, high, first, last: first < low or (low <= first and last <= high),
    "sa": lambda low, high, first, last: first > high,
    "eb": lambda low, high, first, last: last < low,
}
STAYS: dict[str, tuple[str | None, str | None]] = {
    "y24": ("2024", "2024"),
    "may": ("2024-05", "2024-05"),
    "day": ("2024-05-20", "2024-05-20"),
    "leap": ("2024-02-29", "2024-02-29"),
    "over": ("2023-12-31", "2024-01-01"),
    "long": ("2023-06-01", "2025-06-01"),
    "from": ("2024-05-20", None),
    "till": (None, "2024-05-20"),
    "night": ("2024-05-20T23:59:59+07:00", "2024-05-21T00:00:00+07:00"),
    "utc": ("2024-05-19T17:00:00Z", "2024-05-20T16:59:59Z"),
}
ASKED = ["2024", "2023", "2024-05", "2024-02", "2024-05-20", "2024-05-21", "2024-02-29", "2024-05-20T23:59:59%2B07:00"]


def stay(fhir_id: str, start: str | None, end: str | None) -> dict:
    period = {key: value for key, value in (("start", start), ("end", end)) if value}
    subject = {"reference": "Patient/p"}
    return {"resourceType": "EpisodeOfCare", "id": fhir_id, "status": "active", "patient": subject, "period": period}


def target(start: str | None, end: str | None) -> tuple[datetime, datetime]:
    return (span(start)[0] if start else EVER[0]), (span(end)[1] if end else EVER[1])


FACTS = [stay(fhir_id, *period) for fhir_id, period in STAYS.items()]


@pytest.mark.parametrize("prefix", MEANING)
@pytest.mark.parametrize("asked", ASKED)
def test_prefix_finds_the_ranges_that_the_standard_says(prefix, asked):
    value = asked.replace("%2B", "+")
    low, high = span(value)

    found = {fhir_id for fhir_id, period in STAYS.items() if MEANING[prefix](low, high, *target(*period))}

    assert_found(FACTS, f"EpisodeOfCare?date={prefix}{value}", found)
