"""From an account to the Context that the store obeys."""

from dataclasses import replace

from ansinh.access.models import Assignment, User
from ansinh.access.roles import Role, roles
from ansinh.access.units import subtree
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import NotFound

NOBODY = Context(actor="anonymous", role="")


def assignment_of(user: User, chosen: int | None = None) -> Assignment | None:
    """The assignment the user acts under today: the chosen one if it is theirs and in force, else the first."""
    in_force = assignments_in_force(user)
    return next((a for a in in_force if a.pk == chosen), in_force[0] if in_force else None)


def assignments_in_force(user: User) -> list[Assignment]:
    """The assignments that hold today, in their order."""
    today = clock.today()
    return [
        assignment
        for assignment in user.assignments.all()
        if assignment.from_date <= today and (assignment.to_date is None or assignment.to_date >= today)
    ]


def context_of(user: User, chosen: int | None = None) -> Context:
    """The Context of a logged-in user; one without an assignment in force may do nothing."""
    assignment = assignment_of(user, chosen) if user.is_active else None
    if assignment is None:
        return NOBODY
    return context_for(assignment, user)


def context_named(username: str) -> Context:
    """The Context of an account by its login name (command line). Raises `NotFound`."""
    user = User.objects.filter(username=username, is_active=True).first()
    context = context_of(user) if user else NOBODY
    if context is NOBODY:
        raise NotFound("Không có tài khoản này, hoặc tài khoản không giữ vai trò nào hôm nay.")
    return from_source(context, "command")


def context_again(login: str, role: str, unit: str) -> Context | None:
    """Today's Context of an account that acted in this role at this unit; None when it no longer may."""
    user = User.objects.filter(pk=login, is_active=True).first() if login.isdecimal() else None
    for assignment in assignments_in_force(user) if user else ():
        if (assignment.role, assignment.unit) == (role, unit) and user is not None:
            return from_source(context_for(assignment, user), "job")
    return None


def from_source(context: Context, source: str) -> Context:
    """The same Context, with the door and the address that the audit names; nobody stays nobody."""
    return replace(context, source=source) if context.role else context


def context_for(assignment: Assignment, user: User) -> Context:
    """The Context of one assignment. Unknown role file: no rights at all."""
    role = roles().get(assignment.role)
    if role is None:
        return NOBODY
    return Context(
        actor=f"Practitioner/{user.practitioner_id}" if user.practitioner_id else f"Device/login-{user.pk}",
        role=role.id,
        unit=assignment.unit,
        reach=_reach(role, assignment.unit),
        may=role.may,
        persons=role.persons,
        permissions=role.permissions,
        login=str(user.pk),
        display=user.full_name,
        labels=role.sensitive,
    )


def _reach(role: Role, unit: str) -> frozenset[str]:
    if role.scope == "node":
        return frozenset({EVERYWHERE})
    if not unit:
        return frozenset()
    return subtree(unit) if role.scope == "subtree" else frozenset({unit})
