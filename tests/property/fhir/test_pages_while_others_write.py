"""Walking the pages of a search while records are written: nothing twice, and what stood still is never passed over."""

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db
IDS = [f"w{number:02}" for number in range(14)]
YEARS = ["1940", "1950", "1950-05", "1960", None]
SORTS = [
    (),
    (("_sort", "_id"),),
    (("_sort", "birthdate"),),
    (("_sort", "-birthdate,_id"),),
    (("_sort", "-_lastUpdated"),),
]
facts = st.dictionaries(st.sampled_from(IDS), st.sampled_from(YEARS), min_size=2)
writes = st.lists(
    st.lists(st.tuples(st.sampled_from(["write", "delete"]), st.sampled_from(IDS), st.sampled_from(YEARS)), max_size=3),
    max_size=6,
)


def write(repository: Repository, fhir_id: str, year: str | None) -> None:
    born = {"birthDate": year} if year else {}
    repository.update({"resourceType": "Patient", "id": fhir_id, "active": True, **born})


def change(repository: Repository, steps) -> set[str]:
    """The ids that were touched."""
    for what, fhir_id, year in steps:
        if what == "write":
            write(repository, fhir_id, year)
        elif repository.find("Patient", fhir_id) is not None:
            repository.delete("Patient", fhir_id)
    return {fhir_id for _, fhir_id, _ in steps}


@given(facts, writes, st.integers(1, 5), st.sampled_from(SORTS))
@settings(max_examples=40)
def test_pages_hold_nothing_twice_and_everything_that_stood_still(facts, writes, count, sort):
    with transaction.atomic():
        repository = Repository(system_context(), validate=False)
        with repository.transaction():
            for fhir_id, year in facts.items():
                write(repository, fhir_id, year)
        asked = [("active", "true"), ("_count", str(count)), *sort]
        seen: list[str] = []
        touched: set[str] = set()
        left, cursor = iter(writes), []

        while True:
            page = search(repository, "Patient", [*asked, *cursor])
            assert len(page.resources) <= count
            seen += [one["id"] for one in page.resources]
            if page.next is None:
                break
            cursor = [("_cursor", page.next)]
            touched |= change(repository, next(left, []))

        still = set(facts) - touched
        assert still <= set(seen)
        assert len([one for one in seen if one in still]) == len(still)
        transaction.set_rollback(True)


@given(facts, st.integers(1, 20), st.sampled_from(SORTS))
@settings(max_examples=25)
def test_pages_put_together_are_the_whole_answer_in_its_order(facts, count, sort):
    with transaction.atomic():
        repository = Repository(system_context(), validate=False)
        with repository.transaction():
            for fhir_id, year in facts.items():
                write(repository, fhir_id, year)
        whole = search(repository, "Patient", [("active", "true"), ("_count", "100"), ("_total", "accurate"), *sort])
        walked: list[str] = []
        cursor: list[tuple[str, str]] = []

        while True:
            page = search(repository, "Patient", [("active", "true"), ("_count", str(count)), *sort, *cursor])
            walked += [one["id"] for one in page.resources]
            if page.next is None:
                break
            cursor = [("_cursor", page.next)]

        assert walked == [one["id"] for one in whole.resources]
        assert whole.total == len(walked) == len(facts)
        transaction.set_rollback(True)
