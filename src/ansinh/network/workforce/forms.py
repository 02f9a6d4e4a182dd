"""Shape of a new post and of its end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from ansinh.network.workforce import queries
from ansinh.network.workforce.rules import Post
from ansinh.ui import forms
from ansinh.ui.language import language


class PostForm(forms.Form):
    """A new staff member, or one who works here and takes up another post."""

    practitioner = forms.ChoiceField(
        label=_("Người đang làm ở cơ sở"), help_text=_("Chọn khi một người giữ thêm vị trí"), required=False
    )
    full_name = forms.CharField(label=_("Họ và tên"), help_text=_("Khi là người mới"), required=False)
    post = forms.ChoiceField(label=_("Vị trí việc làm"))
    level = forms.ChoiceField(label=_("Trình độ"), required=False)
    licence = forms.CharField(label=_("Số giấy phép hành nghề"), required=False)
    start = forms.DateField(label=_("Từ ngày"), whole=True, past=True)

    def __init__(self, *args: Any, posts: Sequence[Post] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = dict.fromkeys((post.practitioner, post.name) for post in posts)
        self.fields["practitioner"].choices = [("", _("Người mới")), *people]  # type: ignore[attr-defined]
        self.fields["post"].choices = [("", _("Chọn một vị trí")), *queries.post_choices(language())]  # type: ignore[attr-defined]
        self.fields["level"].choices = [("", _("Chưa ghi")), *queries.level_choices(language())]  # type: ignore[attr-defined]

    @property
    def chosen_day(self) -> date:
        """The day as a date."""
        return date.fromisoformat(self.cleaned_data["start"])


class EndForm(forms.Form):
    """The last day in a post. version: of the post that the form was drawn from."""

    day = forms.DateField(label=_("Ngày làm việc cuối cùng"), whole=True, past=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def chosen_day(self) -> date:
        """The day as a date."""
        return date.fromisoformat(self.cleaned_data["day"])
