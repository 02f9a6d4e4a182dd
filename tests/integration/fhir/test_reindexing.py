"""Index rows can be made again from the resources alone."""

import pytest
from django.db import connection

from ansinh.fhir.index import forget
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, database, reindexing
from ansinh.fhir.store.reindexing import outdated, reindex, reindex_outdated
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Malformed

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


def test_only_what_was_made_by_other_rules_is_indexed_again(system):
    assert reindex_outdated() == 3
    assert outdated() == []
    assert reindex_outdated() == 0

    database.run("UPDATE index_state SET mark = 'old' WHERE type = %s", [type_number("Patient")])

    assert outdated() == ["Patient"]
    assert reindex_outdated() == 2


def test_a_rebuilding_that_was_interrupted_goes_on_where_it_stopped(system, monkeypatch):
    monkeypatch.setattr(reindexing, "BATCH", 1)
    before = rows()
    seen = []

    def stop(kind, count):
        seen.append(kind)
        if kind == "Patient":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex_outdated(stop)
    database.run("DELETE FROM ix_token WHERE rid IN (SELECT rid FROM resource WHERE fhir_id = 'p1')")
    assert "Patient" in outdated()

    rest = []
    reindex_outdated(lambda kind, count: rest.append(kind))

    assert rest == ["Patient"]
    assert seen == ["Observation", "Patient"]
    assert outdated() == []
    gone = set(before["ix_token"]) - set(rows()["ix_token"])
    assert {rid for *_, rid in gone} == set(database.fetch("SELECT rid FROM resource WHERE fhir_id = 'p1'")[0])


def test_a_new_parameter_of_ones_own_finds_what_was_there_before(system, tmp_path, settings):
    with pytest.raises(Malformed):
        search(system, "Patient", [("born-text", "1950")])
    reindex_outdated()
    (tmp_path / "searchparameters").mkdir()
    (tmp_path / "searchparameters" / "born.yaml").write_text(
        "{resourceType: SearchParameter, url: 'https://x.vn/b', name: B, code: born-text, base: [Patient], "
        "type: string, expression: Patient.birthDate}",
        encoding="utf-8",
    )
    settings.DEFINITIONS = tmp_path
    forget()
    try:
        assert outdated() == ["Patient"]
        reindex_outdated()
        assert [one["id"] for one in search(system, "Patient", [("born-text", "1950")]).resources] == ["p1"]
    finally:
        forget()
