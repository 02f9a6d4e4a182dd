"""Who changed between two positions, and reading views for these alone."""

import pytest

from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import changes, tables
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db

VIEWS = ["episode", "patient"]


@pytest.fixture
def repository(db):
    return Repository(system_context(), validate=False)


def person(repository, name="p", gender="female"):
    repository.save({"resourceType": "Patient", "id": f"changes-{name}", "gender": gender})
    return f"changes-{name}"


def stay(repository, patient, name="e", status="active"):
    subject = {"patient": {"reference": f"Patient/{patient}"}} if patient else {}
    repository.save({"resourceType": "EpisodeOfCare", "id": f"changes-{name}", "status": status, **subject})


def test_writes_name_the_patients_of_each_view(repository):
    first, start = person(repository, "p"), journal.position()
    person(repository, "q")
    stay(repository, first)

    found = changes.between(VIEWS, start, journal.position())

    assert found.patients == {"patient": {"changes-q"}, "episode": {"changes-p"}}
    assert found.of(["patient"]) == {"changes-q"}
    assert found.of(VIEWS) == {"changes-p", "changes-q"}
    assert found.of([]) == frozenset()


def test_order_of_the_two_positions_does_not_matter(repository):
    start = journal.position()
    person(repository)

    assert changes.between(VIEWS, start, journal.position()) == changes.between(VIEWS, journal.position(), start)


def test_row_that_went_from_one_patient_to_another_names_both(repository):
    one, other = person(repository, "p"), person(repository, "q")
    stay(repository, one)
    start = journal.position()

    stay(repository, other)

    assert changes.between(["episode"], start, journal.position()).of(["episode"]) == {one, other}


def test_deletion_names_the_patient(repository):
    patient = person(repository)
    start = journal.position()

    repository.delete("Patient", patient)

    assert changes.between(VIEWS, start, journal.position()).of(VIEWS) == {patient}


def test_change_that_names_nobody_cannot_be_told(repository):
    start = journal.position()
    stay(repository, "")
    found = changes.between(VIEWS, start, journal.position())

    assert found.of(["episode"]) is None
    assert found.of(["patient"]) == frozenset()


def test_view_that_is_not_about_patients_cannot_be_told(repository):
    start = journal.position()
    repository.save({"resourceType": "Organization", "id": "changes-unit", "name": "Cơ sở thử"})

    assert changes.between(["organization"], start, journal.position()).of(["organization"]) is None


def test_too_many_patients_or_entries_cannot_be_told(repository, monkeypatch):
    start = journal.position()
    for name in "pqr":
        person(repository, name)

    monkeypatch.setattr(changes, "MOST_PATIENTS", 2)
    assert changes.between(VIEWS, start, journal.position()).of(["patient"]) is None
    monkeypatch.setattr(changes, "MOST_PATIENTS", 3)
    assert changes.between(VIEWS, start, journal.position()).of(["patient"]) is not None
    monkeypatch.setattr(changes, "MOST_ENTRIES", 2)
    assert changes.between(VIEWS, start, journal.position()).of(["patient"]) is None


def test_nothing_between_equal_positions_asks_nothing(repository, django_assert_num_queries):
    changes.between(VIEWS, 1, 1)

    with django_assert_num_queries(0):
        assert changes.between(VIEWS, 5, 5) == changes.Changes({})


def test_unknown_view_is_an_error(repository):
    with pytest.raises(ValueError, match="no live view nothing"):
        changes.between(["nothing"], 0, 1)


def test_views_are_read_for_some_patients_as_of_a_position(repository):
    person(repository, "p", "male")
    person(repository, "q")
    before = journal.position()
    person(repository, "p", "other")

    def genders(position):
        prefix = tables.as_of(["patient"], "at", "chosen")
        sql = f"WITH chosen(id) AS (VALUES ('changes-p')) SELECT g.* FROM ({prefix} "
        sql += "SELECT p.gender FROM patient p WHERE {reach:p}) g"
        return [row["gender"] for row in tables.rows(system_context(), sql, {"at": position})]

    assert (genders(before), genders(journal.position())) == (["male"], ["other"])


def test_marks_change_with_their_types_only(repository):
    before = changes.marks(["Patient"])
    stay(repository, "")
    assert changes.marks(["Patient"]) == before

    person(repository)
    after = changes.marks(["Patient"])

    assert after != before
    assert after[-1][0] == journal.position()
    assert changes.marks(["Account"]) == ()
