"""What another system writes in UTC counts on the day that it was in Vietnam: in views, figures and lists."""

import pytest

from ansinh.clinical.registry import actions as registry
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import Repository
from ansinh.fhir.views import live, tables
from ansinh.kernel.context import system_context
from ansinh.kernel.naming import CS
from ansinh.programme.measures import queries, rules
from ansinh.programme.measures.counting import Counting

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(lan, world):
    """Writes a visit of one person that began at a time, as another system would; gives its id."""
    person = registry.register_person(lan, draft=PersonDraft("Lò Thị Mỷ", "female", "1951"))

    def write(start: str, kind: str = "visit") -> str:
        contact = {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "type": [{"coding": [{"system": CS("encounter-type"), "code": kind}]}],
            "subject": {"reference": f"Patient/{person}"},
            "period": {"start": start, "end": start},
            "serviceProvider": {"reference": f"Organization/{world.a}"},
        }
        return Repository(system_context()).create(contact).resource["id"]

    return write


def visits(unit: str, year: int) -> int:
    count = Counting()
    return queries.compute(count, count.definition("visits"), unit, rules.year(year)).numerator


DAYS = [
    ("2024-12-31T16:59:59Z", 2024),
    ("2024-12-31T17:00:00Z", 2025),
    ("2024-12-31T23:30:00+00:00", 2025),
    ("2025-01-01T00:30:00+09:00", 2024),
    ("2025-01-01T00:00:00+07:00", 2025),
]


@pytest.mark.parametrize(("start", "year"), DAYS, ids=[row[0] for row in DAYS])
def test_visit_counts_in_the_year_that_it_was_in_vietnam(world, visit, start, year):
    before = {each: visits(world.a, each) for each in (2024, 2025)}

    visit(start)

    assert {each: visits(world.a, each) - before[each] for each in before} == {
        each: int(each == year) for each in before
    }


def test_record_keeps_the_time_as_it_was_written(world, visit):
    contact = visit("2024-12-31T17:00:00Z")

    sql = "SELECT c.start FROM view_encounter c WHERE {reach:c} AND c.id = :id"
    row = tables.rows(system_context(), sql, {"id": contact})[0]

    assert Repository(system_context()).read("Encounter", contact)["period"]["start"] == "2024-12-31T17:00:00Z"
    assert row["start"] == "2025-01-01T00:00:00+07:00"


def test_rows_made_again_tell_the_same_day(world, visit):
    visit("2024-12-31T17:00:00Z")

    assert live.check("encounter")
