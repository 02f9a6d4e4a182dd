"""Words are asserted in Vietnamese, whatever language a page of an earlier test left behind."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_vietnamese():
    with translation.override("vi"):
        yield
