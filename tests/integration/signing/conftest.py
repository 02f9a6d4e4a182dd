"""A visit that Bình wrote about An, ready to be signed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ansinh.clinical.encounters.actions import Notes, record_visit
from ansinh.clinical.registry import actions
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.kernel import clock


@pytest.fixture
def an(lan) -> str:
    """Id of Nguyễn Văn An of facility A, registered by Lan."""
    return actions.register_person(lan, draft=PersonDraft("Nguyễn Văn An", "male", "1950-05-12"))


@pytest.fixture
def visit(binh, an) -> str:
    """Id of the Encounter of Bình's visit: pressure, pulse, a diagnosis, note and advice."""
    notes = Notes(
        moment=clock.now() - timedelta(hours=1),
        measures={"systolic": Decimal(150), "diastolic": Decimal(90), "pulse": Decimal(80)},
        complaint="Đau đầu",
        codes=["I10"],
        note="Tăng huyết áp",
        advice="Ăn nhạt",
    )
    return record_visit(binh, person_id=an, notes=notes)
