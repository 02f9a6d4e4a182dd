"""Forms of emergency access. Sent by POST alone: a number and a reason are about a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ansinh.access.forms import Form


class OpenForm(Form):
    """Whom, and why."""

    number = forms.CharField(
        label=_("Số căn cước, thẻ bảo hiểm hoặc mã hồ sơ"),
        help_text=_("Nhập trọn số. Người ở cơ sở khác cũng tìm được bằng số."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    person = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())
    reason = forms.CharField(
        label=_("Lý do"),
        help_text=_("Ai, đang bị gì, vì sao cần xem ngay. Giám đốc đọc lý do này."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReviewForm(Form):
    """What whoever looked at it found."""

    justified = forms.ChoiceField(
        label=_("Kết luận"),
        choices=[("1", _("Chính đáng")), ("0", _("Không chính đáng"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Ghi chú"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
