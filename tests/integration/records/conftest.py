"""Papers of An's record: a rehabilitation record that Bình wrote, and a visit beside it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ansinh.clinical.encounters.actions import Notes, record_visit
from ansinh.clinical.records import actions
from ansinh.clinical.registry import actions as registry
from ansinh.clinical.registry import queries as people
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.kernel import clock
from tests.support.filled_forms import filled


@pytest.fixture
def fill():
    return filled


@pytest.fixture
def an(lan) -> str:
    """Id of Nguyễn Văn An, in stay at facility A, registered by Lan."""
    draft = PersonDraft("Nguyễn Văn An", "male", "1950-05-12", citizen_number="037050000001")
    return registry.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))


@pytest.fixture
def document(binh, an) -> str:
    """Id of the Composition of a rehabilitation record by Bình."""
    return actions.write_form(binh, person_id=an, form="rehabilitation", response=filled("rehabilitation"))


@pytest.fixture
def visit(binh, an) -> str:
    """Id of a visit by Bình with a pressure and a psychiatric diagnosis."""
    measures = {"systolic": Decimal(150), "diastolic": Decimal(90)}
    moment = clock.now() - timedelta(hours=1)
    return record_visit(
        binh,
        person_id=an,
        notes=Notes(moment=moment, measures=measures, codes=["F20"], note="Ổn định", advice="Uống thuốc"),
    )


@pytest.fixture
def card_of():
    """The card of a person for a reader."""
    return lambda context, person: people.person(context, person)
