"""Whose accounts somebody may look after: what their role file says they appoint, within their reach.

    admin.yaml    appoints: ["*"]            on the whole node
    manager.yaml  appoints: [nurse, doctor]  at the own unit: an account with any other role in force is not theirs

So nobody can give themself more than they have: who resets a password or ends a role must be allowed to give every
role that the account holds.
"""

from collections.abc import Iterable

from ansinh.access.models import Assignment
from ansinh.access.roles import EVERY_ROLE, Role, roles
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context


def may_give(context: Context, role: str, unit: str) -> bool:
    """True when this reader may give a role at a unit; "" is the whole node."""
    own = roles().get(context.role)
    if own is None or role not in roles() or not _appoints(own, role):
        return False
    return context.reaches(unit) if unit else EVERYWHERE in context.reach


def may_look_after(context: Context, assignments: Iterable[Assignment]) -> bool:
    """True when this reader may give every role of an account that is in force or to come."""
    today = clock.today()
    return all(
        may_give(context, one.role, one.unit) for one in assignments if one.to_date is None or one.to_date >= today
    )


def roles_to_give(context: Context) -> list[Role]:
    """The roles that this reader may give, by title."""
    own = roles().get(context.role)
    return sorted((role for role in roles().values() if own and _appoints(own, role.id)), key=lambda role: role.title)


def everywhere(context: Context) -> bool:
    """True for readers who look after the whole node."""
    return EVERYWHERE in context.reach


def _appoints(own: Role, role: str) -> bool:
    return role in own.appoints or EVERY_ROLE in own.appoints
