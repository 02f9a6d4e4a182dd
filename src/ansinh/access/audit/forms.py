"""What the page of the audit is narrowed by. Nothing here names a person, so it may stand in an address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.access.account_forms import Choices, DayField
from ansinh.access.forms import Form

READS = ("read", "search", "history", "view")
WRITES = ("create", "update", "delete")
KINDS = {"xem": READS, "ghi": WRITES, "xuat": ("export",), "khan-cap": ()}


class AuditForm(Form):
    """Who, what, when."""

    tai_khoan = forms.ChoiceField(label=_("Nhân viên"), required=False)
    viec = forms.ChoiceField(
        label=_("Việc"),
        required=False,
        choices=[
            ("", _("Mọi việc")),
            ("xem", _("Xem")),
            ("ghi", _("Ghi, sửa, xóa")),
            ("xuat", _("Xuất ra ngoài")),
            ("khan-cap", _("Mở khẩn cấp")),
        ],
    )
    tu = DayField(label=_("Từ ngày"), required=False)
    den = DayField(label=_("Đến hết ngày"), required=False)

    def __init__(self, *args: Any, staff: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["tai_khoan"].choices = [("", _("Mọi người")), *staff]  # type: ignore[attr-defined]
