"""Views and indexes that are made anew while the node serves: refused until complete, cut off anywhere, never half."""

from textwrap import dedent

import pytest
from django.db import connection

from ansinh.fhir.index import marks
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, database, journal, reindexing, watching
from ansinh.fhir.views import changes, live, rebuilding, tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import NotReady

pytestmark = pytest.mark.django_db

PERSON = """
    name: person
    resource: Patient
    status: active
    select:
      - column:
          - {name: id, path: getResourceKey(), type: string}
          - {name: gender, path: gender, type: string}
"""
WITH_BIRTH = PERSON + "          - {name: birth, path: birthDate, type: string}\n"
MEN = WITH_BIRTH.replace("    select:", "    where:\n      - path: \"gender = 'male'\"\n    select:")
PLACE = """
    name: place
    resource: Location
    status: active
    select:
      - column:
          - {name: id, path: getResourceKey(), type: string}
"""
ALL = "SELECT p.id, p.birth FROM view_person p WHERE {reach:p} ORDER BY p.id"


@pytest.fixture
def define(tmp_path):
    """Write the definitions of these views, and no others, and bring the tables up to date with them."""

    def write(*definitions: str, at_once: int = 1) -> list[str]:
        for path in tmp_path.glob("*.yaml"):
            path.unlink()
        for number, text in enumerate(definitions):
            (tmp_path / f"{number}.yaml").write_text(dedent(text), encoding="utf-8")
        return rebuilding.sync(tmp_path, at_once=at_once)

    yield write
    rebuilding._seen, rebuilding._marks = None, {}
    live.forget()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 3)
    monkeypatch.setattr(rebuilding, "_LOOK_AGAIN", 0.0)
    monkeypatch.setattr(reindexing, "BATCH", 3)
    monkeypatch.setattr(reindexing, "_LOOK_AGAIN", 0.0)


@pytest.fixture
def repository(define):
    define(PERSON, PLACE, at_once=1000)
    return Repository(system_context(), validate=False)


def put(repository, number: int, gender: str = "male", **more) -> None:
    repository.save({"resourceType": "Patient", "id": f"p{number}", "gender": gender, "birthDate": "1950", **more})


@pytest.fixture
def people(repository):
    for number in range(8):
        put(repository, number, "male" if number % 2 else "female")
    put(repository, 1, "other")
    repository.delete("Patient", "p2")


def steps() -> int:
    count = 1
    while rebuilding.step():
        count += 1
    return count


@pytest.mark.usefixtures("people")
def test_view_with_few_entries_is_made_at_once(define):
    assert define(WITH_BIRTH, PLACE, at_once=10) == ["person"]

    assert rebuilding.unready() == {}
    assert len(tables.rows(system_context(), ALL)) == 7


@pytest.mark.usefixtures("people")
def test_view_with_many_entries_is_refused_until_it_is_made(define):
    assert define(WITH_BIRTH, PLACE, at_once=9) == []

    assert rebuilding.unready() == {"person": 0}
    with pytest.raises(NotReady, match="đang được dựng lại") as refusal:
        tables.rows(system_context(), ALL)
    assert refusal.value.status == 503
    assert tables.rows(system_context(), "SELECT id FROM view_place") == []  # other views answer
    assert steps() == 5  # four batches and nothing left
    assert rebuilding.unready() == {}
    assert [row["id"] for row in tables.rows(system_context(), ALL)] == ["p0", "p1", "p3", "p4", "p5", "p6", "p7"]
    assert live.check("person")


@pytest.mark.usefixtures("people")
def test_what_is_written_while_a_view_is_made_is_in_it(define, repository):
    define(WITH_BIRTH, PLACE)
    rebuilding.step()
    put(repository, 0, "other", birthDate="1951")
    put(repository, 9)
    rebuilding.step()
    repository.delete("Patient", "p3")

    steps()

    held = {row["id"]: row["birth"] for row in tables.rows(system_context(), ALL)}
    assert (held["p0"], held["p9"], "p3" in held) == ("1951", "1950", False)
    assert live.check("person")
    put(repository, 10)
    assert live.check("person")


