"""Bringing a node up to date: once for the same definitions, again for other ones or an empty database."""

import pytest

from ansinh.config import loading
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

    def load_definitions():
        counted.append(1)
        yield "đã nạp"

    monkeypatch.setattr(loading, "load_definitions", load_definitions)
    monkeypatch.setattr(reindexing, "reindex_outdated", lambda: 0)
    return counted


def test_what_was_indexed_by_other_rules_is_indexed_again_first(loads, monkeypatch):
    monkeypatch.setattr(reindexing, "reindex_outdated", lambda: 3)

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


def test_a_node_is_current_until_definitions_or_the_database_change(loads, settings, tmp_path, monkeypatch):
    file = tmp_path / "node.sqlite3"
    file.write_bytes(b"x")
    here = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}
    monkeypatch.setitem(settings.DATABASES, "default", here)
    (tmp_path / "definitions-loaded").write_text(loading.state(), encoding="utf-8")
    assert loading.is_current()

    (settings.DEFINITIONS / "a.yaml").write_text("a: 2", encoding="utf-8")
    assert not loading.is_current()
    (settings.DEFINITIONS / "a.yaml").write_text("a: 1", encoding="utf-8")
    file.unlink()
    assert not loading.is_current()


def test_a_postgresql_node_is_always_asked_itself(loads, settings, tmp_path, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.postgresql", "NAME": "node"})
    (tmp_path / "definitions-loaded").write_text(loading.state(), encoding="utf-8")

    assert not loading.is_current()
