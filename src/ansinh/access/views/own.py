"""One's own account: what guards it, where one is logged in, what happened to it."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from ansinh.access import actions, entering, events, factors, sessions, standing
from ansinh.access.forms import ChangePasswordForm, OldPasswordForm, said
from ansinh.access.models import User
from ansinh.access.permissions import own
from ansinh.access.roles import roles
from ansinh.access.views.next_page import next_page
from ansinh.kernel.errors import NotFound, UserError


def owner(request: HttpRequest) -> User:
    """Who is logged in; the page was guarded by `own`."""
    assert isinstance(request.user, User)
    return request.user


@own
def security(request: HttpRequest) -> HttpResponse:
    """Everything that guards the account on one page, and what is missing."""
    user = owner(request)
    role = roles().get(standing.held_by(request).role)
    page = {
        "has": factors.factors_of(user),
        "has_password": user.has_usable_password(),
        "sessions": sessions.sessions_of(user, request.session.session_key),
        "events": [(one.at, events.words(one.kind), one.by) for one in events.latest(user, 10)],
        "needed": standing.lacks_factor(request),
        "advised": role is not None and role.second_factor == "required",
        "keys_work": factors.keys_work_here(request),
    }
    return render(request, "access/security.html", page)


@own
@sensitive_post_parameters()
def prove(request: HttpRequest) -> HttpResponse:
    """Prove again who is there: by password or by key."""
    user, back = owner(request), next_page(request, reverse("own_security"))
    posted = request.method == "POST"
    form = OldPasswordForm(request, request.POST if posted and "credential" not in request.POST else None)
    if posted and _proved(request, user, form):
        entering.proved(request)
        return redirect(back)
    has = factors.factors_of(user)
    options = factors.begin_proof(user) if has.keys and factors.keys_work_here(request) else ""
    page = {"form": form, "next": back, "key_options": options, "has_password": user.has_usable_password()}
    return render(request, "access/prove.html", page, status=422 if form.errors else 200)


def _proved(request: HttpRequest, user: User, form: OldPasswordForm) -> bool:
    if "credential" not in request.POST:
        return form.is_valid()
    try:
        factors.check_proof(user, request.POST["credential"])
    except UserError as error:
        messages.error(request, said(error.message))
        return False
    return True


@own
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; every other session ends."""
    user = owner(request)
    form = ChangePasswordForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        strong = entering.is_strong(request)
        try:
            actions.change_password(user=user, password=form.cleaned_data["password"])
        except UserError as error:
            form.refuse(error)
        else:
            entering.enter(request, user, "password", strong)
            messages.success(request, _("Đã đổi mật khẩu. Những nơi khác đang đăng nhập đều đã được đăng xuất."))
            return redirect("own_security")
    return render(request, "access/change_password.html", {"form": form}, status=422 if form.errors else 200)


@own
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    user = owner(request)
    if not sessions.end(user, session_id):
        raise NotFound("Không có phiên làm việc này.")
    events.record("session-ended", user)
    messages.success(request, _("Đã kết thúc phiên làm việc đó."))
    return redirect("own_security")


@own
@require_POST
def end_all_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere, here too."""
    user = owner(request)
    sessions.end_all(user)
    events.record("left-everywhere", user)
    logout(request)
    messages.success(request, _("Đã đăng xuất khỏi mọi nơi."))
    return redirect("login")
