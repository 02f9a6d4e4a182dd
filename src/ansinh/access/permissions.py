"""Each view declares who may call it; a test walks the URLs and fails on one that does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ansinh.access import entering, factors, kept, standing
from ansinh.access.forms import LoginForm
from ansinh.kernel.errors import Refused

View = Callable[..., HttpResponse]
OWN = "own"


def requires(*permissions: str) -> Callable[[View], View]:
    """Only for readers whose role has every named permission; others log in first or are refused in words."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            context = request.context  # type: ignore[attr-defined]
            if not context.role:
                return _without_role(request)
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


def own(view: View) -> View:
    """For everybody who is logged in, whatever their role: what concerns their own account only."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_login(request, keep=False)  # such forms hold passwords
        return view(request, *args, **kwargs)

    guarded.permissions = (OWN,)  # type: ignore[attr-defined]
    return guarded


def proved_lately(view: View) -> View:
    """Only within a quarter of an hour after a proof: a PC left open must not let others change what guards an account.

    Stands below `own` or `requires`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if entering.is_fresh(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else _came_from(request)
        return HttpResponseRedirect(f"{reverse('prove')}?{urlencode({'next': back})}")

    return guarded


def _came_from(request: HttpRequest) -> str:
    """The page of this node that a form was sent from; one's own account when the browser does not say."""
    page = request.headers.get("Referer", "")
    same = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(page).path if same and page else reverse("own_security")


def _without_role(request: HttpRequest) -> HttpResponse:
    """Nobody logs in; who is logged in sets up what is missing, or is told that no role is held today."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return _to_login(request)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("own_security")})
    if standing.lacks_factor(request):
        return HttpResponseRedirect(reverse("own_security"))
    return render(request, "access/no_role.html", status=403)


def _to_login(request: HttpRequest, *, keep: bool = True) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("login")})
    if keep and kept.worth_keeping(request):
        form, fields = LoginForm(request), kept.typed(request.POST)
        page = {"form": form, "next": request.get_full_path(), "kept": fields, "late": True, **ways_in(request)}
        return render(request, "access/login.html", page, status=401)
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse('login')}?{query}" if query else reverse("login"))


def ways_in(request: HttpRequest) -> dict[str, Any]:
    """What the log-in page offers beside a password."""
    return {"keys": factors.keys_work_here(request), "outside": settings.OUTSIDE.get("name", "")}
