"""Asking why something was entered in error: one form for contacts and stays."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ansinh.ui import forms

REASONS = {
    "person": gettext_noop("Ghi nhầm người"),
    "twice": gettext_noop("Ghi hai lần"),
    "figures": gettext_noop("Ghi sai nội dung, sẽ ghi lại"),
    "other": gettext_noop("Lý do khác"),
}


class RetractForm(forms.Form):
    """Why a contact or a stay was entered in error: the usual reasons, and own words."""

    mark = "none"
    why = forms.RadioField(label=_("Vì sao đây là ghi nhầm?"), choices=())
    words = forms.CharField(label=_("Nói rõ thêm"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = [(code, _now(words)) for code, words in REASONS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A reason that is none of the usual ones is said in words."""
        data = super().clean() or self.cleaned_data
        if data.get("why") == "other" and not data.get("words"):
            self.add_error("words", _now("Hãy ghi lý do."))
        return data

    def reason(self) -> str:
        """The reason as it is stored, in Vietnamese."""
        said, words = REASONS[self.cleaned_data["why"]], self.cleaned_data["words"]
        return words if words and self.cleaned_data["why"] == "other" else ": ".join(filter(None, (said, words)))
