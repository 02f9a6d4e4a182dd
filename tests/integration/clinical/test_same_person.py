"""Is this person on record already? Numbers prove it, names and dates suggest it, and nobody of elsewhere is told."""

from dataclasses import replace

import pytest
from django.db import connection

from ansinh.clinical.registry import actions, duplicates, queries
from ansinh.clinical.registry.actions import LikelyDuplicates
from ansinh.clinical.registry.drafts import Insurance, PersonDraft
from ansinh.clinical.registry.duplicates import likely_duplicates
from ansinh.fhir.store import journal
from ansinh.fhir.views import tables

pytestmark = pytest.mark.django_db

AN = PersonDraft(
    "Nguyễn Văn An", "male", "1950-05-12", citizen_number="037050000001", old_citizen_number="161234567",
    insurance=Insurance("DN4373798765432"),
)  # fmt: skip


@pytest.fixture
def on_record(lan) -> str:
    actions.register_person(lan, draft=PersonDraft("Trần Thị Khác", "female", "1988", citizen_number="037188000001"))
    return actions.register_person(lan, draft=AN)


def graded(context, **change) -> list[tuple[str, str]]:
    """(id, grade) of who looks like An with these changes."""
    return [(one.row.id, one.likeness.grade) for one in likely_duplicates(context, replace(AN, **change))]


NOBODY = {"full_name": "Y Bhin", "gender": "female", "birth_date": "2001"}
WITHOUT = {"citizen_number": "", "old_citizen_number": "", "insurance": None}


@pytest.mark.parametrize(
    "number",
    [
        {"citizen_number": "037050000001"},
        {"old_citizen_number": "161234567"},
        {"insurance": Insurance("DN4373798765432")},
        {"insurance": Insurance("3798765432")},  # the card printed since 2021 has the last ten digits alone
        {"insurance": Insurance("HT2013798765432")},  # another entitlement, the same person
    ],
)
def test_equal_number_proves_it_whatever_else_is_written(lan, on_record, number):
    assert graded(lan, **{**NOBODY, **WITHOUT, **number}) == [(on_record, "same")]


@pytest.mark.parametrize(
    "number",
    [
        {"citizen_number": "137050000001"},
        {"citizen_number": "037050000002"},
        {"old_citizen_number": "061234567"},
        {"insurance": Insurance("DN4373798765433")},
        {"citizen_number": "000161234567"},  # ends as the old number, which is another kind
    ],
)
def test_number_that_is_only_alike_proves_nothing(lan, on_record, number):
    assert graded(lan, **{**NOBODY, **WITHOUT, **number}) == []


@pytest.mark.parametrize(
    ("change", "grade"),
    [
        ({}, "likely"),
        ({"full_name": "nguyen van an"}, "likely"),  # typed without marks
        ({"full_name": "An Nguyễn Văn"}, "likely"),  # in another order
        ({"full_name": "Nguyễn Văn Ân"}, "likely"),
        ({"birth_date": "1950"}, "likely"),
        ({"birth_date": "1950-12-05"}, "likely"),  # day and month exchanged
        ({"birth_date": "1951-05-12"}, None),
        ({"gender": "female", "birth_date": ""}, None),
        ({"full_name": "Nguyễn Văn Bình"}, None),
    ],
)
def test_person_without_papers_is_recognised_by_name_and_birth(lan, on_record, change, grade):
    assert graded(lan, **{**WITHOUT, **change}) == ([(on_record, grade)] if grade else [])


def test_likely_one_may_be_registered_on_purpose_and_a_proven_one_may_not(lan, on_record):
    alike = replace(AN, **WITHOUT)
    with pytest.raises(LikelyDuplicates) as likely:
        actions.register_person(lan, draft=alike)
    assert not likely.value.proven
    assert actions.register_person(lan, draft=alike, confirmed_new=True)
    before = journal.position()

    with pytest.raises(LikelyDuplicates) as proven:
        actions.register_person(lan, draft=AN, confirmed_new=True)

    assert proven.value.proven
    assert journal.position() == before


def test_correction_to_a_number_of_somebody_else_is_refused_and_to_ones_own_is_not(lan, on_record):
    other = actions.register_person(lan, draft=PersonDraft("Y Bhin", "male", "1970"))
    version, before = queries.person(lan, other).version, journal.position()

    with pytest.raises(LikelyDuplicates):
        actions.correct_person(
            lan, person_id=other, draft=PersonDraft("Y Bhin", citizen_number="037050000001"), version=version
        )

    assert journal.position() == before
    card = queries.person(lan, on_record)
    assert actions.correct_person(lan, person_id=on_record, draft=replace(AN, phone="0912345678"), version=card.version)


def test_person_of_another_facility_is_never_told(lan, cuc, on_record):
    assert likely_duplicates(cuc, AN) == []
    assert actions.register_person(cuc, draft=AN)


def test_equal_number_is_looked_for_through_the_index_of_endings(lan, on_record, monkeypatch):
    """Registering somebody must not look through every number of the node."""
    if connection.vendor != "sqlite":
        pytest.skip("the plan is SQLite's")
    asked = []
    real = tables.rows
    monkeypatch.setattr(
        tables, "rows", lambda context, sql, params: asked.append((sql, params)) or real(context, sql, params)
    )

    duplicates._same_numbers(lan, AN)

    ((sql, params),) = asked
    text = "EXPLAIN QUERY PLAN " + sql.replace("{reach:i}", "i.org = 1")
    for name in sorted(params, key=len, reverse=True):
        text = text.replace(f":{name}", f"'{params[name]}'")
    with connection.cursor() as cursor:
        cursor.execute(text.replace("%", "%%"))
        plan = " ".join(row[-1] for row in cursor.fetchall())
    assert "SCAN" not in plan, plan
    assert "(ending=?" in plan
