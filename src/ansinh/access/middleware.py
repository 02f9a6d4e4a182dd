"""Puts `request.context` on every request, and the user's language in force."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from ansinh.access.contexts import NOBODY, context_of
from ansinh.access.models import User

CHOSEN_ASSIGNMENT = "assignment"


class ContextMiddleware:
    """Builds the Context once per request, when it is first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.context = SimpleLazyObject(lambda: _context(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _context(request: HttpRequest) -> object:
    if not isinstance(request.user, User):
        return NOBODY
    return context_of(request.user, request.session.get(CHOSEN_ASSIGNMENT))


def remember_language(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Keep the chosen language in a cookie that holds nothing else."""
    from django.conf import settings

    translation.activate(language)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
