"""Log in by password or key, the second step, log out, choose the language, choose the role one acts in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from ansinh.access import devices, entering, factors, kept
from ansinh.access.forms import LoginForm, SecondForm, said
from ansinh.access.middleware import remember_language
from ansinh.access.models import User
from ansinh.access.permissions import public, ways_in
from ansinh.access.standing import CHOSEN_ASSIGNMENT
from ansinh.access.views.next_page import next_page
from ansinh.kernel.errors import UserError


@public
@sensitive_post_parameters()
@never_cache
def log_in(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST begins a session, or leads to the second step."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    form = LoginForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        return after_proof(request, form.user, "password")
    page = {"form": form, "next": next_page(request), "kept": kept.carried(request.POST), **ways_in(request)}
    return render(request, "access/login.html", page, status=422 if form.errors else 200)


def after_proof(request: HttpRequest, user: User, by: str, *, next: str = "", strong: bool = False) -> HttpResponse:
    """On to where the person wanted to go, or to the second step; what a form carried goes along."""
    target = next or next_page(request)
    if entering.begin(request, user, by, target, strong):
        return inside(request, user, target)
    if fields := kept.carried(request.POST):
        return _second_page(request, SecondForm(), fields)
    return redirect("login_second")


def inside(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """The session began: remember device and language; send a form again that was cut off by the end of a session."""
    fields = kept.original(kept.carried(request.POST))
    if fields and target != "/":
        response = render(request, "access/continue.html", {"fields": fields, "address": target})
    else:
        response = redirect(target)
    devices.remember(request, response, user.username)
    remember_language(request, response, user.language)
    return response


@public
@sensitive_post_parameters()
@never_cache
def log_in_second(request: HttpRequest) -> HttpResponse:
    """The second proof: a code, or a key."""
    awaited = entering.waiting(request)
    if awaited is None:
        return redirect("login")
    form = SecondForm(request.POST or None)
    if request.method == "POST" and "credential" in request.POST:
        form = SecondForm()
        try:
            factors.check_proof(awaited.user, request.POST["credential"])
        except UserError as error:
            messages.error(request, said(error.message))
        else:
            entering.enter(request, awaited.user, f"{awaited.by}+key", strong=True)
            return inside(request, awaited.user, awaited.next)
    elif request.method == "POST" and form.is_valid():
        if entering.with_code(request, awaited, form.cleaned_data["code"]):
            return inside(request, awaited.user, awaited.next)
        form.add_error("code", _("Mã không đúng, đã dùng rồi, hoặc đã thử quá nhiều lần. Hãy đợi mã mới rồi nhập lại."))
    return _second_page(request, form, kept.carried(request.POST))


def _second_page(request: HttpRequest, form: SecondForm, fields: list[tuple[str, str]]) -> HttpResponse:
    awaited = entering.waiting(request)
    assert awaited is not None
    has = factors.factors_of(awaited.user)
    page: dict[str, Any] = {"form": form, "kept": fields, "has": has, "key_options": ""}
    if has.keys and factors.keys_work_here(request):
        page["key_options"] = factors.begin_proof(awaited.user)
    return render(request, "access/second.html", page, status=422 if form.errors else 200)


@public
@require_POST
@never_cache
def key_challenge(request: HttpRequest) -> HttpResponse:
    """What the browser is to prove with a key, before anybody said who they are."""
    return HttpResponse(factors.begin_proof(None), content_type="application/json")


@public
@require_POST
@never_cache
def log_in_key(request: HttpRequest) -> HttpResponse:
    """Log in with a key alone: it checked its owner, so it is both proofs."""
    if request.user.is_authenticated:
        return redirect(next_page(request))
    try:
        user = factors.check_proof(None, request.POST.get("credential", ""))
    except UserError as error:
        messages.error(request, said(error.message))
        return redirect("login")
    if not user.is_active:
        messages.error(request, _("Không nhận được khóa truy cập. Anh/chị hãy thử lại, hoặc dùng cách khác."))
        return redirect("login")
    return after_proof(request, user, "key", strong=True)


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
    response = redirect(next_page(request))
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
    return redirect(reverse("home"))
