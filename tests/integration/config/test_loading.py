"""Bringing a node up to date: once for the same definitions, again for other ones or an empty database."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from ansinh.config import loading, stamp
from ansinh.fhir.store import reindexing
from tests.support.stores import empty_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def loads(monkeypatch, tmp_path, settings):
    """How often definitions were loaded, with a state folder and definitions of the test's own."""
    settings.STATE = tmp_path
    settings.DEFINITIONS = tmp_path / "definitions"
    settings.DEFINITIONS.mkdir()
    (settings.DEFINITIONS / "a.yaml").write_text("a: 1", encoding="utf-8")
    counted: list[int] = []

    def load_definitions(*, serving=False):
        counted.append(1)
        yield "đã nạp"

    monkeypatch.setattr(loading, "load_definitions", load_definitions)
    monkeypatch.setattr(reindexing, "reindex_outdated", lambda *_args, **_more: 0)
    return counted


def test_what_was_indexed_by_other_rules_is_indexed_again_first(loads, monkeypatch):
    monkeypatch.setattr(reindexing, "reindex_outdated", lambda *_args, **_more: 3)

    assert loading.bring_up_to_date() == ["chỉ mục: 3", "đã nạp"]
    assert loading.bring_up_to_date() == []


def test_the_same_definitions_are_loaded_once(loads):
    assert loading.bring_up_to_date() == ["đã nạp"]
    assert loading.bring_up_to_date() == []
    assert len(loads) == 1


def test_changed_definitions_and_force_load_again(loads, settings):
    loading.bring_up_to_date()
    (settings.DEFINITIONS / "a.yaml").write_text("a: 2", encoding="utf-8")

    assert loading.bring_up_to_date() == ["đã nạp"]
    assert loading.bring_up_to_date(force=True) == ["đã nạp"]
    assert len(loads) == 3


def test_an_emptied_database_is_loaded_again_though_the_stamp_is_there(loads):
    loading.bring_up_to_date()
    empty_store()

    assert loading.bring_up_to_date() == ["đã nạp"]


def test_definitions_are_loaded_again_when_a_migration_was_taken_back(loads):
    loading.bring_up_to_date()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', '2026-01-01')")
    assert not stamp.holds(loading.state())


def test_another_release_of_django_is_brought_up_to_date(loads, monkeypatch):
    loading.bring_up_to_date()
    assert stamp.holds(loading.state())

    monkeypatch.setattr("django.__version__", "99.0")
    assert not stamp.holds(loading.state())


@pytest.fixture
def node(settings, tmp_path, monkeypatch):
    """A file with as much of a node's database as the stamp asks for."""
    file = tmp_path / "node.sqlite3"
    here = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}
    monkeypatch.setitem(settings.DATABASES, "default", here)
    with closing(sqlite3.connect(file)) as raw:
        for table in ("node_state (name, value)", "django_migrations (id)", "journal (position)", "live_view (name)"):
            raw.execute(f"CREATE TABLE {table}")
        raw.execute("INSERT INTO django_migrations VALUES (7)")
        raw.execute("INSERT INTO journal VALUES (1)")
        raw.execute("INSERT INTO live_view VALUES ('patient')")
        raw.execute("INSERT INTO node_state VALUES ('loaded', ?)", [f"1:7 {loading.state()}"])
        raw.commit()
    return file


def _change(file, statement):
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(statement)
        raw.commit()


def test_a_node_is_current_until_its_definitions_change(loads, settings, node):
    assert loading.is_current()

    (settings.DEFINITIONS / "a.yaml").write_text("a: 2", encoding="utf-8")
    assert not loading.is_current()
    (settings.DEFINITIONS / "a.yaml").write_text("a: 1", encoding="utf-8")
    assert loading.is_current()


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM journal",
        "DELETE FROM live_view",
        "DELETE FROM node_state",
        "INSERT INTO django_migrations VALUES (8)",
        "DELETE FROM django_migrations",
        "DROP TABLE node_state",
    ],
)
def test_a_node_is_not_current_when_its_database_changed(loads, node, change):
    _change(node, change)

    assert not loading.is_current()


def test_a_node_without_its_file_is_not_current_and_makes_none(loads, node):
    node.unlink()

    assert not loading.is_current()
    assert not node.exists()


def test_a_server_that_does_not_answer_is_not_current(loads, settings, monkeypatch):
    nowhere = {"ENGINE": "django.db.backends.postgresql", "NAME": "node", "HOST": "127.0.0.1", "PORT": "1"}
    monkeypatch.setitem(settings.DATABASES, "default", nowhere)

    assert not loading.is_current()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a server is asked by its driver")
def test_a_server_is_asked_without_django(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "default", connection.settings_dict)
    assert not stamp.standing("một")

    with closing(connection.copy()) as other, other.cursor() as cursor:  # what the test's own does is not seen outside
        note = "INSERT INTO node_state VALUES ('loaded', %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        cursor.execute("SELECT name, value FROM node_state")
        before = cursor.fetchall()
        cursor.execute("SELECT count(*) || ':' || max(id) FROM django_migrations")
        try:
            cursor.execute(note, [f"{cursor.fetchone()[0]} một"])
            cursor.execute("SELECT EXISTS (SELECT 1 FROM journal) AND EXISTS (SELECT 1 FROM live_view)")
            assert stamp.standing("một") is cursor.fetchone()[0]
            assert not stamp.standing("hai")
        finally:
            cursor.execute("DELETE FROM node_state")
            cursor.executemany("INSERT INTO node_state VALUES (%s, %s)", before)
