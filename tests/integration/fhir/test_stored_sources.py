"""CodeSystem, ValueSet and ConceptMap resources as terminology asks the store for them; the files of maps."""

import pytest

from ansinh.fhir.operations.stored import StoredSources, load_concept_maps
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


def value_set(version: str) -> dict:
    return {"resourceType": "ValueSet", "url": "http://example.org/a,b|c", "version": version, "status": "active"}


def test_stored_source_is_found_by_url_read_once_and_missed_quietly(system, django_assert_num_queries):
    system.create(value_set("1") | {"url": "http://example.org/set"})
    found = StoredSources(system)

    assert found.value_set("http://example.org/set")["version"] == "1"
    assert found.value_set("http://example.org/none") is None
    assert found.code_system("http://example.org/set") is None
    assert found.value_set("") is None
    with django_assert_num_queries(0):
        assert found.value_set("http://example.org/set")["version"] == "1"


def test_stored_source_with_separators_in_its_url_asks_for_that_url(system):
    system.create(value_set("1") | {"url": "http://example.org/a,b"})

    assert StoredSources(system).value_set("http://example.org/a,b")["version"] == "1"
    assert StoredSources(system).value_set("http://example.org/a") is None


def test_stored_sources_of_somebody_who_may_not_search_are_empty(system):
    system.create(value_set("1") | {"url": "http://example.org/set"})
    nobody = StoredSources(Repository(Context(actor="Device/1", role="none")))

    assert nobody.value_set("http://example.org/set") is None
    assert nobody.concept_maps("s", reverse=False) == []


def test_concept_map_files_load_twice_and_change_nothing(system, tmp_path):
    text = "resourceType: ConceptMap\nid: one\nurl: http://example.org/one\nstatus: active\n"
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")

    assert load_concept_maps(system, tmp_path) == 1
    assert load_concept_maps(system, tmp_path) == 1
    assert system.read("ConceptMap", "one")["meta"]["versionId"] == "1"


@pytest.mark.parametrize("text", ["a: [", "- list", "resourceType: ValueSet\nid: one\n"])
def test_concept_map_file_that_is_wrong_is_refused_by_name(system, tmp_path, text):
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(Invalid) as raised:
        load_concept_maps(system, tmp_path)

    assert "bad.yaml" in raised.value.message
