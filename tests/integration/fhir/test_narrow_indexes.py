"""Few and narrow indexes: which there are, what they answer, and the way back to what an earlier release had."""

import importlib
from types import SimpleNamespace

import pytest
from django.db import connection

from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, schema
from ansinh.fhir.views import live, shapes
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db

ON_SERVER = connection.vendor == "postgresql"
WIDE = {"resource_type_updated", "audit_actor", *(["audit_record"] if ON_SERVER else [])}
NARROW = {"resource_updated", *(["audit_hash"] if ON_SERVER else [])}


def _indexes(table):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return {name for name, one in found.items() if one["index"]}


def _editor():
    """As much of Django's schema editor as the migrations use; SQLite's own refuses a test's transaction."""
    return SimpleNamespace(connection=connection, execute=connection.cursor().execute)


def _store():
    return _indexes("resource") | _indexes("audit")


def _kept_view():
    """An index of patients, and one that begins with it."""
    definition = {
        "resource": "Observation", "name": "narrow", "status": "active", "indexes": [["patient_id", "code"]],
        "select": [{"column": [
            {"name": "id", "path": "getResourceKey()", "type": "string"},
            {"name": "patient_id", "path": "subject.getReferenceKey(Patient)", "type": "string"},
            {"name": "code", "path": "code.coding.code.first()", "type": "string"},
            {"name": "value", "path": "value.ofType(Quantity).value", "type": "decimal"},
        ]}],
    }  # fmt: skip
    text = json.dumps(definition).decode()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO live_view VALUES ('narrow', 'Observation', 'x', %s)", [text])
        shape = shapes.shape(definition)
        for statement in [*shape.create(connection.vendor, shape.table), *shape.finish()]:
            cursor.execute(statement)
    return shape


def test_store_has_the_narrow_indexes_and_not_the_wide_ones():
    assert _store() >= NARROW
    assert not _store() & WIDE


def test_the_way_back_gives_the_wide_indexes_and_the_way_forth_the_narrow_ones():
    before = _store()
    schema.widen_indexes(None, _editor())
    assert _store() == before - NARROW | WIDE

    schema.narrow_indexes(None, _editor())
    assert _store() == before


def test_the_chain_of_the_audit_can_be_taken_back_and_made_again():
    names = {"audit_row", "audit_who", "audit_seal"}
    schema.drop_audit_chain(None, _editor())
    assert not names & set(connection.introspection.table_names())

    schema.add_audit_chain(None, _editor())
    assert names <= set(connection.introspection.table_names())


def test_what_was_loaded_is_kept_in_a_table_that_can_be_taken_back():
    schema.drop_node_state(None, _editor())
    assert "node_state" not in connection.introspection.table_names()

    schema.add_node_state(None, _editor())
    assert "node_state" in connection.introspection.table_names()


@pytest.mark.parametrize(
    ("indexes", "kept"),
    [
        ([("id",)], [0]),
        ([("id",), ("patient_id",), ("patient_id", "code")], [0, 2]),
        ([("patient_id", "code"), ("code", "patient_id")], [0, 1]),
        ([("patient_id",), ("patient_id", "code"), ("patient_id", "code", "at")], [2]),
        ([("id",), ("id_of", "id")], [0, 1]),
    ],
)
def test_a_view_keeps_no_index_within_another(indexes, kept):
    shape = shapes.Shape("x", "Patient", None, (), {}, tuple(indexes))

    assert [number for number, _ in shape.needed()] == kept


def test_a_view_of_an_earlier_release_loses_and_regains_the_index_within_another():
    shape = _kept_view()
    migration = importlib.import_module("ansinh.fhir.views.migrations.0002_no_index_within_another")
    own = {f"{shape.table}_{suffix}" for suffix in ("rid", "0", "2")}
    assert _indexes(shape.table) == own

    migration.make_indexes(None, _editor())
    assert _indexes(shape.table) == own | {f"{shape.table}_1"}
    migration.drop_indexes(None, _editor())
    assert _indexes(shape.table) == own


def test_a_view_that_cannot_be_read_any_more_does_not_stop_the_migration():
    migration = importlib.import_module("ansinh.fhir.views.migrations.0002_no_index_within_another")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO live_view VALUES ('old', 'Patient', 'x', '{\"name\": \"Old!\"}')")

    migration.drop_indexes(None, _editor())


def test_a_table_whose_columns_stand_in_the_order_of_an_earlier_release_is_kept_true():
    """Nothing depends on the order: a view's table as it was made before is written and found to be true."""
    name = live.names()[0] if "patient" not in live.names() else "patient"
    shape = live.registered()[name]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP VIEW "view_{name}"')
        cursor.execute(f'DROP TABLE "{shape.table}"')
        kinds = ", ".join(f'"{column}" {shape.casts[column]}' for column in shape.columns)
        cursor.execute(f'CREATE TABLE "{shape.table}" ({kinds})')
        for statement in shape.finish():
            cursor.execute(statement)
    live.rebuild(name)
    repository = Repository(system_context(), validate=False)
    repository.create({"resourceType": "Patient", "name": [{"text": "Nguyễn Thị Lan", "family": "Nguyễn"}]})

    assert live.check(name)
