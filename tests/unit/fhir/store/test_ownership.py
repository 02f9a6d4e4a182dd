"""Whose a record is."""

import pytest

from ansinh.fhir.index.numbers import WITHHELD, organization, people_of
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.store.ownership import PERSONAL, Owner, owner_of, patient_of

UNIT, PEOPLE = organization("a"), people_of("a")


def to(reference: str) -> dict:
    return {"reference": reference}


@pytest.mark.parametrize(
    ("resource", "patient"),
    [
        ({"resourceType": "Observation", "subject": to("Patient/p")}, "p"),
        ({"resourceType": "Observation", "subject": to("Patient/p/_history/3")}, "p"),
        ({"resourceType": "Coverage", "beneficiary": to("Patient/p")}, "p"),
        ({"resourceType": "Task", "for": to("Patient/p")}, "p"),
        ({"resourceType": "ResearchSubject", "individual": to("Patient/p")}, "p"),
        ({"resourceType": "Provenance", "target": [to("Observation/o"), to("Patient/p")]}, "p"),
        (
            {"resourceType": "Appointment", "participant": [{"actor": to("Location/l")}, {"actor": to("Patient/p")}]},
            "p",
        ),
        ({"resourceType": "Group", "member": [{"entity": to("Patient/p")}]}, "p"),
        ({"resourceType": "Schedule", "actor": [to("Patient/p")]}, "p"),
        ({"resourceType": "Observation", "subject": to("Group/g")}, ""),
        ({"resourceType": "Observation", "subject": to("https://elsewhere.vn/fhir/Patient/p")}, ""),
        ({"resourceType": "Observation", "subject": to("#p")}, ""),
        ({"resourceType": "Observation", "subject": "Patient/p"}, ""),
        ({"resourceType": "Observation", "subject": {"reference": 3}}, ""),
        ({"resourceType": "Goal", "target": [{"measure": {}}]}, ""),
    ],
)
def test_the_patient_of_a_record_is_found_where_the_record_names_one(resource, patient):
    assert patient_of(resource) == patient


@pytest.mark.parametrize(
    ("resource", "owner"),
    [
        (
            {"resourceType": "Patient", "id": "p", "managingOrganization": to("Organization/a")},
            Owner("p", PEOPLE, False),
        ),
        ({"resourceType": "Patient", "id": "p"}, Owner("p", None, False)),
        ({"resourceType": "Observation", "subject": to("Patient/p")}, Owner("p", None, True)),
        ({"resourceType": "Task", "for": to("Patient/p"), "owner": to("Organization/a")}, Owner("p", PEOPLE, False)),
        ({"resourceType": "Task", "for": to("Patient/p"), "owner": to("Practitioner/x")}, Owner("p", None, True)),
        ({"resourceType": "Composition", "subject": to("Organization/a")}, Owner("", UNIT, False)),
        ({"resourceType": "Composition", "subject": to("Patient/p")}, Owner("p", None, True)),
        ({"resourceType": "MeasureReport", "reporter": to("Organization/a")}, Owner("", UNIT, False)),
        ({"resourceType": "SupplyDelivery", "supplier": to("Organization/a")}, Owner("", UNIT, False)),
        ({"resourceType": "SupplyDelivery", "patient": to("Patient/p")}, Owner("p", None, True)),
        ({"resourceType": "Organization", "id": "a"}, Owner("", None, False)),
        ({"resourceType": "Questionnaire"}, Owner("", None, False)),
        ({"resourceType": "PractitionerRole", "organization": to("Organization/a")}, Owner("", None, False)),
    ],
)
def test_the_owner_is_the_patients_the_units_or_nobodys(resource, owner):
    assert owner_of(resource, "") == owner


@pytest.mark.parametrize("kind", ["Observation", "Task", "Binary", "DocumentReference", "Group", "Person"])
def test_a_personal_record_without_a_patient_is_its_units_or_withheld_never_everybodys(kind):
    assert owner_of({"resourceType": kind}, "a") == Owner("", PEOPLE, False)
    assert owner_of({"resourceType": kind}, "") == Owner("", WITHHELD, False)


def test_no_organisation_has_the_number_of_the_withheld_and_one_bit_tells_people_apart():
    for number in range(1000):
        unit, people = organization(str(number)), people_of(str(number))

        assert WITHHELD not in (unit, people)
        assert (unit % 2, people % 2) == (1, 0)


def test_every_type_of_the_patient_compartment_is_personal_or_known_not_to_be():
    """Reports and timetables may be about a unit; without a patient they belong to the unit or to nobody."""
    about_units = {"Composition", "MeasureReport", "Schedule"}

    assert set(definitions().compartment("Patient")) - PERSONAL == about_units
