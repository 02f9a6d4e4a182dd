"""Pages of a search: types mixed by a sort key, includes of everything, a limit of time."""

import time

import pytest
from django.db import connection

from ansinh.fhir.search import TooSlow, search, search_compartment, search_types, statements
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Malformed

pytestmark = pytest.mark.django_db

TAG = "https://ansinh.vn/fhir/CodeSystem/test|pages"
MARKED = {"meta": {"tag": [{"system": TAG.partition("|")[0], "code": "pages"}]}}


@pytest.fixture
def system() -> Repository:
    repository = Repository(system_context(), validate=False)
    repository.save({"resourceType": "Organization", "id": "pg-o", **MARKED})
    for number, day in enumerate(["2024-03-01", "2024-01-01", None]):
        repository.save(
            {
                "resourceType": "Condition",
                "id": f"pg-c{number}",
                **MARKED,
                "subject": {"reference": "Patient/pg-p"},
                **({"recordedDate": day} if day else {}),
            }
        )
    owner = {"managingOrganization": {"reference": "Organization/pg-o"}}
    repository.save({"resourceType": "Patient", "id": "pg-p", **MARKED, **owner})
    for number, day in enumerate(["2024-02-01", "2024-04-01"]):
        repository.save(
            {
                "resourceType": "Procedure",
                "id": f"pg-d{number}",
                **MARKED,
                "status": "completed",
                "subject": {"reference": "Patient/pg-p"},
                "performedDateTime": day,
            }
        )
    return repository


def walked(run, params: list) -> list[str]:
    """The ids of all pages."""
    seen, cursor = [], []
    while True:
        page = run([*params, *cursor])
        seen += [one["id"] for one in page.resources]
        if page.next is None:
            return seen
        cursor = [("_cursor", page.next)]


@pytest.mark.parametrize("count", [1, 2, 10])
@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("_id", ["pg-c0", "pg-c1", "pg-c2", "pg-d0", "pg-d1"]),
        ("-_id", ["pg-d1", "pg-d0", "pg-c2", "pg-c1", "pg-c0"]),
        ("-_lastUpdated,_id", None),
    ],
)
def test_types_are_mixed_by_the_keys_over_all_pages(system, sort, found, count):
    params = [("_type", "Condition,Procedure"), ("_tag", TAG), ("_sort", sort), ("_count", str(count))]

    seen = walked(lambda asked: search_types(system, asked), params)

    assert seen == found if found else sorted(seen) == ["pg-c0", "pg-c1", "pg-c2", "pg-d0", "pg-d1"]


@pytest.mark.parametrize("count", [1, 3, 10])
def test_what_has_no_key_comes_last_of_all_types(system, count):
    params = [("_tag", TAG), ("_sort", "patient,-_id"), ("_count", str(count))]

    seen = walked(lambda asked: search_compartment(system, "pg-p", "Condition,Procedure", asked), params)

    assert seen == ["pg-d1", "pg-d0", "pg-c2", "pg-c1", "pg-c0"]


def test_types_mixed_by_a_key_say_their_total(system):
    page = search_types(
        system, [("_type", "Patient,Condition"), ("_tag", TAG), ("_sort", "_id"), ("_total", "accurate")]
    )

    assert page.total == 4
    assert [one["id"] for one in page.resources] == ["pg-c0", "pg-c1", "pg-c2", "pg-p"]


def test_a_key_of_different_kinds_is_refused(system):
    # `start` is a date of a Slot and a code of a GraphDefinition.
    with pytest.raises(Malformed):
        search_types(system, [("_type", "Patient,Condition"), ("_sort", "birthdate")])
    with pytest.raises(Malformed):
        search_types(system, [("_type", "Slot,GraphDefinition"), ("_sort", "start")])


def test_includes_of_everything_bring_every_reference(system):
    page = search(system, "Patient", [("_id", "pg-p"), ("_include", "*")])
    both = search(system, "Condition", [("_id", "pg-c0"), ("_include", "*"), ("_include:iterate", "Patient:*")])

    assert [one["id"] for one in page.included] == ["pg-o"]
    assert {one["id"] for one in both.included} == {"pg-p", "pg-o"}


def test_a_match_is_not_repeated_among_what_is_included(system):
    page = search_types(system, [("_type", "Condition,Patient"), ("_tag", TAG), ("_include", "Condition:patient")])

    assert [one["id"] for one in page.included] == []


def test_several_reverse_includes_add_up(system):
    asked = [("_id", "pg-p"), ("_revinclude", "Condition:patient"), ("_revinclude", "Procedure:patient")]

    assert {one["id"] for one in search(system, "Patient", asked).included} == {
        "pg-c0",
        "pg-c1",
        "pg-c2",
        "pg-d0",
        "pg-d1",
    }


def test_the_door_gets_the_stored_bytes(system):
    (found,) = search(system, "Patient", [("_id", "pg-p")]).found

    assert found.body == system.raw("Patient", "pg-p").body
    assert (found.type, found.id) == ("Patient", "pg-p")


_SLEEP = {
    "postgresql": "SELECT pg_sleep(30)",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
}


def test_a_search_that_takes_too_long_is_cut_with_a_word_of_why(monkeypatch):
    monkeypatch.setenv("ANSINH_SEARCH_SECONDS", "0.2")
    begun = time.monotonic()

    with pytest.raises(TooSlow) as cut, statements.limited():
        statements.fetch(_SLEEP[connection.vendor], [])

    assert cut.value.issue_type == "too-costly"
    assert cut.value.problems[0].code == "too-costly"
    assert time.monotonic() - begun < 10


def test_another_error_of_the_database_stays_what_it_is(monkeypatch):
    from django.db.utils import DatabaseError

    with pytest.raises(DatabaseError), statements.limited():
        statements.fetch("SELECT nothing FROM nowhere", [])


def test_a_limit_of_zero_is_none(monkeypatch, system):
    monkeypatch.setenv("ANSINH_SEARCH_SECONDS", "0")

    assert statements.limit() == 0
    assert search(system, "Patient", [("_id", "pg-p")]).found


def test_what_was_asked_before_the_limit_is_not_cut_afterwards(monkeypatch, system):
    monkeypatch.setenv("ANSINH_SEARCH_SECONDS", "0.15")
    for _ in range(3):
        assert search(system, "Patient", [("_id", "pg-p")]).found
    assert not statements._watched


def test_a_connection_that_searched_first_can_write(system):
    if connection.vendor == "postgresql":
        connection.connection.prepare_threshold = None  # as Django hands a fresh connection out

    assert search(system, "Patient", [("_id", "pg-p")]).found
    system.update({"resourceType": "Patient", "id": "pg-p", "gender": "male"})

    assert search(system, "Patient", [("_id", "pg-p"), ("gender", "male")]).found
