"""Labels that come later reach what is stored."""

import pytest

from ansinh.fhir.store import Repository, journal, labelling, relabelling
from ansinh.kernel.context import system_context

from .conftest import finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_labels(people):
    """Records that were written before there were labels."""
    held = labelling.registered()
    labelling.register([])
    loader = Repository(system_context(), validate=False)
    for number in range(3):
        loader.update(finding(f"old{number}", "B20"))
    loader.update(finding("other", "I10"))
    yield held
    labelling.register(held)


def run() -> int:
    steps = 1
    while relabelling.step():
        steps += 1
    return steps


def test_stored_records_get_the_labels_that_they_bear(without_labels, lan, binh, monkeypatch):
    monkeypatch.setattr(relabelling, "_BATCH", 50)
    assert Repository(lan).find("Condition", "old1") is not None
    labelling.register(without_labels)

    assert run() > 2

    assert [Repository(lan).find("Condition", f"old{number}") for number in range(3)] == [None] * 3
    assert Repository(binh).read("Condition", "old1")["meta"]["versionId"] == "2"
    assert Repository(lan).read("Condition", "other")["meta"]["versionId"] == "1"
    assert journal.verify() > 0


def test_what_is_done_is_not_looked_at_again(without_labels, django_assert_num_queries):
    labelling.register(without_labels)
    run()
    position = journal.position()

    with django_assert_num_queries(1):
        assert relabelling.step() is False
    assert journal.position() == position


def test_other_labels_begin_anew(without_labels, lan):
    labelling.register(without_labels[:1])
    run()
    assert Repository(lan).find("Condition", "old1") is not None

    labelling.register(without_labels)
    run()

    assert Repository(lan).find("Condition", "old1") is None
