"""One registered person of facility A, in stay, for everything that is done for people."""

import pytest

from ansinh.clinical.registry import actions
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft


@pytest.fixture
def on_staff(system, lan) -> None:
    """Lan is in the staff register, as everybody who logs in should be."""
    practitioner = {"resourceType": "Practitioner", "id": lan.actor.partition("/")[2], "name": [{"text": lan.display}]}
    system.save(practitioner)


@pytest.fixture
def an(lan) -> str:
    """Id of Nguyễn Văn An, born 1950, in stay at facility A since 05/01/2026."""
    draft = PersonDraft("Nguyễn Văn An", "male", "1950-05-12", citizen_number="037050000001")
    return actions.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))
