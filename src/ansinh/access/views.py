"""Log in, log out, choose the language, choose the role one acts in."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from ansinh.access import kept
from ansinh.access.forms import LoginForm
from ansinh.access.middleware import CHOSEN_ASSIGNMENT, remember_language
from ansinh.access.permissions import public


@public
@sensitive_post_parameters()
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST starts a session and returns to where the person wanted to go."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = LoginForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        login(request, form.user)
        response = _onwards(request)
        remember_language(request, response, form.user.language)
        return response
    return render(
        request,
        "access/login.html",
        {"form": form, "next": _next(request), "kept": kept.carried(request.POST)},
        status=422 if form.errors else 200,
    )


def _onwards(request: HttpRequest) -> HttpResponse:
    """To where the person wanted to go; when a form was cut off by the end of the session, to sending it again."""
    fields = kept.original(kept.carried(request.POST))
    if fields and (address := _next(request)) != "/":
        return render(request, "access/continue.html", {"fields": fields, "address": address})
    return redirect(_next(request))


@public
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; the page cleans what the device kept."""
    logout(request)
    response = redirect("login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language for this device and, when logged in, for the account."""
    language = request.POST.get("language", "")
    response = redirect(_next(request))
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        remember_language(request, response, language)
        if request.user.is_authenticated and request.user.language != language:
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response


@public
@require_POST
def choose_assignment(request: HttpRequest) -> HttpResponse:
    """Act under another of one's own assignments; a number that is not one's own changes nothing."""
    chosen = request.POST.get("assignment", "")
    if request.user.is_authenticated and chosen.isdecimal():
        request.session[CHOSEN_ASSIGNMENT] = int(chosen)
    return redirect("home")


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"
