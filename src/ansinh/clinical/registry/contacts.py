"""A contact (visit, check, session, screening) or a stay as one thing: what was written in it, who may take it back.

A contact entered in error keeps everything that was written; its parts leave the live views, so that no list, chart or
measure counts them. encounters writes that of contacts (`retract`), this app that of stays (`actions.retract_stay`).
"""

from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.registry.retractions import STAY, Retraction, kind_of, retraction_of
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, Refused
from ansinh.kernel.text import nfc

Resource = dict[str, Any]

# kind of contact, or a stay → permission of those who write it
WRITERS = {
    "visit": "visit.write",
    "periodic-check": "visit.write",
    "rehab-session": "rehab.write",
    "rehab-assessment": "rehab.write",
    "rehab-conference": "rehab.write",
    "rehab-discharge": "rehab.write",
    "screening": "screening.write",
    "vitals-round": "visit.write",
    "record": "record.write",
    STAY: "stay.admit",
}
PARTS = ("Observation", "Condition", "Procedure", "ClinicalImpression", "QuestionnaireResponse")
_MOST = "200"


def may_retract(context: Context, entry: Resource) -> bool:
    """Whether the reader may take it back: who wrote it, or who answers for the entries of others (`entry.retract`).

    Both need the permission to write that kind. One query, for those who answer only for their own.
    """
    needed = WRITERS.get(kind_of(entry))
    if needed is None or not context.has(needed) or entry.get("status") == "entered-in-error":
        return False
    return context.has("entry.retract") or written_by(context, entry) == {context.actor}


def refuse_others(context: Context, entry: Resource) -> None:
    """Raises Refused where the reader may not take this entry back."""
    if not may_retract(context, entry):
        message = _("Chỉ người đã ghi, bác sĩ hoặc giám đốc cơ sở được đánh dấu ghi nhầm.")
        raise Refused(message, code="retraction-of-others")


def retracting(context: Context, entry: Resource, reason: str) -> Retraction:
    """Why, by whom and when this reader takes an entry back.

    Raises Invalid without a reason, Conflict when it was taken back before, Refused for an entry of somebody else.
    """
    if not nfc(reason):
        raise Invalid(_("Cần ghi vì sao đây là ghi nhầm."), code="retraction-reason", field="reason")
    if retraction_of(entry):
        raise Conflict(_ALREADY[kind_of(entry) == STAY](), code="already-retracted")
    refuse_others(context, entry)
    return Retraction(nfc(reason), clock.instant(), on_staff(context), context.display)


_ALREADY = {
    True: lambda: _("Đợt này đã được đánh dấu ghi nhầm."),
    False: lambda: _("Lần ghi này đã được đánh dấu ghi nhầm."),
}


def written_by(context: Context, entry: Resource) -> set[str]:
    """Who answers for an entry: who wrote a contact, or who opened a stay and who ended it."""
    versions = Repository(context).history(entry["resourceType"], entry["id"])
    return {one.author for one in (versions if kind_of(entry) == STAY else versions[-1:])}


def on_staff(context: Context) -> str:
    """The reader's Practitioner, "" when the staff register does not know them (the account was made first)."""
    kind, _slash, practitioner = context.actor.partition("/")
    known = kind == "Practitioner" and Repository(context).exists(kind, practitioner)
    return context.actor if known else ""


def entries(context: Context, contact_id: str) -> list[Resource]:
    """Everything that was written within a contact, whether it stands or not. Five queries."""
    repository = Repository(context)
    asked = [("encounter", f"Encounter/{contact_id}"), ("_count", _MOST)]
    return [one for kind in PARTS for one in search(repository, kind, asked).resources]


def tasks_of(context: Context, responses: list[Resource]) -> list[Resource]:
    """Tasks that came of filled questionnaires. One query."""
    named = ",".join(f"QuestionnaireResponse/{one['id']}" for one in responses)
    return search(Repository(context), "Task", [("focus", named), ("_count", _MOST)]).resources if named else []
