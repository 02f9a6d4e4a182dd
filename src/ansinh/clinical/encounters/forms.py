"""The forms of a visit and of a periodic check: short, with the present moment filled in."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.encounters import queries
from ansinh.clinical.encounters.actions import Notes
from ansinh.ui import forms
from ansinh.ui.language import in_language

VITAL_ROWS = (
    ("systolic", "diastolic", "pulse"),
    ("temperature", "respiration", "spo2"),
    ("weight", "height", "glucose"),
)


class ContactForm(forms.Form):
    """When, vitals, diagnoses, advice: what visit and check have in common. `entry_id` makes a form sent twice one."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    moment = forms.DateTimeField(label=_("Ngày, giờ khám"))
    diagnoses = forms.CodesField(
        label=_("Chẩn đoán (ICD-10)"),
        required=False,
        search_url=reverse_lazy("diagnoses"),
        display_of=queries.diagnosis_name,
        help_text=_("Gõ tên bệnh không cần dấu, hoặc mã bệnh."),
    )
    long_term = forms.BooleanField(label=_("Theo dõi lâu dài các bệnh này"))
    advice = forms.TextField(label=_("Lời dặn"), required=False, max_length=4000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for vital in queries.vitals().values():
            self.fields[vital.name] = forms.DecimalField(
                label=in_language(vital.label),
                required=False,
                suffix=in_language(vital.unit),
                width=4,
                max_digits=7,
                decimal_places=vital.places,
            )

        self.fields["systolic"].widget.attrs["data-focus"] = ""

    def vital_rows(self) -> list[list[Any]]:
        """Bound fields of the vitals, as they stand on the page."""
        return [[self[name] for name in row if name in self.fields] for row in VITAL_ROWS]

    def measures(self) -> dict[str, Decimal]:
        """What was measured, by name."""
        return {name: self.cleaned_data[name] for name in queries.vitals() if self.cleaned_data.get(name) is not None}

    def notes(self) -> Notes:
        """What was written, as the actions take it."""
        data = self.cleaned_data
        return Notes(
            moment=datetime.fromisoformat(data["moment"]),
            measures=self.measures(),
            complaint=data.get("complaint", ""),
            codes=data["diagnoses"],
            long_term=data["long_term"],
            note=data["note"],
            advice=data["advice"],
            parts=self.parts(),
        )

    def parts(self) -> dict[str, str]:
        """What was found in each part of the body, by code."""
        return {}


class VisitForm(ContactForm):
    """A visit. Nothing but the moment is required; something must be written."""

    complaint = forms.CharField(label=_("Lý do khám"), required=False, max_length=1000)
    note = forms.TextField(label=_("Nhận xét"), required=False, max_length=4000)


class CheckForm(ContactForm):
    """A periodic check: the parts of the body, conclusion and advice."""

    note = forms.TextField(label=_("Kết luận"), max_length=4000)
    rest_normal = forms.BooleanField(
        label=_("Đã khám đủ các phần; phần để trống là bình thường"),
        help_text=_("Chỉ chọn khi đã khám thật; phần để trống sẽ được ghi «Bình thường»."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for code, label in queries.check_plan().parts.items():
            self.fields[f"part-{code}"] = forms.CharField(label=in_language(label), required=False, max_length=1000)

    def part_fields(self) -> list[Any]:
        """Bound fields of the parts, in the order of the catalogue."""
        return [self[f"part-{code}"] for code in queries.check_plan().parts]

    def parts(self) -> dict[str, str]:
        """What was found in each part; the parts left empty too, when all were looked at."""
        normal = _now("Bình thường") if self.cleaned_data["rest_normal"] else ""
        found = {code: self.cleaned_data[f"part-{code}"] or normal for code in queries.check_plan().parts}
        return {code: words for code, words in found.items() if words}
