"""What a request may do: the role its account holds, unless the session lacks the second factor that the role needs."""

from django.conf import settings
from django.http import HttpRequest

from ansinh.access import entering, sessions
from ansinh.access.addresses import address_of
from ansinh.access.contexts import NOBODY, context_of, from_source
from ansinh.access.emergency.contexts import narrowed
from ansinh.access.models import User
from ansinh.access.roles import roles
from ansinh.kernel.context import Context

CHOSEN_ASSIGNMENT = "assignment"


def context_of_request(request: HttpRequest) -> Context:
    """The Context that the pages obey."""
    held = held_by(request)
    return NOBODY if _lacks_factor(request, held) else narrowed(request, held)


def lacks_factor(request: HttpRequest) -> bool:
    """True when there is a role, and only the second factor is missing."""
    return _lacks_factor(request, held_by(request))


def held_by_role(request: HttpRequest) -> Context:
    """The Context of the role alone, also while an emergency access is under way."""
    held = held_by(request)
    return NOBODY if _lacks_factor(request, held) else held


def held_by(request: HttpRequest) -> Context:
    """The Context of the role that the account holds today, whatever it proved."""
    if not isinstance(getattr(request, "user", None), User):
        return NOBODY
    if not hasattr(request, "_held"):
        sessions.seen(request)
        held = context_of(request.user, request.session.get(CHOSEN_ASSIGNMENT))  # type: ignore[arg-type]
        request._held = from_source(held, f"page {address_of(request)}")  # type: ignore[attr-defined]
    return request._held  # type: ignore[attr-defined]


def _lacks_factor(request: HttpRequest, held: Context) -> bool:
    return needs_factor(held.role) and not entering.is_strong(request)


def needs_factor(role: str) -> bool:
    """True when this node opens nothing to the role without a second factor."""
    known = roles().get(role)
    return settings.SECOND_FACTOR_ENFORCED and known is not None and known.second_factor == "required"
