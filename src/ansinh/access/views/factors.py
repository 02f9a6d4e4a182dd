"""Setting up and removing one's own second factors; recovery codes are shown once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ansinh.access import entering, events, factors
from ansinh.access.forms import KeyForm, TotpForm
from ansinh.access.models import User
from ansinh.access.permissions import own, proved_lately
from ansinh.access.views.own import owner
from ansinh.kernel.errors import NotFound, UserError

_SECRET = "totp-secret"


@own
@proved_lately
def add_totp(request: HttpRequest) -> HttpResponse:
    """Show the secret as a QR code and in letters; keep it once the telephone proved that it has it."""
    user = owner(request)
    form = TotpForm(request.POST or None)
    secret = request.session.get(_SECRET) or factors.new_totp_secret()
    request.session[_SECRET] = secret
    if request.method == "POST" and form.is_valid():
        try:
            fresh = factors.add_totp(user, secret, form.cleaned_data["code"])
        except UserError as error:
            form.refuse(error)
        else:
            del request.session[_SECRET]
            return _added(request, user, "totp-added", fresh, _("Đã bật mã xác thực trên điện thoại."))
    page = {
        "form": form,
        "drawing": mark_safe(factors.totp_drawing(user, secret)),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "access/add_totp.html", page, status=422 if form.errors else 200)


@own
@proved_lately
def remove_totp(request: HttpRequest) -> HttpResponse:
    """Ask once, then unbind the telephone."""
    user = owner(request)
    if request.method != "POST":
        return render(request, "access/remove_factor.html", {"what": _("mã xác thực trên điện thoại")})
    factors.remove_totp(user)
    events.record("totp-removed", user)
    messages.success(request, _("Đã tắt mã xác thực trên điện thoại."))
    return redirect("own_security")


@own
@proved_lately
def add_key(request: HttpRequest) -> HttpResponse:
    """Let the browser make a key."""
    user = owner(request)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            fresh = factors.add_key(request, user, form.cleaned_data["name"], form.cleaned_data["credential"])
        except UserError as error:
            form.refuse(error)
        else:
            return _added(request, user, "key-added", fresh, _("Đã thêm khóa truy cập."))
    works = factors.keys_work_here(request)
    page = {"form": form, "works": works, "key_options": factors.begin_key(request, user) if works else ""}
    return render(request, "access/add_key.html", page, status=422 if form.errors else 200)


@own
@proved_lately
def remove_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Ask once, then forget the key."""
    user = owner(request)
    name = next((key.name for key in factors.factors_of(user).keys if key.id == key_id), "")
    if not name:
        raise NotFound("Không có khóa này.")
    if request.method != "POST":
        return render(request, "access/remove_factor.html", {"what": _("khóa truy cập «%(name)s»") % {"name": name}})
    factors.remove_key(user, key_id)
    events.record("key-removed", user)
    messages.success(request, _("Đã xóa khóa truy cập."))
    return redirect("own_security")


@own
@require_POST
@proved_lately
def new_codes(request: HttpRequest) -> HttpResponse:
    """Fresh recovery codes in place of the old ones."""
    user = owner(request)
    fresh = factors.new_codes(user)
    events.record("codes-made", user)
    return render(request, "access/recovery_codes.html", {"codes": fresh})


def _added(request: HttpRequest, user: User, kind: str, fresh: list[str], text: str) -> HttpResponse:
    """A factor was added and proved: the session is strong now; recovery codes are shown with the first one."""
    entering.strengthen(request)
    events.record(kind, user)
    messages.success(request, text)
    if fresh:
        return render(request, "access/recovery_codes.html", {"codes": fresh})
    return redirect("own_security")
