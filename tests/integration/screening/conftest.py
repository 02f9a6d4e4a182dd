"""People of two facilities to screen, and responses to record."""

import pytest
from django.conf import settings

from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.kernel.ids import stable_id
from tests.support.responses import of_points

FOLDER = settings.DEFINITIONS / "questionnaires"


def a_patient(name, facility, *, gender="female"):
    family, *given = name.split()
    return {
        "resourceType": "Patient",
        "id": stable_id("screening-test", name),
        "name": [{"text": name, "family": family, "given": given}],
        "gender": gender,
        "birthDate": "1948",
        "managingOrganization": {"reference": f"Organization/{facility}"},
    }


@pytest.fixture(autouse=True)
def staff(system):
    """The cast as Practitioners on record."""
    for name in ("lan", "binh", "mai", "cuc"):
        system.update({"resourceType": "Practitioner", "id": stable_id("test-practitioner", name)})


@pytest.fixture
def hoa(system, world):
    """A person of facility A."""
    return system.update(a_patient("Nguyễn Thị Hoa", world.a)).resource["id"]


@pytest.fixture
def tam(system, world):
    """A person of facility B."""
    return system.update(a_patient("Trần Văn Tám", world.b, gender="male")).resource["id"]


@pytest.fixture
def response_of():
    """A response to a shipped tool from points, in the order of its scored questions."""

    return lambda name, points: of_points(read_questionnaire(FOLDER / f"{name}.yaml"), points)
