"""Forms of who looks after accounts. Choices come from what the reader may give (`authority`)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.access.forms import Form, name_field
from ansinh.kernel import clock
from ansinh.kernel.text import format_date, nfc

Choices = Sequence[tuple[str, str]]


class DayField(forms.DateField):
    """A day as it is written here: dd/mm/yyyy."""

    def __init__(self, **kwargs: Any):
        super().__init__(
            input_formats=["%d/%m/%Y", "%Y-%m-%d"],
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "dd/mm/yyyy"}),
            error_messages={"invalid": _("Ngày viết dạng dd/mm/yyyy, ví dụ 05/09/2026."),
                            "required": _("Cần điền ngày.")},
            **kwargs,
        )  # fmt: skip

    def prepare_value(self, value: Any) -> Any:
        return format_date(value) if isinstance(value, date) else value


class FindForm(Form):
    """Which accounts to list."""

    q = forms.CharField(label=_("Họ tên hoặc tên đăng nhập"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Vai trò"), required=False)
    closed = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Đang mở")), ("1", _("Cả tài khoản đã đóng"))]
    )

    def __init__(self, *args: Any, roles: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Mọi vai trò")), *roles]  # type: ignore[attr-defined]


class RoleForm(Form):
    """A role at a unit from a day to a day."""

    role = forms.ChoiceField(label=_("Vai trò"), error_messages={"required": _("Cần chọn vai trò.")})
    unit = forms.ChoiceField(label=_("Đơn vị"), required=False)
    from_date = DayField(label=_("Từ ngày"), initial=clock.today)
    to_date = DayField(label=_("Đến hết ngày"), required=False, help_text=_("Để trống nếu chưa biết."))

    def __init__(self, *args: Any, roles: Choices = (), units: Choices = (), node: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        first = [("", _("Toàn máy chủ (không thuộc đơn vị nào)"))] if node else []
        self.fields["unit"].choices = [*first, *units]  # type: ignore[attr-defined]
        self.fields["unit"].required = not node


class NewAccountForm(RoleForm):
    """Who gets an account, and the first role."""

    username = name_field()
    full_name = forms.CharField(
        label=_("Họ và tên"), max_length=120, error_messages={"required": _("Cần điền họ và tên.")}
    )
    field_order = ("username", "full_name", "role", "unit", "from_date", "to_date")

    def clean_username(self) -> str:
        name = nfc(self.cleaned_data["username"]).lower()
        if not re.fullmatch(r"[\w.\-@]{3,60}", name):
            raise forms.ValidationError(_("Tên đăng nhập dài từ 3 ký tự, gồm chữ, số, dấu chấm, gạch nối."))
        return name


class EndRoleForm(Form):
    """The last day of a role."""

    last_day = DayField(label=_("Ngày cuối giữ vai trò"), initial=clock.today)


class EditForm(Form):
    """What is known of the owner."""

    full_name = forms.CharField(
        label=_("Họ và tên"), max_length=120, error_messages={"required": _("Cần điền họ và tên.")}
    )
    email = forms.EmailField(
        label=_("Thư điện tử"), required=False, max_length=200, help_text=_("Chỉ dùng để gửi mã một lần."),
        error_messages={"invalid": _("Địa chỉ thư điện tử chưa đúng, ví dụ ten@donvi.vn.")},
    )  # fmt: skip
    practitioner_id = forms.ChoiceField(
        label=_("Nhân viên"), required=False, help_text=_("Những gì tài khoản ghi sẽ mang tên nhân viên này.")
    )
    citizen_number = forms.CharField(
        label=_("Số căn cước"), required=False, max_length=20,
        help_text=_("Để nhận ra khi đăng nhập bằng danh tính bên ngoài; chỉ giữ dấu vết đã băm. Để trống: không đổi."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, staff: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["practitioner_id"].choices = [("", _("Chưa gắn với nhân viên nào")), *staff]  # type: ignore[attr-defined]

    def clean_citizen_number(self) -> str:
        number = "".join(self.cleaned_data["citizen_number"].split())
        if number and not re.fullmatch(r"\d{12}", number):
            raise forms.ValidationError(_("Số căn cước gồm 12 chữ số."))
        return number


class OutsideForm(Form):
    """Who the owner is at the outside provider."""

    subject = forms.CharField(
        label=_("Mã danh tính"), required=False, max_length=255,
        help_text=_("Mã mà trang đăng nhập cho người đó xem khi chưa gắn tài khoản. Để trống: bỏ gắn."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
