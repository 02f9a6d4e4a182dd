"""What an import changes in the process is as before when it ends, well or not."""

import gc

import pytest

from ansinh.fhir.bulk import tuning
from ansinh.fhir.store import database


@pytest.fixture
def usual_collections():
    """As in a process that nobody has tuned."""
    tuned = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*tuned)


@pytest.mark.usefixtures("usual_collections")
def test_collections_are_rare_only_within():
    before = gc.get_threshold()

    with tuning.rare_collections():
        within = gc.get_threshold()

    assert within[0] > before[0]
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_collections_are_as_before_after_an_error():
    before = gc.get_threshold()

    with pytest.raises(ValueError, match="x"), tuning.rare_collections():
        raise ValueError("x")

    assert gc.get_threshold() == before


@pytest.mark.django_db
def test_cache_is_large_only_within():
    if database.is_postgresql():
        with tuning.large_cache():
            pass
        return

    def size() -> int:
        return database.run("PRAGMA cache_size").fetchone()[0]

    before = size()
    with tuning.large_cache():
        within = size()

    assert (within, size()) == (-128000, before)
