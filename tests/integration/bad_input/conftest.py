"""A person in stay at facility A, a screened one, and what holds for every refusal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.test import Client

from ansinh.clinical.registry import actions
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import journal
from tests.support.fhir_door import FhirClient


@pytest.fixture
def an(lan) -> str:
    """Id of Nguyễn Văn An, born 1950, in stay at facility A since 05/01/2026."""
    draft = PersonDraft("Nguyễn Văn An", "male", "1950-05-12", citizen_number="037050000001")
    return actions.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))


@pytest.fixture
def nothing_changes() -> Callable:
    """`with nothing_changes():` – the journal ends where it began."""

    @contextmanager
    def watch() -> Iterator[None]:
        before = journal.position()
        yield
        assert journal.position() == before

    return watch


@pytest.fixture
def door(account_of) -> FhirClient:
    """The FHIR door for the doctor of facility A."""
    return FhirClient(account_of("binh"))


@pytest.fixture
def nurse(client_of) -> Client:
    """Lan's browser, logged in before anything is watched."""
    return client_of("lan")
