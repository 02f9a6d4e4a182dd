"""What every view of the room reads from a request."""

from django.http import HttpRequest
from django.utils.translation import get_language

from ansinh.kernel.context import Context


def context_of(request: HttpRequest) -> Context:
    """Who asks; set by the middleware of access."""
    return request.context  # type: ignore[attr-defined]


def language() -> str:
    """`vi` or `en`."""
    return (get_language() or "vi")[:2]
