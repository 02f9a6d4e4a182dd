"""Forms of problems, vaccinations, pregnancy and growth tables."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.background.resources import Shot
from ansinh.ui import forms


class ProblemForm(forms.Form):
    """A problem ends, or is taken up again."""

    mark = "none"
    version = forms.IntegerField(widget=forms.HiddenInput)
    step = forms.CharField(widget=forms.HiddenInput, max_length=10)
    day = forms.DateField(label=_("Khỏi từ ngày"), whole=True, past=True, required=False)
    words = forms.CharField(label=_("Ghi chú"), required=False, max_length=300)


class ShotForm(forms.Form):
    """A vaccination, done here or told of."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    vaccine = forms.CharField(label=_("Vắc-xin"), max_length=200)
    day = forms.DateField(label=_("Ngày tiêm"), past=True)
    dose = forms.IntegerField(label=_("Mũi thứ"), required=False, width=2, min_value=1, max_value=20)
    lot = forms.CharField(label=_("Số lô"), required=False, max_length=60, width=10)
    expiry = forms.DateField(label=_("Hạn dùng"), required=False, whole=True)
    site = forms.CharField(label=_("Nơi tiêm trên người"), required=False, max_length=100)
    elsewhere = forms.BooleanField(label=_("Tiêm ở nơi khác, ghi theo giấy tờ hoặc lời kể"))
    note = forms.CharField(label=_("Phản ứng, ghi chú"), required=False, max_length=300)

    def shot(self) -> Shot:
        """What was done, as the action takes it."""
        data = self.cleaned_data
        return Shot(data["vaccine"], data["day"], data["lot"], data["expiry"], data["dose"] or 0, data["site"],
                    data["elsewhere"], data["note"])  # fmt: skip


class PregnancyForm(forms.Form):
    """Whether somebody is pregnant, and since when."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    state = forms.RadioField(label=_("Tình trạng"), choices=())
    last_period = forms.DateField(label=_("Ngày đầu kỳ kinh cuối"), whole=True, past=True, required=False)
    due = forms.DateField(label=_("Ngày dự sinh"), whole=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        states = [("pregnant", _now("Đang mang thai")), ("ended", _now("Thai kỳ đã kết thúc"))]
        self.fields["state"].choices = states  # type: ignore[attr-defined]


class GrowthForm(forms.Form):
    """Growth tables with their source."""

    mark = "none"
    title = forms.CharField(label=_("Tên bảng"), max_length=200)
    source = forms.CharField(label=_("Nguồn"), max_length=300, help_text=_("Nơi công bố, năm."))
    file = forms.FileField(label=_("Tệp CSV"))
