"""The Context under an emergency access: that one person, with every label, wherever the person is cared for."""

from dataclasses import replace

from django.http import HttpRequest

from ansinh.access.emergency import queries
from ansinh.access.models import EmergencyAccess, User
from ansinh.fhir.store.labelling import ALL
from ansinh.kernel.context import Context, Only

SESSION = "emergency"
PURPOSE = "BTG"
OPENS = "emergency.open"


def narrowed(request: HttpRequest, held: Context) -> Context:
    """The Context of the request: `held`, unless an emergency access is under way in this session."""
    number = request.session.get(SESSION)
    if number is None or not held.has(OPENS) or not isinstance(request.user, User):
        return held
    found = queries.in_force(request.user, number)
    if found is None:
        del request.session[SESSION]
        return held
    return of(held, found)


def of(held: Context, access: EmergencyAccess) -> Context:
    """Everything else than this person is out of sight as long as it lasts, so that each read belongs to the reason."""
    reach = held.reach | {access.person_unit} if access.person_unit else held.reach
    return replace(held, purpose=PURPOSE, labels=frozenset({ALL}), reach=reach, only=Only(person=access.person))
