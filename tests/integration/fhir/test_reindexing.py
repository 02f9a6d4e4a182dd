"""Index rows can be made again from the resources alone."""

import pytest
from django.db import connection

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.store.reindexing import reindex
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db

TABLES = ("ix_token", "ix_ref", "ix_date", "ix_string", "ix_number", "ix_uri", "ix_quantity", "token")


def rows() -> dict[str, list[tuple]]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(cursor.fetchall())
        return found


@pytest.fixture
def system() -> Repository:
    repository = Repository(system_context(), validate=False)
    repository.save({"resourceType": "Patient", "id": "p1", "name": [{"text": "Lan"}], "birthDate": "1950"})
    repository.save({"resourceType": "Patient", "id": "p2", "gender": "male", "identifier": [{"value": "12"}]})
    repository.save(
        {
            "resourceType": "Observation",
            "id": "o1",
            "status": "final",
            "subject": {"reference": "Patient/p1"},
            "code": {"coding": [{"system": "s", "code": "c"}]},
            "valueQuantity": {"value": 1, "unit": "kg"},
        }
    )
    return repository


def test_reindexing_gives_the_rows_that_writing_gave(system):
    before = rows()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("INSERT INTO ix_number (param, value, rid) SELECT 1, 2.5, rid FROM resource")

    assert reindex() == 3
    assert rows() == before


def test_reindexing_one_type_leaves_the_others(system):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ix_token")

    assert reindex(["Patient"]) == 2
    assert search(system, "Patient", [("gender", "male")]).resources
    assert search(system, "Observation", [("code", "c")]).resources == []


def test_a_deleted_resource_has_no_rows(system):
    system.delete("Patient", "p2")
    after = rows()

    reindex()

    assert rows() == after
