"""A process that goes on running learns of search parameters that another one brought."""

import threading

import pytest

from ansinh.fhir.index import forget
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, database, reindexing, watching
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Malformed

pytestmark = pytest.mark.django_db

BORN = (
    "{resourceType: SearchParameter, url: 'https://x.vn/b', name: B, code: born-text, base: [Patient], "
    "type: string, expression: Patient.birthDate}"
)


@pytest.fixture
def repository():
    return Repository(system_context(), validate=False)


@pytest.fixture
def brought(settings, tmp_path):
    """Another process: it has the new file and brings the index up to date, then what it knows is forgotten here."""
    folder = tmp_path / "searchparameters"
    folder.mkdir()
    settings.DEFINITIONS = tmp_path
    forget()

    def bring():
        (folder / "born.yaml").write_text(BORN, encoding="utf-8")
        forget()
        reindexing.reindex_outdated()
        (folder / "born.yaml").rename(folder / "born.later")
        forget()  # this process has read nothing new yet
        (folder / "born.later").rename(folder / "born.yaml")

    yield bring
    (folder / "born.yaml").unlink(missing_ok=True)
    forget()


def born(repository, year):
    return sorted(one["id"] for one in search(repository, "Patient", [("born-text", year)]).resources)


def test_parameter_of_another_process_is_known_after_a_look(repository, brought):
    repository.save({"resourceType": "Patient", "id": "early", "birthDate": "1950"})
    reindexing.reindex_outdated()
    watch = watching.Watch()
    brought()
    heard = []
    watching.on_change(lambda: heard.append(True))

    assert watch.look() == ["Patient"]
    assert born(repository, "1950") == ["early"]
    assert heard == [True]
    assert watch.look() == []
    watching._listeners.pop()


def test_what_was_written_by_the_old_rules_meanwhile_is_indexed_again(repository, brought, monkeypatch):
    reindexing.reindex_outdated()
    watch = watching.Watch()
    brought()
    repository.save({"resourceType": "Patient", "id": "meanwhile", "birthDate": "1951"})
    # As a process that had not read the file would have written it.
    number = database.fetch("SELECT rid FROM resource WHERE fhir_id = 'meanwhile'")[0][0]
    database.run("DELETE FROM ix_string WHERE rid = %s", [number])

    watch.look()
    assert born(repository, "1951") == ["meanwhile"]

    database.run("DELETE FROM ix_string WHERE rid = %s", [number])
    watch.look()  # once more, for what was on its way
    assert born(repository, "1951") == ["meanwhile"]

    database.run("DELETE FROM ix_string WHERE rid = %s", [number])
    watch.look()
    assert born(repository, "1951") == []


def test_look_that_finds_nothing_new_reads_nothing_again(repository, django_assert_num_queries):
    reindexing.reindex_outdated()
    watch = watching.Watch()

    with django_assert_num_queries(2):
        assert watch.look() == []


def test_only_the_types_named_and_only_later_writes_are_indexed(repository):
    repository.save({"resourceType": "Patient", "id": "p1", "birthDate": "1950"})
    position = database.fetch("SELECT max(position) FROM journal")[0][0]
    repository.save({"resourceType": "Patient", "id": "p2", "birthDate": "1950"})
    repository.save({"resourceType": "Organization", "id": "o1", "name": "A"})
    database.run("DELETE FROM ix_date")

    assert watching.index_since(["Patient"], position) == 1
    assert database.fetch("SELECT count(*) FROM ix_date")[0][0] == 1
    assert type_number("Patient")


def test_thread_ends_when_asked(monkeypatch):
    stop = threading.Event()
    looked = threading.Event()

    class Watch:
        def look(self):
            looked.set()
            stop.set()

    monkeypatch.setattr(watching, "Watch", Watch)
    thread = watching.start(stop)
    thread.join(10)

    assert looked.is_set()
    assert not thread.is_alive()


def test_parameter_that_nobody_brought_stays_unknown(repository):
    with pytest.raises(Malformed):
        born(repository, "1950")
