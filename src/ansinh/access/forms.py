"""Forms of logging in and of one's own account. None of them says whether a name is somebody's.

`access` stands below `ui`, so these are plain Django forms; the templates draw them with ui's tags.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ansinh.access import entering
from ansinh.access.models import User
from ansinh.kernel.errors import UserError
from ansinh.kernel.phrases import Phrase

LONGEST = 200  # characters of a password: more is a weight to hash, not a secret
_WRONG = _("Tên đăng nhập hoặc mật khẩu không đúng.")
_WAIT = _("Nếu đã thử nhiều lần, hãy đợi 15 phút hoặc nhờ quản trị viên cấp mã một lần.")


def name_field() -> forms.CharField:
    """The login name."""
    return forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        error_messages={"required": _("Anh/chị hãy nhập tên đăng nhập.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


def password_field(label: Any, autocomplete: str = "current-password", hint: Any = "") -> forms.CharField:
    """A password as typed: spaces count."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST,
        help_text=hint,
        error_messages={"required": _("Anh/chị hãy nhập mật khẩu.")},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def code_field(label: Any, hint: Any, longest: int = 30, numeric: bool = True) -> forms.CharField:
    """A code to be typed, in groups or not."""
    attributes = {"autocomplete": "one-time-code" if numeric else "off", "autocapitalize": "characters",
                  "spellcheck": "false"}  # fmt: skip
    if numeric:
        attributes["inputmode"] = "numeric"
    return forms.CharField(
        label=label, help_text=hint, max_length=longest, error_messages={"required": _("Anh/chị hãy nhập mã.")},
        widget=forms.TextInput(attrs=attributes),
    )  # fmt: skip


class Form(forms.Form):
    """A form that takes what actions refuse."""

    use_required_attribute = False

    def refuse(self, error: UserError) -> None:
        """Show a refusal at the field it names, or above the form."""
        self.add_error(error.field if error.field in self.fields else None, said(error.message))


def said(message: str) -> str:
    """What an action refuses, in the reader's language (`ui.refusals` stands above this room)."""
    if isinstance(message, Phrase):
        return gettext(message.template) % message.values
    return gettext(message)


class LoginForm(Form):
    """User name and password. After `is_valid()`, `user` is who it was."""

    username = name_field()
    password = password_field(_("Mật khẩu"))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean_username(self) -> str:
        return entering.account_name(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "username" in data and "password" in data:
            self.user = entering.with_password(self.request, data["username"], data["password"])
            if self.user is None:
                raise forms.ValidationError([_WRONG, _WAIT], code="login")
        return data


class SecondForm(Form):
    """A code of the telephone, or a recovery code."""

    code = code_field(
        _("Mã xác thực"), _("6 chữ số đang hiện trong ứng dụng trên điện thoại, hoặc một mã dự phòng 8 chữ số.")
    )


class AskCodeForm(Form):
    """For whom a new password is wanted."""

    username = name_field()

    def clean_username(self) -> str:
        return entering.account_name(self.cleaned_data["username"])


class NewPasswordForm(Form):
    """A new password, typed twice."""

    password = password_field(
        _("Mật khẩu mới"), "new-password", _("Từ 10 ký tự. Nên ghép vài từ không liên quan, ví dụ bốn từ bất kỳ.")
    )
    again = password_field(_("Nhập lại mật khẩu mới"), "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("Hai lần nhập mật khẩu không giống nhau."))
        return data


class CodePasswordForm(NewPasswordForm):
    """Name, one-time code and a new password."""

    username = name_field()
    code = code_field(
        _("Mã một lần"), _("16 chữ cái và chữ số, trên giấy hoặc trong thư điện tử."), longest=40, numeric=False
    )
    field_order = ("username", "code", "password", "again")

    def clean_username(self) -> str:
        return entering.account_name(self.cleaned_data["username"])


class OldPasswordForm(Form):
    """One's own password, again."""

    old = password_field(_("Mật khẩu hiện nay"))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old(self) -> str:
        user = self.request.user
        assert isinstance(user, User)
        if entering.with_password(self.request, user.username, self.cleaned_data["old"]) is None:
            raise forms.ValidationError(_("Mật khẩu không đúng."), code="old")
        return self.cleaned_data["old"]


class ChangePasswordForm(NewPasswordForm, OldPasswordForm):
    """The password now, and a new one twice."""

    field_order = ("old", "password", "again")


class TotpForm(Form):
    """The first code of a telephone that is being bound."""

    code = code_field(_("Mã đang hiện trên điện thoại"), _("6 chữ số, đổi sau mỗi 30 giây."))


class KeyForm(Form):
    """What the browser made; name: what the owner calls the key."""

    name = forms.CharField(
        label=_("Tên của khóa"), max_length=60, required=False,
        help_text=_("Để nhận ra khóa này về sau, ví dụ «Điện thoại của tôi»."),
    )  # fmt: skip
    credential = forms.CharField(widget=forms.HiddenInput, max_length=20000)
