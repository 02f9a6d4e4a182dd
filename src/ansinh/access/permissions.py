"""Each view declares who may call it; a test walks the URLs and fails on one that does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access import kept
from ansinh.access.forms import LoginForm
from ansinh.kernel.errors import Refused

View = Callable[..., HttpResponse]


def requires(*permissions: str) -> Callable[[View], View]:
    """Only for readers whose role has every named permission; others log in first or are refused in words."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            context = request.context  # type: ignore[attr-defined]
            if not context.role:
                return _to_login(request)
            if not all(context.has(permission) for permission in permissions):
                raise Refused(_("Vai trò của anh/chị không dùng được trang này."))
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Open to everybody, logged in or not: log-in page, language switch, health check."""
    view.permissions = ("public",)  # type: ignore[attr-defined]
    return view


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("login")})
    if kept.worth_keeping(request):
        form, fields = LoginForm(request), kept.typed(request.POST)
        page = {"form": form, "next": request.get_full_path(), "kept": fields, "late": True}
        return render(request, "access/login.html", page, status=401)
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse('login')}?{query}" if query else reverse("login"))
