"""A whole person of facility A, the strangers who must learn nothing of them, and doors for everybody."""

from collections.abc import Callable

import pytest

from tests.support.fhir_door import FhirClient
from tests.support.whole_person import WholePerson, make_whole_person


@pytest.fixture
def whole(lan, binh) -> WholePerson:
    """A person of facility A with a stay, a visit, a session, a screening, two tasks and a card."""
    return make_whole_person(lan, binh)


@pytest.fixture
def door_of(account_of) -> Callable[[str], FhirClient]:
    """A client of the FHIR door for a member of the cast."""
    return lambda name: FhirClient(account_of(name))
