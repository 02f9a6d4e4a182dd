"""Error pages that Django asks for (`config.urls`): plain words, what to do next, nothing of the cause.

Errors that a person can mend (`UserError`) never come here: `ui.middleware` answers them.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that cannot be read, or one that looks forged."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 raised by Django itself; our own refusals are `Refused`."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: apology and a number to tell.

    Drawn without the request, so that what failed (the database, the session) is not asked again.
    """
    return HttpResponse(render_to_string("500.html", {"error_id": getattr(request, "error_id", "")}), status=500)
