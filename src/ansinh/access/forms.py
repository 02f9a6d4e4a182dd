"""The log-in form. It never says whether the name or the password was wrong.

`access` stands below `ui`, so this is a plain Django form; the template draws it with ui's tags.
"""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ansinh.access.models import User
from ansinh.kernel.text import nfc


class LoginForm(forms.Form):
    """User name and password. After `is_valid()`, `user` is who logs in."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        error_messages={"required": _("Anh/chị hãy nhập tên đăng nhập.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        error_messages={"required": _("Anh/chị hãy nhập mật khẩu.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean_username(self) -> str:
        return nfc(self.cleaned_data["username"]).lower()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "username" in data and "password" in data:
            user = authenticate(self.request, username=data["username"], password=data["password"])
            if user is None:
                raise forms.ValidationError(_("Tên đăng nhập hoặc mật khẩu không đúng."), code="login")
            self.user = user
        return data
