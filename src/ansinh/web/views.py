"""Home by role, help, and the page for failures nobody foresaw."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from ansinh.access.permissions import public, requires
from ansinh.web import home as home_parts
from ansinh.web.help import parts as help_parts


@requires()
def home(request: HttpRequest) -> HttpResponse:
    """What this role does most, and what waits for it."""
    context = request.context  # type: ignore[attr-defined]
    return render(request, "web/home.html", {"home": home_parts.home_of(context)})


@public
def help_page(request: HttpRequest) -> HttpResponse:
    """How to do the daily things, in short steps."""
    return render(request, "web/help.html", {"parts": help_parts()})


def server_error(request: HttpRequest) -> HttpResponse:
    """The page of last resort: apology, a number to tell, nothing of the cause.

    Drawn without the request, so that what failed (the database, the session) is not asked again.
    """
    return HttpResponse(render_to_string("500.html", {"error_id": getattr(request, "error_id", "")}), status=500)


server_error.permissions = ("public",)  # type: ignore[attr-defined]
