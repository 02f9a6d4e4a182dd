"""A new password without the old one: ask for a code by e-mail, or set it with a code from paper."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from ansinh.access import actions, codes, entering, throttle
from ansinh.access.forms import AskCodeForm, CodePasswordForm
from ansinh.access.permissions import public
from ansinh.kernel.errors import UserError


@public
@never_cache
def ask_code(request: HttpRequest) -> HttpResponse:
    """The same answer for every name: if it has an e-mail address, a code is on its way."""
    form = AskCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"]
        if settings.MAIL_ENABLED and entering.may_try(entering.source_of(request, "mail", name)):
            codes.ask(name)
        messages.info(request, _("Nếu tài khoản có địa chỉ thư điện tử, mã một lần sẽ đến trong vài phút."))
        return redirect("password_by_code")
    page = {"form": form, "mail": settings.MAIL_ENABLED}
    return render(request, "access/ask_code.html", page, status=422 if form.errors else 200)


@public
@sensitive_post_parameters()
@never_cache
def password_by_code(request: HttpRequest) -> HttpResponse:
    """Name, code and a new password; then the person logs in with it."""
    form = CodePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        source = entering.source_of(request, "code", data["username"])
        try:
            if not entering.may_try(source):
                data["code"] = ""  # no code at all: the refusal is the one for a wrong code
            actions.password_by_code(name=data["username"], code=data["code"], password=data["password"])
        except UserError as error:
            form.refuse(error)
        else:
            throttle.succeeded(source)
            messages.success(request, _("Đã đặt mật khẩu mới. Anh/chị đăng nhập bằng mật khẩu này."))
            return redirect("login")
    return render(request, "access/password_by_code.html", {"form": form}, status=422 if form.errors else 200)
