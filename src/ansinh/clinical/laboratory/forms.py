"""Forms of orders and results: one page each, with what is asked most already there."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.laboratory.actions import Wish
from ansinh.clinical.laboratory.queries import Panel, panels
from ansinh.clinical.laboratory.rules.reading import signed_number
from ansinh.clinical.laboratory.rules.reports import Measured, Report, Whose
from ansinh.kernel.naming import LOINC
from ansinh.ui import forms
from ansinh.ui.language import language

MOST_FREE = 4  # lines for tests that the catalogue does not have


class OrderForm(forms.Form):
    """What is wanted, how soon, why."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    kind = forms.RadioField(label=_("Loại"), choices=(), inline=True)
    panels = forms.CheckboxesField(label=_("Nhóm xét nghiệm"), required=False, choices=())
    title = forms.CharField(label=_("Xét nghiệm khác, hoặc hình ảnh cần chụp"), required=False, max_length=300)
    urgent = forms.BooleanField(label=_("Cần ngay"))
    wanted = forms.DateTimeField(label=_("Lấy mẫu, chụp lúc"), required=False)
    note = forms.TextField(label=_("Ghi chú cho phòng xét nghiệm"), required=False, max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kinds = [("laboratory", _now("Xét nghiệm")), ("imaging", _now("Chẩn đoán hình ảnh"))]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        offered = [(panel.name, panel.words(language())) for panel in panels()]
        self.fields["panels"].choices = offered  # type: ignore[attr-defined]

    def wish(self) -> Wish:
        """What was asked for, as the action takes it."""
        data = self.cleaned_data
        return Wish(data["kind"], data["panels"], data["title"], data["urgent"], data["wanted"], data["note"])


class ReasonForm(forms.Form):
    """Why something is given up."""

    mark = "none"
    reason = forms.CharField(label=_("Lý do"), max_length=300)


class ValueField(forms.CharField):
    """A result as it is read from paper: a number, `<5`, or words; comes back as (comparator, number or words)."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        sign, number = signed_number(text)
        if sign and number is None:
            raise ValidationError(_now("Sau dấu so sánh phải là một số, ví dụ <5."), code="value")
        return sign, text if number is None else number


class ResultForm(forms.Form):
    """A report typed in: the tests of a panel, lines for others, a conclusion, a file."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    order_id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    moment = forms.DateTimeField(label=_("Lấy mẫu, chụp lúc"))
    laboratory = forms.CharField(label=_("Nơi làm"), required=False, max_length=200)
    number = forms.CharField(label=_("Số phiếu"), required=False, max_length=60)
    conclusion = forms.TextField(label=_("Kết luận"), required=False, max_length=8000)
    file = forms.FileField(label=_("Tệp kèm (PDF, JPEG, PNG)"), required=False)

    def __init__(self, *args: Any, panel: Panel | None, imaging: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.panel, self.imaging = panel, imaging
        for test in panel.tests if panel else ():
            self.fields[f"t-{test.name}"] = ValueField(
                label=test.words(language()), required=False, suffix=test.unit, width=5, max_length=100
            )
        if imaging:
            self.fields["title"] = forms.CharField(label=_("Kỹ thuật chụp, siêu âm"), max_length=200)
            return
        for line in range(MOST_FREE if panel is None else 1):
            self.fields[f"name-{line}"] = forms.CharField(label=_("Xét nghiệm khác"), required=False, max_length=120)
            self.fields[f"value-{line}"] = ValueField(label=_("Kết quả"), required=False, width=5, max_length=300)
            self.fields[f"unit-{line}"] = forms.CharField(label=_("Đơn vị"), required=False, width=5, max_length=30)

    def test_fields(self) -> list[Any]:
        """Bound fields of the panel's tests."""
        return [self[name] for name in self.fields if name.startswith("t-")]

    def free_lines(self) -> list[tuple[Any, Any, Any]]:
        """Bound fields of the lines for other tests."""
        numbers = [name.partition("-")[2] for name in self.fields if name.startswith("name-")]
        return [(self[f"name-{one}"], self[f"value-{one}"], self[f"unit-{one}"]) for one in numbers]

    def clean(self) -> dict[str, Any]:
        """A line with a value has a name, and the other way round."""
        data = super().clean() or self.cleaned_data
        for line in range(MOST_FREE):
            name, value = data.get(f"name-{line}"), data.get(f"value-{line}")
            if value and not name:
                self.add_error(f"name-{line}", _now("Hãy ghi tên xét nghiệm của dòng này."))
            elif name and not value and f"value-{line}" not in self.errors:
                self.add_error(f"value-{line}", _now("Hãy ghi kết quả của dòng này."))
        return data

    def report(self) -> Report:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        free = [data[f"name-{line}"] for line in range(MOST_FREE) if data.get(f"name-{line}")]
        title = data.get("title") or (self.panel.label if self.panel else "; ".join(free)[:200]) or "Xét nghiệm"
        return Report(
            number=data["number"] or data["entry_id"],
            whose=Whose(),
            panel=title,
            moment=data["moment"],
            results=tuple(self._measured()),
            laboratory=data["laboratory"],
            category="RAD" if self.imaging else "LAB",
            conclusion=data["conclusion"],
        )

    def _measured(self) -> Iterator[Measured]:
        data = self.cleaned_data
        for test in self.panel.tests if self.panel else ():
            if (read := data.get(f"t-{test.name}")) is not None:
                sign, value = read
                unit = test.unit if isinstance(value, Decimal) else ""
                yield Measured(test.loinc, test.label, value, unit, LOINC, sign)
        for line in range(MOST_FREE):
            if (read := data.get(f"value-{line}")) is not None:
                sign, value = read
                yield Measured("", data[f"name-{line}"], value, data[f"unit-{line}"], "", sign)


class ReviewForm(forms.Form):
    """The reader answers for having seen a report."""

    mark = "none"
    version = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(label=_("Nhận xét, xử trí"), required=False, max_length=1000)


class FileForm(forms.Form):
    """A file of a report."""

    mark = "none"
    title = forms.CharField(label=_("Tên tệp"), required=False, max_length=120)
    file = forms.FileField(label=_("Tệp (PDF, JPEG, PNG)"))


class ImportForm(forms.Form):
    """A file of a laboratory."""

    mark = "none"
    file = forms.FileField(label=_("Tệp kết quả (HL7 hoặc CSV)"))


class RangesForm(forms.Form):
    """A list of ranges with its source."""

    mark = "none"
    source = forms.CharField(
        label=_("Nguồn của bảng"), max_length=300, help_text=_("Phòng xét nghiệm hoặc văn bản, và ngày của bảng.")
    )
    file = forms.FileField(label=_("Tệp CSV"))


class MatchForm(forms.Form):
    """Whose report it is."""

    mark = "none"
    person = forms.CharField(widget=forms.HiddenInput, max_length=64)
