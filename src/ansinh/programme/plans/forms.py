"""Shape of what an officer says about a task, and of the filter of the list."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from ansinh.programme.plans import words
from ansinh.ui import forms


class TaskFilter(forms.Form):
    """Which tasks to show."""

    mark = "none"
    trang_thai = forms.ChoiceField(label=_("Trạng thái"), required=False)
    chu_tri = forms.ChoiceField(label=_("Chủ trì"), required=False)
    cua_toi = forms.BooleanField(label=_("Chỉ việc của đơn vị tôi"))

    def __init__(self, *args: Any, leads: list[tuple[str, str]] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["trang_thai"].choices = [("", _("Tất cả")), *words.urgency_choices()]  # type: ignore[attr-defined]
        self.fields["chu_tri"].choices = [("", _("Tất cả")), *(leads or [])]  # type: ignore[attr-defined]


class ProgressForm(forms.Form):
    """State, percent and a word. version: of the Task that the form was drawn from."""

    status = forms.RadioField(label=_("Trạng thái"))
    progress = forms.IntegerField(
        label=_("Tiến độ"), help_text=_("Từ 0 đến 100"), min_value=0, max_value=100, required=False
    )
    note = forms.TextField(label=_("Ghi chú"), help_text=_("Đã làm gì, vướng gì, cần gì"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = words.status_choices()  # type: ignore[attr-defined]
