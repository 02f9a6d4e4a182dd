"""Shape of what is typed on a task; what it means is decided by the actions."""

from django.utils.translation import gettext_lazy as _

from ansinh.ui import forms


class VersionForm(forms.Form):
    """Carries the version that the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class TakeForm(VersionForm):
    """Nothing is typed to take a task on."""


class CompleteForm(VersionForm):
    """What was done."""

    note = forms.TextField(label=_("Đã làm gì, kết quả ra sao"), max_length=5000)


class CancelForm(VersionForm):
    """Why the task is given up."""

    reason = forms.CharField(label=_("Lý do hủy"), max_length=500)
