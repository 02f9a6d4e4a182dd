"""Shape of what people type into a report: words of each section, the head of the document, reasons."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from ansinh.kernel import clock
from ansinh.programme.plans.definition import Plan
from ansinh.programme.plans.queries import title_of
from ansinh.programme.reports.content import Header
from ansinh.programme.reports.resources import Report
from ansinh.programme.reports.template import Template
from ansinh.ui import forms
from ansinh.ui.language import in_language


class NewForm(forms.Form):
    """Which plan's report of which year to begin."""

    plan = forms.ChoiceField(label=_("Kế hoạch"))
    year = forms.IntegerField(label=_("Năm báo cáo"), min_value=2021, max_value=2100, width=4)

    def __init__(self, *args: Any, plans: Sequence[Plan], **kwargs: Any):
        kwargs.setdefault("initial", {"year": clock.today().year})
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(each.id, title_of(each)) for each in plans]  # type: ignore[attr-defined]


class HeadForm(forms.Form):
    """Number, day and signer: known when the document is issued."""

    number = forms.IntegerField(label=_("Số văn bản"), min_value=1, max_value=99999, required=False, width=5)
    day = forms.DateField(label=_("Ngày ban hành"), whole=True, required=False)
    authority = forms.TextField(
        label=_("Quyền hạn, chức vụ của người ký"),
        help_text=_("Mỗi dòng một ý, ví dụ KT. GIÁM ĐỐC, dòng sau PHÓ GIÁM ĐỐC"),
    )
    signer = forms.CharField(label=_("Họ và tên người ký"), required=False, max_length=100)
    recipients = forms.TextField(label=_("Nơi nhận"), help_text=_("Mỗi dòng một nơi, dòng cuối là Lưu: VT, …"))

    def header(self) -> Header:
        """What was typed, as the document takes it."""
        data = self.cleaned_data
        return Header(
            number=data["number"],
            day=date.fromisoformat(data["day"]) if data["day"] else None,
            authority=tuple(_lines(data["authority"])),
            signer=data["signer"],
            recipients=tuple(_lines(data["recipients"])),
        )


class IssueForm(HeadForm):
    """The head of a document that is being issued: with its number and day."""

    number = forms.IntegerField(label=_("Số văn bản"), min_value=1, max_value=99999, width=5)
    day = forms.DateField(label=_("Ngày ban hành"), whole=True)


class WordsForm(HeadForm):
    """The words of every section, with the head. `version` is what the page was drawn from."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order: Sequence[str] = ()

    def __init__(self, *args: Any, template: Template, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.sections = template.sections
        for section in template.sections:
            self.fields[f"words-{section.id}"] = forms.TextField(
                label=in_language(section.title),
                help_text=in_language(section.prompt),
                required=False,
                max_length=20000,
            )

    def words(self) -> dict[str, str]:
        """Section id → words."""
        return {section.id: self.cleaned_data[f"words-{section.id}"] for section in self.sections}


class ReasonForm(forms.Form):
    """Why a report is returned or gets a new edition."""

    reason = forms.TextField(label=_("Lý do"), max_length=2000)


def initial(report: Report) -> dict[str, Any]:
    """What the forms show of a report."""
    head = report.header
    return {
        "version": report.version,
        "number": head.number,
        "day": head.day.isoformat() if head.day else "",
        "authority": "\n".join(head.authority),
        "signer": head.signer,
        "recipients": "\n".join(head.recipients),
        **{f"words-{key}": text for key, text in report.words.items()},
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
