import pytest


@pytest.fixture
def person_at(system):
    """Somebody with an open stay at a facility; more of the record by keyword."""

    def make(
        facility, name="Nguyễn Thị Thử", gender="female", birth="1948", since="2025-01-10", checked="", problem=""
    ):
        patient = system.create(
            {
                "resourceType": "Patient",
                "name": [{"text": name}],
                "gender": gender,
                "birthDate": birth,
                "managingOrganization": {"reference": f"Organization/{facility}"},
            }
        ).resource["id"]
        subject, unit = {"reference": f"Patient/{patient}"}, {"reference": f"Organization/{facility}"}
        stay = {"status": "active", "patient": subject, "managingOrganization": unit, "period": {"start": since}}
        system.create({"resourceType": "EpisodeOfCare", **stay})
        if checked:
            system.create(check(subject, unit, checked))
        return patient

    return make


def check(subject, unit, day):
    kinds = "https://ansinh.vn/fhir/CodeSystem/encounter-type"
    actions = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": actions, "code": "AMB"},
        "type": [{"coding": [{"system": kinds, "code": "periodic-check"}]}],
        "subject": subject,
        "serviceProvider": unit,
        "period": {"start": f"{day}T08:00:00+07:00"},
    }
