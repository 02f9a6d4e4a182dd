"""Writing an assessment: a contact of its own with the filled form and its total, in one transaction."""

from typing import Any

from ansinh.clinical.encounters.actions import care_of
from ansinh.clinical.encounters.resources import encounter_resource
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.rehab import library
from ansinh.clinical.screening import actions as screening
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS

ASSESSMENT = "rehab-assessment"


def record_assessment(context: Context, *, person_id: str, tool: str, response: Any, key: str) -> screening.Recorded:
    """Stores a filled form of the library; returns what it left.

    key: id of the response to be, chosen by the form, so that a form sent twice is stored once. Raises NotFound for a
    form that is no assessment or another facility's person, Invalid with every problem of the answers.
    """
    if tool not in library.library().tools:
        raise NotFound("Không có phiếu lượng giá này.", field="questionnaire")
    repository = Repository(context)
    with repository.transaction():
        card = registry.person(context, person_id)
        visit = stable_id(ASSESSMENT, key)
        if repository.find("Encounter", visit) is None:
            care = care_of(context, card, clock.now(), visit)
            label = concepts.display(CS("encounter-type"), ASSESSMENT)
            repository.create(encounter_resource(care, ASSESSMENT, label), id=visit)
        return screening.record_screening(
            context=context, patient_id=person_id, questionnaire=tool, response=response, encounter_id=visit, key=key
        )
