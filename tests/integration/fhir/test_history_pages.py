"""History as the engine reads it: pages of versions, and the Bundle that a batch puts into its answer."""

from datetime import timedelta

import pytest

from ansinh.fhir.search import history, history_bundle
from ansinh.fhir.store import Repository, Wanted, changes, database
from ansinh.fhir.transactions import process
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Malformed, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def repository() -> Repository:
    made = Repository(system_context(), validate=False)
    for gender in ("male", "female", "other"):
        made.update({"resourceType": "Patient", "id": "p", "gender": gender})
    made.update({"resourceType": "Organization", "id": "o"})
    made.delete("Patient", "p")
    return made


def test_one_resource_is_counted_and_its_versions_come_newest_first(repository):
    page = history(repository, Wanted("Patient", "p"), [("_count", "3")])

    assert page.total == 4
    assert [event.version.version for event in page.events] == [4, 3, 2]
    rest = history(repository, Wanted("Patient", "p"), [("_count", "3"), ("_cursor", page.next)])
    assert [event.version.version for event in rest.events] == [1]
    assert rest.next is None


def test_a_bundle_without_base_has_no_addresses(repository):
    bundle = history_bundle(history(repository, Wanted("Patient", "p"), []))

    assert bundle["type"] == "history"
    assert [entry["request"]["method"] for entry in bundle["entry"]] == ["DELETE", "PUT", "PUT", "POST"]
    assert [entry["response"]["status"] for entry in bundle["entry"]] == ["204", "200", "200", "201"]
    assert "resource" not in bundle["entry"][0]
    assert not any("fullUrl" in entry for entry in bundle["entry"])
    assert "link" not in bundle


def test_what_was_written_since_is_bounded_from_below(repository, monkeypatch):
    start = clock.now()
    with clock.frozen(start + timedelta(hours=2)):
        last = repository.update({"resourceType": "Patient", "id": "q"})
    wanted = [("_since", (start + timedelta(hours=1)).isoformat())]

    assert [event.version.position for event in history(repository, Wanted(), wanted).events] == [last.position]
    monkeypatch.setattr(changes, "_MUCH", 1)
    assert [event.version.position for event in history(repository, Wanted(), wanted).events] == [last.position]
    assert history(repository, Wanted(), [("_since", "2999")]).events == []


def test_a_clock_that_was_set_back_hides_nothing(repository):
    start = clock.now()
    for hours in (3, 1, 2):
        with clock.frozen(start + timedelta(hours=hours)):
            repository.update({"resourceType": "Patient", "id": f"at-{hours}"})

    found = history(repository, Wanted(), [("_since", (start + timedelta(hours=1.5)).isoformat())])

    assert [event.id for event in found.events] == ["at-2", "at-3"]


def test_the_index_by_time_is_there(repository):
    with pytest.raises(Exception, match="journal_at"):
        database.run_once("CREATE INDEX journal_at ON journal (at_us)")


@pytest.mark.parametrize("name", ["_count", "_since", "_at", "_cursor"])
def test_a_parameter_that_makes_no_sense_is_refused_by_name(repository, name):
    with pytest.raises(Malformed) as refused:
        history(repository, Wanted("Patient"), [(name, "x!")])

    assert refused.value.field == name


def test_the_cursor_of_another_history_is_refused(repository):
    cursor = history(repository, Wanted("Patient"), [("_count", "1")]).next

    with pytest.raises(Malformed):
        history(repository, Wanted("Organization"), [("_cursor", cursor)])


def test_nobody_reads_what_is_not_there(repository):
    with pytest.raises(NotFound):
        history(repository, Wanted("Patient", "nobody"), [])


def test_a_batch_reads_history_like_the_door(repository):
    entries = [
        {"request": {"method": "GET", "url": "Patient/p/_history?_count=2"}},
        {"request": {"method": "GET", "url": "Patient/p/_history?_count=x"}},
        {"request": {"method": "GET", "url": "Patient/nobody/_history"}},
    ]

    answer = process(repository, {"resourceType": "Bundle", "type": "batch", "entry": entries})

    found, wrong, nobody = answer["entry"]
    assert found["resource"]["type"] == "history"
    assert found["resource"]["total"] == 4
    assert [each["request"]["method"] for each in found["resource"]["entry"]] == ["DELETE", "PUT"]
    assert wrong["response"]["status"].startswith("400")
    assert nobody["response"]["status"].startswith("404")
