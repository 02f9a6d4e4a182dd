"""Home by role, and help."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ansinh.access.permissions import public, requires
from ansinh.web import home as home_parts
from ansinh.web.help import parts as help_parts


@requires()
def home(request: HttpRequest) -> HttpResponse:
    """What this role does most, and what waits for it."""
    context = request.context  # type: ignore[attr-defined]
    return render(request, "web/home.html", {"home": home_parts.home_of(context, request.GET.dict())})


@public
def help_page(request: HttpRequest) -> HttpResponse:
    """How to do the daily things, in short steps."""
    return render(request, "web/help.html", {"parts": help_parts()})
