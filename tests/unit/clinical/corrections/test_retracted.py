"""An entry taken back keeps everything, and says so in the words of its own type."""

import pytest

from ansinh.clinical.corrections.actions import retracted
from ansinh.clinical.registry.retractions import Retraction, kind_of, retraction_of
from ansinh.kernel.naming import EXT

WHY = Retraction("Ghi nhầm người", "2026-03-10T08:00:00+07:00", "Practitioner/d", "Bác sĩ")


@pytest.mark.parametrize("kind", ["MedicationRequest", "DiagnosticReport", "Immunization", "DocumentReference"])
def test_entry_with_a_status_is_entered_in_error_and_says_who_and_why(kind):
    body = {"resourceType": kind, "id": "x", "status": "active", "code": {"text": "nội dung"}}

    gone = retracted(body, WHY)

    assert gone["status"] == "entered-in-error"
    assert gone["code"] == body["code"]
    assert retraction_of(gone) == WHY
    assert retraction_of(body) is None


@pytest.mark.parametrize("kind", ["Condition", "AllergyIntolerance"])
def test_what_has_a_certainty_loses_its_state_and_no_status_is_made_up(kind):
    gone = retracted({"resourceType": kind, "id": "x", "clinicalStatus": {"coding": [{"code": "active"}]}}, WHY)

    assert gone["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert not {"status", "clinicalStatus"} & gone.keys()
    assert retraction_of(gone) == WHY


def test_task_is_cancelled_with_the_reason():
    gone = retracted({"resourceType": "Task", "id": "x", "status": "requested"}, WHY)

    assert (gone["status"], gone["statusReason"]["text"]) == ("cancelled", WHY.reason)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"resourceType": "AllergyIntolerance", "type": "allergy"}, "AllergyIntolerance"),
        ({"resourceType": "Observation"}, "Observation"),
        ({"resourceType": "Observation", "extension": [{"url": EXT("pregnancy"), "valueString": "e"}]}, "pregnancy"),
        ({"resourceType": "EpisodeOfCare"}, "stay"), ({"resourceType": "Encounter"}, ""),
    ],
)  # fmt: skip
def test_kind_of_an_entry_says_who_may_take_it_back(body, kind):
    assert kind_of(body) == kind
