"""The forms of beds, leave, death and rooms."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.encounters.queries import diagnosis_name
from ansinh.ui import forms

Choices = Sequence[tuple[str, Any]]


class PlaceForm(forms.Form):
    """Which bed, from when on. `full` is asked only after a room was found to be full."""

    mark = "none"
    place = forms.ChoiceField(label=_("Giường hoặc phòng"), choices=())
    moment = forms.DateTimeField(label=_("Từ lúc"))
    full = forms.BooleanField(label=_("Vẫn xếp dù phòng đã đủ người"))

    def __init__(self, *args: Any, places: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("Chọn giường")), *places]  # type: ignore[attr-defined]


class ResidentForm(forms.Form):
    """Who gets this bed, from when on."""

    mark = "none"
    person = forms.ChoiceField(label=_("Người chưa có giường"), choices=())
    moment = forms.DateTimeField(label=_("Từ lúc"))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Chọn người")), *people]  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """When somebody leaves for a while, why, with whom, and when they are expected."""

    mark = "none"
    moment = forms.DateTimeField(label=_("Đi lúc"))
    due = forms.DateField(label=_("Hẹn về ngày"), required=False, whole=True)
    reason = forms.CharField(label=_("Lý do"), max_length=200, help_text=_("Ví dụ: về thăm gia đình, đi khám."))
    companion = forms.CharField(label=_("Người đón hoặc đi cùng"), required=False, max_length=200)

    def due_day(self) -> date | None:
        """The day, None when nobody said."""
        return date.fromisoformat(self.cleaned_data["due"]) if self.cleaned_data["due"] else None


class ReturnForm(forms.Form):
    """When somebody came back."""

    mark = "none"
    moment = forms.DateTimeField(label=_("Về lúc"))


class DeathForm(forms.Form):
    """Hour, place and cause of a death."""

    mark = "none"
    moment = forms.DateTimeField(label=_("Qua đời lúc"))
    place = forms.CharField(label=_("Nơi mất"), max_length=200, help_text=_("Ví dụ: tại cơ sở, tại bệnh viện tỉnh."))
    cause = forms.CodeField(
        label=_("Nguyên nhân (ICD-10), nếu đã biết"),
        required=False,
        search_url=reverse_lazy("diagnoses"),
        display_of=diagnosis_name,
        help_text=_("Gõ tên bệnh không cần dấu, hoặc mã bệnh."),
    )
    note = forms.TextField(label=_("Diễn biến"), required=False, max_length=4000)


class RoomForm(forms.Form):
    """A new room with its beds."""

    mark = "none"
    ward = forms.ChoiceField(label=_("Khoa"), required=False, choices=())
    ward_name = forms.CharField(label=_("hoặc tên khoa mới"), required=False, max_length=120)
    name = forms.CharField(label=_("Tên phòng"), max_length=60)
    beds = forms.IntegerField(label=_("Số giường"), width=3, min_value=0)
    area = forms.DecimalField(
        label=_("Diện tích phòng ở"), required=False, suffix="m²", width=4, max_digits=6, decimal_places=1, min_value=1
    )

    def __init__(self, *args: Any, wards: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ward"].choices = [("", _("Khoa mới")), *wards]  # type: ignore[attr-defined]


def moment_of(form: forms.Form) -> datetime:
    """What was typed as the hour, aware."""
    return datetime.fromisoformat(form.cleaned_data["moment"])
