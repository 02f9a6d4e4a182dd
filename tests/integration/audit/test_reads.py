"""Every read of a person's data leaves a row: by which door, by whom, of whom, how many, and none that is not one."""

import subprocess
import sys

import pytest
from django.db import DatabaseError, connection

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.search import search, search_compartment
from ansinh.fhir.store import Repository, Wanted
from ansinh.fhir.store.audit import reads, trail
from ansinh.fhir.views import tables
from ansinh.kernel.errors import NotFound, Refused

pytestmark = pytest.mark.django_db


# How something is read → (verb, what of p1 is told). (repository of Lan) -> anything
WAYS = {
    "read": (lambda r: r.read("Observation", "o-p1"), "read", {"Observation": 1}),
    "find": (lambda r: r.find("Patient", "p1"), "read", {"Patient": 1}),
    "several at once": (lambda r: r.read_many("Patient", ["p1", "p2"]), "read", {"Patient": 1}),
    "one version": (lambda r: r.vread("Patient", "p1", 1), "history", {"Patient": 1}),
    "all versions": (lambda r: r.history("Patient", "p1"), "history", {"Patient": 1}),
    "versions of a type": (lambda r: r.changes(Wanted("Observation")), "history", {"Observation": 1}),
    "search": (lambda r: search(r, "Observation", [("patient", "p1")]), "search", {"Observation": 1}),
    "chain": (lambda r: search(r, "Observation", [("patient:Patient._id", "p1")]), "search", {"Observation": 1}),
    "include": (
        lambda r: search(r, "Observation", [("patient", "p1"), ("_include", "Observation:patient")]),
        "search",
        {"Observation": 1, "Patient": 1},
    ),
    "compartment": (lambda r: search_compartment(r, "p1", "Observation", []), "search", {"Observation": 1}),
    "live view, a list": (
        lambda r: tables.rows(r.context, "SELECT p.id FROM view_patient p WHERE {reach:p}"),
        "view",
        {"Patient": 1},
    ),
    "live view, by another name": (
        lambda r: tables.rows(r.context, "SELECT p.id AS who FROM view_patient p WHERE {reach:p}"),
        "view",
        {"Patient": 1},
    ),
    "live view, one person": (
        lambda r: tables.rows(
            r.context, "SELECT p.full_name FROM view_patient p WHERE {reach:p} AND p.id = :person", {"person": "p1"}
        ),
        "view",
        {"Patient": 1},
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_read_by_any_way_leaves_one_row_for_the_person(people, lan, way):
    deed, verb, what = WAYS[way]

    deed(Repository(lan))

    rows = [row for row in trail.of_person("p1") if row.actor == lan.actor]
    assert [(row.verb, row.what, row.role, row.unit, row.purpose) for row in rows] == [
        (verb, what, "nurse", people.a, "TREAT")
    ]


def test_list_of_people_leaves_a_row_for_each_and_none_for_who_is_not_seen(people, lan):
    search(Repository(lan), "Patient", [])

    assert [row.actor for row in trail.of_person("p2") if row.verb == "search"] == [lan.actor]
    assert [row for row in trail.of_person("q1") if row.actor == lan.actor] == []


def test_reads_of_one_second_are_grouped_by_person(people, lan):
    repository = Repository(lan)
    for _ in range(3):
        repository.read("Patient", "p1")
        repository.read("Observation", "o-p1")

    assert trail.flush_reads() == 1
    (row,) = [row for row in trail.of_person("p1") if row.verb == "read"]
    assert (row.what, row.key) == ({"Observation": 3, "Patient": 3}, None)


def test_row_of_one_resource_names_it_and_a_row_of_several_does_not(people, lan):
    Repository(lan).read("Observation", "o-p1")

    assert [row.key for row in trail.of_person("p1", limit=1)] == [key_of("Observation", "o-p1")]
    assert [row.verb for row in trail.of_resource("Observation", "o-p1")] == ["read", "create"]


@pytest.mark.parametrize(
    "deed",
    [
        lambda r: r.read("Organization", r.context.unit),
        lambda r: search(r, "Questionnaire", [("_count", "2")]),
        lambda r: tables.rows(r.context, "SELECT id FROM view_organization"),
        lambda r: search(r, "Patient", [("_summary", "count")]),
        lambda r: tables.rows(r.context, "SELECT count(*) AS n FROM view_patient p WHERE {reach:p}"),
        lambda r: r.exists("Patient", "p1"),
    ],
    ids=["organisation", "definitions", "view of no people", "count", "count of a view", "existence"],
)
def test_what_names_no_person_leaves_no_row(people, lan, deed):
    deed(Repository(lan))

    assert trail.flush_reads() == 0


@pytest.mark.parametrize(("kind", "error"), [("Patient", NotFound), ("AuditEvent", Refused)])
def test_what_was_refused_leaves_no_read(people, lan, kind, error):
    with pytest.raises(error):
        Repository(lan).read(kind, "q1")

    assert reads.waiting() == 0


def test_the_node_itself_is_not_noted(people, system):
    system.read("Patient", "p1")

    assert reads.waiting() == 0


def test_noting_asks_nothing_of_the_database(people, lan, django_assert_num_queries):
    with django_assert_num_queries(0):
        reads.note(lan, "read", type_number("Patient"), (1,))


def test_reads_wait_on_while_the_database_takes_nothing(people, lan):
    Repository(lan).read("Patient", "p1")

    def away(_entries):
        raise DatabaseError

    with pytest.raises(DatabaseError):
        reads.flush(away)

    assert reads.waiting() == 1
    assert trail.flush_reads() == 1


def test_nobody_reads_on_unseen_when_too_much_waits(people, lan, monkeypatch):
    monkeypatch.setattr(reads, "_writer", [object()])
    monkeypatch.setattr(reads, "MOST", 3)
    monkeypatch.setattr(reads, "FEW", 3)
    repository = Repository(lan)
    for _ in range(3):
        repository.read("Patient", "p1")

    with pytest.raises(reads.Unwritten):
        repository.read("Patient", "p1")

    trail.flush_reads()
    assert repository.read("Patient", "p1")["id"] == "p1"


def test_a_process_that_writes_nothing_down_keeps_few(people, lan, monkeypatch):
    monkeypatch.setattr(reads, "FEW", 2)
    for _ in range(5):
        Repository(lan).read("Patient", "p1")

    assert reads.waiting() == 2


def test_withheld_record_is_noted_without_a_person(world, system, lan):
    """Nobody knows whose it is; that it was read is known all the same."""
    from dataclasses import replace

    from ansinh.kernel.context import EVERYWHERE

    system.update({"resourceType": "Basic", "id": "b1", "code": {"text": "ghi chú"}})
    everywhere = replace(lan, reach=frozenset({EVERYWHERE}), may={"*": frozenset({"*"})})

    Repository(everywhere).read("Basic", "b1")
    trail.flush_reads()

    assert [row.key for row in trail.find("a.patient IS NULL AND w.actor = %s", [lan.actor], 5)] == [
        key_of("Basic", "b1")
    ]


def test_row_of_a_read_is_small(people, lan):
    """Issue: under 120 bytes a row. Columns as PostgreSQL stores them, with its row head, and both indexes."""
    Repository(lan).read("Observation", "o-p1")
    trail.flush_reads()
    with connection.cursor() as cursor:
        cursor.execute("SELECT what FROM audit_row ORDER BY id DESC LIMIT 1")
        what = bytes(cursor.fetchone()[0])

    head, pointer, columns = 24, 4, 8 + 8 + 8 + 8 + 8 + 2 + 1 + len(what)
    aligned = -(-(head + columns) // 8) * 8 + pointer
    primary, person = 8 + 8 + 4, 8 + 8 + 4

    assert aligned + primary + person < 120


def test_process_that_ends_in_order_writes_down_what_it_noted(tmp_path):
    """As the server's workers end: a child of multiprocessing, whose atexit is never called."""
    code = """
import multiprocessing, sys
from ansinh.fhir.store.audit import reads

def worker(path):
    reads.EVERY = 60
    reads.start(lambda entries: open(path, "w").write(str(len(list(entries)))))
    reads._notes.append(("stands for a note",))
    reads.connection = type("Away", (), {"close": lambda *_: None, "close_if_unusable_or_obsolete": lambda *_: None})()
    reads.flush = lambda append: append(list(reads._notes))

if __name__ == "__main__":
    child = multiprocessing.get_context("fork").Process(target=worker, args=(sys.argv[1],))
    child.start()
    child.join()
"""
    script, told = tmp_path / "ends.py", tmp_path / "told"
    script.write_text(
        "import django\nfrom django.conf import settings\nsettings.configure()\n" + code, encoding="utf-8"
    )

    subprocess.run([sys.executable, str(script), str(told)], check=True, timeout=60)

    assert told.read_text() == "1"
