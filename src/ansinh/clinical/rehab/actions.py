"""Writing a rehabilitation session: Encounter and Procedures in one transaction."""

from dataclasses import replace

from django.utils.translation import gettext as _

from ansinh.clinical.encounters import rules as care_rules
from ansinh.clinical.encounters.actions import care_of, write_contact
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.rehab import queries, reading, resources
from ansinh.clinical.rehab.rules import Session, Technique, checked
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import CS


def record_session(context: Context, *, person_id: str, session: Session, entry_id: str = "") -> str:
    """Writes a session and returns the id of its Encounter.

    entry_id: as in encounters. Raises Invalid with a problem for each field (an unknown technique, a pain score
    outside 0–10, a day in the future, before birth or after death), Conflict when the form was sent before, NotFound.
    """
    session = checked(_named(session))
    card = registry.person(context, person_id)
    local = session.moment.astimezone(clock.VIETNAM)
    care_rules.moment_of_care(local, card.draft.birth_date, clock.now(), death=card.deceased)
    care = care_of(context, card, session.moment, entry_id)
    label = concepts.display(CS("encounter-type"), resources.SESSION)
    plan = reading.plan_of(context, card)
    write_contact(context, resources.all_resources(care, session, label, plan["id"] if plan else ""))
    return care.id


def _named(session: Session) -> Session:
    """The session with the catalogue's words for each technique."""
    return replace(session, techniques=tuple(_known(technique) for technique in session.techniques))


def _known(technique: Technique) -> Technique:
    words = queries.technique_name(technique.code)
    if words is None:
        raise Invalid(_("Kỹ thuật không có trong danh mục chương 17."), code="technique-unknown", field="techniques")
    return replace(technique, display=words)
