"""Whose rights an event is judged by: those that whoever set the subscription up has now."""

from dataclasses import dataclass

from ansinh.fhir.jobs import askers
from ansinh.fhir.model import json
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Owner:
    """login: id of the account; role and unit: what it acted as; actor: whom the record names; rights: what that
    login was allowed (`rights_of`)."""

    login: str
    role: str
    unit: str
    actor: str
    rights: str


def rights_of(context: Context) -> str:
    """What a writer may do, to be kept: a login with less than its role allows must not get more by subscribing."""
    may = {kind: sorted(verbs) for kind, verbs in sorted(context.may.items())}
    kept = {"may": may, "permissions": [], "purpose": context.purpose, "persons": context.persons}
    return json.dumps(kept).decode()


def context_of(owner: Owner) -> Context | None:
    """The owner's Context today, never more than when subscribing; None when the account no longer holds that role
    there. The reach is today's alone: a subscription lasts for years, and units merge and move meanwhile."""
    if not (owner.login and owner.rights):
        return None
    who = {"actor": owner.actor, "role": owner.role, "unit": owner.unit, "login": owner.login, "reach": [EVERYWHERE]}
    try:
        return askers.context_of(json.loads(owner.rights.encode()) | who)
    except Refused:
        return None
