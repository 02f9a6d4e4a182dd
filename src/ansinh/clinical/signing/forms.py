"""Shape of what is typed to sign, amend and check."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.signing.amending import Field
from ansinh.ui import forms


class SignForm(forms.Form):
    """What was seen, and what the provider of the key asks."""

    mark = "none"
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    proof = forms.PasswordField(label=_("Mã xác nhận của nơi ký số"), required=False)


class AmendForm(forms.Form):
    """The values of a part as they should be, and why."""

    mark = "none"
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, parts: list[Field], **kwargs: Any):
        super().__init__(*args, **kwargs)
        labels = {"summary": _now("Nhận xét"), "advice": _now("Lời dặn")}
        for one in parts:
            label = labels.get(one.label, one.label)
            made = (
                forms.DecimalField(label=f"{label} ({one.unit})" if one.unit else label, initial=one.value)
                if one.is_figure
                else forms.TextField(label=label, initial=one.value, max_length=8000)
            )
            self.fields[one.name] = made
        self.fields["reason"] = forms.CharField(label=_now("Lý do đính chính"), max_length=300)
        self.parts = [one.name for one in parts]

    def values(self) -> dict[str, Any]:
        """Field of the part → what it should say."""
        return {name: self.cleaned_data[name] for name in self.parts}
