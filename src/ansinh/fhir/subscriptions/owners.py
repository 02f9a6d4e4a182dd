"""Whose rights an event is judged by: those that whoever set the subscription up has now."""

from dataclasses import dataclass

from ansinh.fhir.jobs import askers
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import Refused

_ALL = ["*"]


@dataclass(frozen=True, slots=True)
class Owner:
    """login: id of the account; role and unit: what it acted as; actor: whom the record names."""

    login: str
    role: str
    unit: str
    actor: str


def context_of(owner: Owner) -> Context | None:
    """The owner's Context today; None when the account no longer holds that role there.

    A subscription lasts for years, so only today's rights count: the asker is taken as one who might do everything.
    """
    if not owner.login:
        return None
    then = {"reach": [EVERYWHERE], "may": {"*": _ALL}, "permissions": _ALL, "purpose": "TREAT", "persons": True}
    who = {"actor": owner.actor, "role": owner.role, "unit": owner.unit, "login": owner.login}
    try:
        return askers.context_of(then | who)
    except Refused:
        return None
