"""How the accounts of a node are guarded, in numbers: for who looks over it."""

from ansinh.access.contexts import assignments_in_force
from ansinh.access.factors import factors_of
from ansinh.access.models import User
from ansinh.access.roles import EVERY_ROLE, roles


def administrators() -> int:
    """Open accounts that may appoint every role today."""
    known = roles()
    return sum(
        any(one.role in known and EVERY_ROLE in known[one.role].appoints for one in assignments_in_force(user))
        for user in User.objects.filter(is_active=True).prefetch_related("assignments")
    )


def without_needed_factor() -> int:
    """Open accounts whose role needs a second factor and that have none."""
    known = roles()
    return sum(
        any(one.role in known and known[one.role].second_factor == "required" for one in assignments_in_force(user))
        and not factors_of(user).any
        for user in User.objects.filter(is_active=True).prefetch_related("assignments")
    )