@pytest.mark.usefixtures("people")
def test_old_table_stays_true_for_a_process_of_the_release_before(define, repository):
    define(WITH_BIRTH, PLACE)
    put(repository, 0, "unknown")

    found = database.fetch("SELECT gender FROM view_person WHERE id = 'p0'")

    assert found == [("unknown",)]
    assert live.check("person")


@pytest.mark.usefixtures("people")
def test_going_back_to_the_release_before_costs_nothing(define):
    define(WITH_BIRTH, PLACE)
    rebuilding.step()

    assert define(PERSON, PLACE) == []

    assert rebuilding.unready() == {}
    assert "next_person_row" not in connection.introspection.table_names()
    assert live.check("person")


@pytest.mark.usefixtures("people")
def test_view_that_changes_again_while_it_is_made_is_begun_anew(define):
    define(WITH_BIRTH, PLACE)
    rebuilding.step()
    rebuilding.step()

    define(MEN, PLACE)

    assert rebuilding.unready() == {"person": 0}
    steps()
    assert [row["id"] for row in tables.rows(system_context(), ALL)] == ["p3", "p5", "p7"]
    assert live.check("person")


@pytest.mark.usefixtures("people")
def test_building_that_is_asked_for_again_goes_on_where_it_stopped(define):
    define(WITH_BIRTH, PLACE)
    rebuilding.step()
    begun = database.fetch("SELECT position FROM view_build")

    define(WITH_BIRTH, PLACE)

    assert database.fetch("SELECT position FROM view_build") == begun != [(0,)]
    assert 0 < rebuilding.unready()["person"] < 100


@pytest.mark.usefixtures("people")
def test_building_that_fails_half_way_leaves_the_old_table_and_goes_on(define, monkeypatch):
    define(WITH_BIRTH, PLACE)
    fill, calls = live.fill, []

    def fail_at_the_end(shape, table, after, most):
        calls.append(after)
        if len(calls) == 4:
            raise RuntimeError("cut off")
        return fill(shape, table, after, most)

    monkeypatch.setattr(live, "fill", fail_at_the_end)
    with pytest.raises(RuntimeError):
        steps()
    assert live.check("person")  # the old one
    assert rebuilding.unready()

    steps()

    assert live.check("person")
    assert not rebuilding.unready()


@pytest.mark.usefixtures("people")
def test_two_processes_that_make_one_view_write_no_row_twice(define):
    define(WITH_BIRTH, PLACE)
    (late,) = rebuilding._builds()
    rebuilding.step()

    rebuilding._advance(late)  # another process that read the queue before
    steps()
    rebuilding._advance(late)

    assert live.check("person")


@pytest.mark.usefixtures("people")
def test_record_that_moves_meanwhile_stands_under_its_new_owner(define, repository):
    owner = {"managingOrganization": {"reference": "Organization/b"}}
    define(WITH_BIRTH, PLACE)
    rebuilding.step()
    put(repository, 1, **owner)

    steps()

    orgs = dict(database.fetch("SELECT fhir_id, org FROM resource WHERE fhir_id IN ('p0', 'p1')"))
    assert orgs["p0"] != orgs["p1"]
    assert dict(database.fetch("SELECT id, org FROM view_person WHERE id IN ('p0', 'p1')")) == orgs


@pytest.mark.usefixtures("people")
def test_command_waits_and_hears_how_much_is_left(define):
    define(WITH_BIRTH, PLACE)
    heard = []

    made = rebuilding.finish(lambda name, left: heard.append((name, left)))

    assert made == ["person"]
    assert heard == [("person", 10), ("person", 7), ("person", 4), ("person", 1)]
    assert rebuilding.finish() == []


@pytest.mark.parametrize("change", ["title: Người", "indexes: [[gender, id]]"])
@pytest.mark.usefixtures("people")
def test_change_that_leaves_the_rows_as_they_are_makes_no_row_anew(define, change, monkeypatch):
    monkeypatch.setattr(live, "fill", None)

    assert define(PERSON + f"    {change}\n", PLACE) == []

    assert rebuilding.unready() == {}
    wanted = {name for name, _columns in live.registered()["person"].needed()}
    found = {name for name in _indexes("view_person_row") if name != "view_person_row_rid"}
    assert found == {f"view_person_row_{number}" for number in wanted}
    assert define(PERSON + f"    {change}\n", PLACE) == []


