"""The engine is tested on a store of its own: nothing in it but what the test writes."""

import pytest

from tests.support.stores import empty_store


@pytest.fixture(autouse=True)
def _empty_store(db):
    empty_store()
