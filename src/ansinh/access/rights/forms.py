"""Forms of a person's rights."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.access.account_forms import Choices
from ansinh.access.forms import Form

KINDS = {
    "copy": _("Xin bản sao hồ sơ"),
    "who-looked": _("Hỏi ai đã xem hồ sơ"),
    "correction": _("Xin sửa thông tin sai"),
    "restriction": _("Xin hạn chế người xem hồ sơ"),
    "no-restriction": _("Thôi hạn chế người xem hồ sơ"),
    "erasure": _("Xin xóa dữ liệu"),
}


class RequestForm(Form):
    """What somebody asks for."""

    kind = forms.ChoiceField(label=_("Yêu cầu"), choices=[("", "–"), *KINDS.items()])
    asker = forms.CharField(
        label=_("Ai yêu cầu"), help_text=_("Họ tên, và là gì của người bệnh nếu không phải chính họ."), max_length=200
    )
    words = forms.CharField(
        label=_("Nội dung"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(Form):
    """What whoever asked is told."""

    granted = forms.ChoiceField(
        label=_("Trả lời"), choices=[("1", _("Đồng ý, đã làm")), ("0", _("Từ chối"))], widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Câu trả lời cho người yêu cầu"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ConsentForm(Form):
    """One purpose, given or withdrawn, by whom."""

    purpose = forms.ChoiceField(label=_("Mục đích"))
    given = forms.ChoiceField(
        label=_("Người bệnh nói"),
        choices=[("1", _("Đồng ý")), ("0", _("Rút lại, không đồng ý"))],
        widget=forms.RadioSelect,
    )
    by = forms.CharField(label=_("Ai nói"), max_length=200)
    related = forms.ChoiceField(label=_("Người đại diện, nếu có"), required=False)

    def __init__(self, *args: Any, purposes: Choices = (), relatives: Choices = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", "–"), *purposes]  # type: ignore[attr-defined]
        self.fields["related"].choices = [("", _("Chính người bệnh")), *relatives]  # type: ignore[attr-defined]
