"""A contact (visit, check, session, screening) as one thing: what was written in it, and whether it was taken back.

A contact entered in error keeps everything that was written; its parts leave the live views, so that no list, chart or
measure counts them. encounters writes that (`retract`); everybody reads it here.
"""

from typing import Any

from ansinh.clinical.registry.retractions import kind_of
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context

Resource = dict[str, Any]

# kind of contact → permission of those who write it
WRITERS = {
    "visit": "visit.write",
    "periodic-check": "visit.write",
    "rehab-session": "rehab.write",
    "screening": "screening.write",
}
PARTS = ("Observation", "Condition", "Procedure", "ClinicalImpression", "QuestionnaireResponse")
_MOST = "200"


def may_retract(context: Context, contact: Resource) -> bool:
    """Whether the reader may take it back: who wrote it, or who answers for the entries of others (`entry.retract`).

    Both need the permission to write that kind. One query, for those who answer only for their own.
    """
    needed = WRITERS.get(kind_of(contact))
    if needed is None or not context.has(needed) or contact.get("status") == "entered-in-error":
        return False
    return context.has("entry.retract") or written_by(context, contact) == context.actor


def written_by(context: Context, contact: Resource) -> str:
    """The reference of who wrote the first version."""
    return Repository(context).history("Encounter", contact["id"])[-1].author


def entries(context: Context, contact_id: str) -> list[Resource]:
    """Everything that was written within a contact, whether it stands or not. Five queries."""
    repository = Repository(context)
    asked = [("encounter", f"Encounter/{contact_id}"), ("_count", _MOST)]
    return [one for kind in PARTS for one in search(repository, kind, asked).resources]


def tasks_of(context: Context, responses: list[Resource]) -> list[Resource]:
    """Tasks that came of filled questionnaires. One query."""
    named = ",".join(f"QuestionnaireResponse/{one['id']}" for one in responses)
    return search(Repository(context), "Task", [("focus", named), ("_count", _MOST)]).resources if named else []