def _indexes(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {name for name, one in connection.introspection.get_constraints(cursor, table).items() if one["index"]}


@pytest.mark.usefixtures("people")
def test_definition_that_this_release_cannot_read_is_not_kept_true(define, repository):
    database.run("UPDATE live_view SET hash = 'of another way to build', definition = '{}' WHERE name = 'person'")

    define(WITH_BIRTH, PLACE)
    put(repository, 11)
    steps()

    assert live.check("person")


@pytest.mark.usefixtures("people")
def test_view_that_is_not_wanted_any_more_is_no_longer_made(define):
    define(WITH_BIRTH, PLACE)

    define(PLACE)

    assert rebuilding.unready() == {}
    assert live.names() == ["place"]


def test_readiness_costs_no_query_once_everything_is_made(define, repository, django_assert_num_queries):
    rebuilding.refuse_unready(["person"])
    reindexing.refuse_unready()

    with django_assert_num_queries(0):
        rebuilding.refuse_unready(["person"])
        reindexing.refuse_unready()


def test_marks_of_views_change_with_what_their_rows_are(define, repository):
    before = rebuilding.marks(["person", "place"])

    define(WITH_BIRTH, PLACE)

    person, place = rebuilding.marks(["person", "place"])
    assert (person != before[0], place == before[1]) == (True, True)
    assert rebuilding.marks(["nobody"]) == [""]


def test_as_of_a_position_is_refused_too_while_a_view_is_made(define, repository, people):
    before = journal.position()
    define(WITH_BIRTH, PLACE)

    with pytest.raises(NotReady):
        tables.as_of(["person"], before)

    steps()
    sql = tables.as_of(["person"], before) + " SELECT count(*) AS n FROM person p WHERE {reach:p}"
    assert tables.rows(system_context(), sql) == [{"n": 7}]
    assert changes.between(["person"], before, before).patients == {}


# The index


@pytest.fixture
def outdated(repository, people, monkeypatch):
    """Patients were indexed by other rules than those of today."""
    reindexing.reindex_outdated()
    known = marks.of_type
    monkeypatch.setattr(marks, "of_type", lambda kind: known(kind) + ("+" if kind == "Patient" else ""))
    yield reindexing.put_off(more_than=5)
    reindexing._seen = None


def test_type_with_many_resources_is_put_off_and_its_searches_are_refused(outdated, repository):
    assert outdated == ["Patient"]

    for asked in ([("gender", "male")], [("_revinclude", "Observation:subject")]):
        with pytest.raises(NotReady, match="đang được dựng lại"):
            search(repository, "Patient", asked)
    with pytest.raises(NotReady):  # through a chain
        search(repository, "Observation", [("subject:Patient.gender", "male")])
    assert search(repository, "Location", []).resources == []
    assert repository.read("Patient", "p1")


def test_type_that_was_put_off_is_searched_again_when_its_index_is_made(outdated, repository):
    count = 1
    while reindexing.step():
        count += 1
        if count < 4:
            put(repository, 20 + count, "female")

    assert count == 6  # ten in four batches, the end, and nothing left
    assert reindexing.unready() == {}
    assert reindexing.outdated() == []
    assert [one["id"] for one in search(repository, "Patient", [("gender", "male")]).resources] == ["p3", "p5", "p7"]


def test_command_brings_what_was_put_off_to_its_end(outdated, repository):
    reindexing.step()
    assert 0 < reindexing.unready()["Patient"] < 100

    assert reindexing.reindex_outdated() == 5  # three of the eight were done

    assert reindexing.unready() == {}
    assert len(search(repository, "Patient", [("gender", "female")]).resources) == 3


def test_type_with_few_resources_is_not_put_off(repository, people, monkeypatch):
    reindexing.reindex_outdated()
    known = marks.of_type
    monkeypatch.setattr(marks, "of_type", lambda kind: known(kind) + "+")

    assert reindexing.put_off(more_than=8) == []
    assert reindexing.reindex_outdated() == 8


def test_process_that_saw_nothing_to_do_hears_that_another_began_to_index(outdated, repository):
    reindexing._seen = reindexing._Seen({}, 0.0)  # what this process saw when it started
    assert search(repository, "Patient", [("gender", "male")])

    for listener in watching._listeners:
        listener()

    with pytest.raises(NotReady):
        search(repository, "Patient", [("gender", "male")])
