"""From an app's token to the Context that the store obeys."""

from ansinh.access.contexts import assignments_in_force, context_for
from ansinh.access.models import Assignment
from ansinh.access.smart import scopes
from ansinh.access.smart.models import SmartApp
from ansinh.kernel import clock
from ansinh.kernel.context import Context


def context_of(token: str) -> Context | None:
    """What the holder of the token may now; None for a token that is unknown, over, of a closed app or whose user no
    longer holds the role that it was granted in."""
    import hashlib

    from oauth2_provider.models import get_access_token_model

    digest = hashlib.sha256(token.encode()).hexdigest()
    found = (
        get_access_token_model()
        .objects.select_related("application__smart__assignment__user")
        .filter(token_checksum=digest, expires__gt=clock.now(), application__smart__closed__isnull=True)
        .first()
    )
    if found is None or found.application is None:
        return None
    texts, role, person = scopes.binding(found.scope.split())
    app: SmartApp = found.application.smart
    assignment = app.assignment if app.kind == "server" else _held(found.user_id, role)
    if assignment is None or assignment not in assignments_in_force(assignment.user) or not assignment.user.is_active:
        return None
    return scopes.granted(context_for(assignment, assignment.user), texts, person)


def _held(user: int | None, role: int | None) -> Assignment | None:
    return Assignment.objects.select_related("user").filter(pk=role, user=user).first() if role and user else None
