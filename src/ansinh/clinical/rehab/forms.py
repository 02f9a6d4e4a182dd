"""The form of a rehabilitation session: the techniques of the last session are already there."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.rehab import queries
from ansinh.clinical.rehab.rules import TOLERANCES, Session, Technique
from ansinh.ui import forms
from ansinh.ui.language import in_language


class SessionForm(forms.Form):
    """When, which techniques, how long, how it was borne."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    moment = forms.DateTimeField(label=_("Bắt đầu lúc"))
    minutes = forms.IntegerField(label=_("Thời gian tập (phút)"), width=3)
    repetitions = forms.IntegerField(label=_("Số lần lặp mỗi kỹ thuật"), width=3, required=False)
    tolerance = forms.RadioField(label=_("Mức chịu tập"), required=False, choices=(), inline=True)
    pain = forms.IntegerField(
        label=_("Mức đau"), required=False, width=2, help_text=_("0 là không đau, 10 là đau nhất có thể.")
    )
    note = forms.TextField(label=_("Ghi chú"), required=False, max_length=2000)

    def __init__(self, *args: Any, person: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        said = [(code, in_language(words)) for code, words in TOLERANCES.items()]
        self.fields["tolerance"].choices = said  # type: ignore[attr-defined]
        self.fields["techniques"] = forms.CodesField(
            label=_("Kỹ thuật đã tập"),
            required=False,
            search_url=reverse("techniques", args=[person]),
            display_of=queries.technique_name,
            help_text=_("Gõ tên kỹ thuật không cần dấu; kỹ thuật cơ sở đã đăng ký đứng trước."),
        )

    def session(self) -> Session:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        techniques = [Technique(code, "", repetitions=data["repetitions"]) for code in data["techniques"]]
        moment = datetime.fromisoformat(data["moment"])
        return Session(moment, data["minutes"], tuple(techniques), data["tolerance"], data["pain"], data["note"])
