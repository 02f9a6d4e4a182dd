"""Puts `request.context` on every request, and the chosen language in force.

A role that needs a second factor has no Context in a session without one: every page then sends its reader to set one
up (`permissions`), and nothing else has to remember to ask.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from ansinh.access.standing import context_of_request


class LanguageMiddleware:
    """Vietnamese until somebody chose otherwise on this device.

    Not Django's LocaleMiddleware: it follows Accept-Language, and most browsers here were installed in English by
    somebody else; their users read Vietnamese.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        patch_vary_headers(response, ("Cookie",))
        return response


class PermissionsPolicyMiddleware:
    """Says on every answer which parts of the device a page may ask for (`settings.PERMISSIONS_POLICY`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class ContextMiddleware:
    """Builds the Context once per request, when it is first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.context = SimpleLazyObject(lambda: context_of_request(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def remember_language(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Keep the chosen language in a cookie that holds nothing else."""
    translation.activate(language)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
