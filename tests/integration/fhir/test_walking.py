"""Pages walked along the index of their sort key are those that computing every key gives, page by page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansinh.fhir.search import search, walking
from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.reference import run
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Refused

pytestmark = pytest.mark.django_db

TAG = {"system": "https://example.org/walking", "code": "w"}
MINE = ("_tag", "https://example.org/walking|w")


def encounter(number: int, **period: str) -> dict:
    return {"resourceType": "Encounter", "id": f"walk-{number}", "status": "finished", "meta": {"tag": [TAG]},
            "class": {"code": "AMB"}, **({"period": period} if period else {})}  # fmt: skip


def chapter(number: int, title: str, *dates: str) -> dict:
    """`date` of a List is one; a Patient's `name` and a ValueSet's `url` are texts; RiskAssessment has numbers."""
    more = {"date": dates[0]} if dates else {}
    return {"resourceType": "ValueSet", "id": f"set-{number}", "status": "active", "meta": {"tag": [TAG]},
            "title": title, "url": f"http://example.org/{title}", **more}  # fmt: skip


def risk(number: int, *chances: float) -> dict:
    predictions = [{"probabilityDecimal": chance} for chance in chances]
    return {"resourceType": "RiskAssessment", "id": f"risk-{number}", "status": "final", "meta": {"tag": [TAG]},
            "subject": {"reference": "Patient/x"}, **({"prediction": predictions} if predictions else {})}  # fmt: skip


FACTS = [
    encounter(1, start="2026-01-03", end="2026-01-04"),
    encounter(2, start="2026-01-01"),
    encounter(3),
    encounter(4, end="2026-01-02"),
    encounter(5, start="2026-01-03", end="2026-02-04"),
    encounter(6, start="2026-01"),
    encounter(7),
    encounter(8, start="2026-01-03T08:00:00+07:00"),
    chapter(1, "Gan"),
    chapter(2, "an toàn", "2026-01-01"),
    chapter(3, "Ẩn dật", "2026-01"),
    chapter(4, "an toàn", "2025"),
    risk(1, 0.5, 0.1),
    risk(2, 0.1, 0.9),
    risk(3),
    risk(4, 0.1, 0.1),
    risk(5, 0.7),
]


@pytest.fixture
def stored():
    repository = Repository(system_context(), validate=False)
    with repository.transaction():
        kept = [repository.save(one).resource for one in FACTS]
    repository.delete("RiskAssessment", "risk-5")
    return [one for one in kept if one["id"] != "risk-5"]


def pages(params: list[tuple[str, str]], kind: str, count: int) -> list[list[str]]:
    """The ids of each page."""
    found, cursor = [], ""
    while cursor is not None:
        more = [("_cursor", cursor)] if cursor else []
        page = search(Repository(system_context()), kind, [*params, ("_count", str(count)), *more])
        found.append([one["id"] for one in page.resources])
        cursor = page.next
    return found


SORTS = [
    ("Encounter", "date"), ("Encounter", "-date"), ("ValueSet", "title"), ("ValueSet", "-title"),
    ("ValueSet", "url"), ("ValueSet", "-url"), ("ValueSet", "date"), ("ValueSet", "-date"),
    ("RiskAssessment", "probability"), ("RiskAssessment", "-probability"),
]  # fmt: skip


def test_pages_are_those_of_the_other_way_and_of_the_plain_runner(stored, monkeypatch):
    for kind, sort in SORTS:
        params = [MINE, ("_sort", sort)]
        expected = [one["id"] for one in run(parse(kind, params), stored) if one["resourceType"] == kind]
        for count in (1, 2, 3, 50):
            for few in (0, 1_000_000):
                monkeypatch.setattr(walking, "FEW", few)
                found = pages(params, kind, count)

                assert [one for page in found for one in page] == expected, (kind, sort, count, few)
                assert all(len(page) == count for page in found[:-1]), (kind, sort, count, few)


def test_pages_may_come_by_either_way_in_turn(stored, monkeypatch):
    params, found, cursor = [MINE, ("_sort", "-date")], [], ""
    for few in (0, 1_000_000, 0, 1_000_000, 0, 1_000_000, 0, 1_000_000):
        monkeypatch.setattr(walking, "FEW", few)
        more = [("_cursor", cursor)] if cursor else []
        page = search(Repository(system_context()), "Encounter", [*params, ("_count", "1"), *more])
        found += [one["id"] for one in page.resources]
        cursor = page.next

    assert found == [one["id"] for one in run(parse("Encounter", params), stored)]


def test_period_sorts_by_its_start_either_way(stored):
    for sort, expected in (
        ("date", ["walk-4", "walk-2", "walk-6", "walk-1", "walk-5", "walk-8", "walk-3", "walk-7"]),
        ("-date", ["walk-8", "walk-1", "walk-5", "walk-2", "walk-6", "walk-4", "walk-3", "walk-7"]),
    ):
        assert pages([MINE, ("_sort", sort)], "Encounter", 50) == [expected], sort


def test_walk_obeys_reach_and_role(stored, monkeypatch):
    monkeypatch.setattr(walking, "FEW", 0)
    repository = Repository(system_context(), validate=False)
    for unit in ("a", "b"):
        owner = {"managingOrganization": {"reference": f"Organization/walk-{unit}"}}
        repository.save({"resourceType": "Patient", "id": f"walker-{unit}", "birthDate": "1950", **owner})
        nurse = Context(
            actor="Practitioner/1", role="nurse", unit=f"walk-{unit}", reach=frozenset({f"walk-{unit}"}),
            may={"Patient": frozenset({"search"})}, login="1",
        )  # fmt: skip

        found = search(Repository(nurse), "Patient", [("_sort", "birthdate")])

        assert [one["id"] for one in found.resources] == [f"walker-{unit}"]
        with pytest.raises(Refused):
            search(Repository(nurse), "Encounter", [("_sort", "date")])


# A search → how many questions it asks: a bounded count before a walk, none where few rows are sure.
QUERIES = {
    "Encounter?_sort=_lastUpdated": 1,
    "Encounter?_sort=-date": 2,
    "Encounter?patient=Patient/x&_sort=-date": 1,
    "Encounter?_sort=class": 1,
    "Encounter?_sort=-date,_id": 1,
}


def test_few_questions_are_asked(stored):
    for request, expected in QUERIES.items():
        kind, _, text = request.partition("?")
        params = [tuple(part.split("=")) for part in text.split("&")]
        with CaptureQueriesContext(connection) as asked:
            search(Repository(system_context()), kind, params)

        assert len(asked) == expected, request
