"""First and last days: which stays, visits and checks a period takes in, over the live views of the node.

Every row is one person at one centre; what it must give was read from the definitions of the measures.
"""

import pytest

from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.measures import queries, rules

pytestmark = pytest.mark.django_db
NODE = system_context()
CENTRE = organization_id("tt-dieu-duong-nho-quan")
KINDS = "https://ansinh.vn/fhir/CodeSystem/encounter-type"


def counted(measure: str, period: str) -> int:
    return queries.result(NODE, measure, CENTRE, rules.parse_period(period)).numerator


@pytest.fixture
def stay(world, system, person_at):
    """A stay from a day to a day (or still open) in a state."""

    def make(start, end=None, status="active"):
        person = person_at(CENTRE, since=start)
        sql = "SELECT e.id FROM view_episode e WHERE {reach:e} AND e.patient_id = :person"
        (row,) = tables.rows(NODE, sql, {"person": person})
        kept = system.read("EpisodeOfCare", row["id"])
        period = {"start": start} | ({"end": end} if end else {})
        system.save(kept | {"status": "finished" if end else status, "period": period})
        return person

    return make


@pytest.fixture
def met(system, person_at):
    """A meeting of a kind at an instant, in a state."""

    def make(at, kind="visit", status="finished"):
        person = person_at(CENTRE, since="2020-01-01")
        system.create(
            {
                "resourceType": "Encounter",
                "status": status,
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                "type": [{"coding": [{"system": KINDS, "code": kind}]}],
                "subject": {"reference": f"Patient/{person}"},
                "serviceProvider": {"reference": f"Organization/{CENTRE}"},
                "period": {"start": at},
            }
        )

    return make


# start, end, state of a stay: is it open at the end of 2024, of 2025; was somebody served in 2024, in 2025
STAYS = [
    ("2024-01-01", None, "active", 1, 1, 1, 1),
    ("2024-12-31", None, "active", 1, 1, 1, 1),
    ("2025-01-01", None, "active", 0, 1, 0, 1),
    ("2025-12-31", None, "active", 0, 1, 0, 1),
    ("2024-03-01", "2024-12-31", "finished", 0, 0, 1, 0),  # left on the last day: no longer there at its end
    ("2024-03-01", "2025-01-01", "finished", 1, 0, 1, 1),
    ("2024-03-01", "2025-12-31", "finished", 1, 0, 1, 1),
    ("2024-06-01", "2024-06-01", "finished", 0, 0, 1, 0),  # came and left on one day
    ("2023-01-01", "2023-12-31", "finished", 0, 0, 0, 0),
    ("2024-05-01", None, "onhold", 1, 1, 1, 1),
    ("2024-05-01", None, "planned", 0, 0, 0, 0),
    ("2024-05-01", None, "cancelled", 0, 0, 0, 0),
]


@pytest.mark.parametrize(("start", "end", "status", "open24", "open25", "served24", "served25"), STAYS)
def test_stay_is_counted_in_the_periods_that_it_touches(stay, start, end, status, open24, open25, served24, served25):
    stay(start, end, status)

    assert (counted("stays-open", "2024"), counted("stays-open", "2025")) == (open24, open25)
    assert (counted("people-served", "2024"), counted("people-served", "2025")) == (served24, served25)


# instant, kind, state of a meeting: is it a visit of 2024, of 2025, of the last quarter of 2024
MEETINGS = [
    ("2024-01-01T00:00:00+07:00", "visit", "finished", 1, 0, 0),
    ("2024-09-30T23:59:59+07:00", "visit", "finished", 1, 0, 0),
    ("2024-10-01T00:00:00+07:00", "visit", "finished", 1, 0, 1),
    ("2024-12-31T23:59:59+07:00", "visit", "finished", 1, 0, 1),
    ("2025-01-01T00:00:00+07:00", "visit", "finished", 0, 1, 0),
    ("2024-12-31", "visit", "finished", 1, 0, 1),
    ("2024-11-05T08:00:00+07:00", "visit", "in-progress", 1, 0, 1),
    ("2024-11-05T08:00:00+07:00", "visit", "planned", 0, 0, 0),
    ("2024-11-05T08:00:00+07:00", "visit", "cancelled", 0, 0, 0),
    ("2024-11-05T08:00:00+07:00", "visit", "entered-in-error", 0, 0, 0),
    ("2024-11-05T08:00:00+07:00", "periodic-check", "finished", 0, 0, 0),
    ("2024-11-05T08:00:00+07:00", "rehab-session", "finished", 0, 0, 0),
]


@pytest.mark.parametrize(("at", "kind", "status", "in24", "in25", "last_quarter"), MEETINGS)
def test_visit_is_counted_on_its_day_in_vietnam(met, at, kind, status, in24, in25, last_quarter):
    met(at, kind, status)

    assert [counted("visits", period) for period in ("2024", "2025", "2024-Q4")] == [in24, in25, last_quarter]


@pytest.mark.parametrize(("measure", "kind"), [("visits", "visit"), ("rehab-sessions", "rehab-session")])
def test_months_of_a_year_add_up_to_the_year(met, measure, kind):
    for at in ("2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01", "2024-06-30", "2024-07-01", "2024-12-31"):
        met(f"{at}T12:00:00+07:00", kind)

    months = [counted(measure, f"2024-{month:02}") for month in range(1, 13)]

    assert months == [1, 2, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1]
    assert sum(months) == counted(measure, "2024") == 7
    for size, part in ((4, "Q"), (2, "H")):
        assert sum(counted(measure, f"2024-{part}{number}") for number in range(1, size + 1)) == 7


@pytest.mark.parametrize("measure", ["people-managed-electronically", "insurance-coverage", "periodic-checks-done"])
def test_share_of_nobody_is_unknown_and_says_why(world, measure):
    found = queries.result(NODE, measure, CENTRE, rules.year(2024))

    assert (found.numerator, found.denominator, found.value) == (0, 0, None)
    assert found.reason


@pytest.mark.parametrize(
    ("checked", "managed"),
    [("2024-12-31", 0), ("2025-01-01", 1), ("2025-12-31", 1), ("2026-01-01", 0), ("", 0)],
)
def test_person_is_followed_by_a_check_within_the_twelve_months(world, person_at, checked, managed):
    person_at(CENTRE, since="2024-05-01", checked=checked)

    found = queries.result(NODE, "people-managed-electronically", CENTRE, rules.year(2025))

    assert (found.numerator, found.denominator) == (managed, 1)
