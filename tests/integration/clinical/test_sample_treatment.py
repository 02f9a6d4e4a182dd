"""What the sample writes without being judged would also be taken at the door."""

import pytest

from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
from sample_data import people, places, records, rooms
from sample_data.treatment import Treatment

pytestmark = pytest.mark.django_db


def test_treatment_of_the_sample_is_valid(world):
    place = next(each for each in places.places() if each.id == world.a)
    repository, living, treatment = Repository(system_context()), rooms.Rooms(), Treatment(1)
    written = []
    for person in people.draw(1, [place], 25):
        made = list(treatment.resources(person))
        if not made:
            continue
        with repository.transaction():
            for resource in (*records.build(person, ()), *living.resources(person)):
                repository.save(resource)
            written += [one.resource["resourceType"] for one in repository.carry_out(
                [repository.to_create(one, id=one["id"]) for one in made]
            )]  # fmt: skip

    assert {"Medication", "MedicationRequest", "MedicationAdministration", "DiagnosticReport", "Observation"} <= set(
        written
    )
