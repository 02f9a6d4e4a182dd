"""Forms of medicines."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.medicines import queries
from ansinh.clinical.medicines.actions.ordering import AllergyNote, Wish
from ansinh.clinical.medicines.actions.stocking import Entry
from ansinh.clinical.medicines.resources import Regimen
from ansinh.clinical.medicines.rules.checks import Weighing
from ansinh.kernel.text import nfc
from ansinh.ui import forms
from ansinh.ui.language import language

_HOUR = re.compile(r"([01]?\d|2[0-3])\s*(?::|h|g|giờ)\s*([0-5]\d)?", re.IGNORECASE)


def hour_of(text: str) -> str:
    """An hour as people write it («9:30», «9h30», «9 giờ», «21g») as `09:30`; "" for what is none."""
    found = _HOUR.fullmatch(nfc(text))
    if found is None or (":" in text and not found[2]):
        return ""
    return f"{int(found[1]):02d}:{found[2] or '00'}"


class OrderForm(forms.Form):
    """A medicine of the list, how it is taken, for how long; by weight where it must be."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    amount = forms.DecimalField(label=_("Mỗi lần"), width=4, max_digits=9, decimal_places=3)
    hours = forms.CheckboxesField(label=_("Giờ dùng"), required=False, choices=(), inline=True)
    other_hour = forms.CharField(
        label=_("Giờ khác"),
        required=False,
        width=10,
        max_length=40,
        help_text=_("Ví dụ 09:30, cách nhau bằng dấu phẩy."),
    )
    as_needed = forms.BooleanField(label=_("Khi cần"))
    route = forms.ChoiceField(label=_("Đường dùng"), choices=(), required=False)
    start = forms.DateField(label=_("Từ ngày"), whole=True)
    days = forms.IntegerField(
        label=_("Số ngày"), required=False, width=3, min_value=1, help_text=_("Để trống: đến khi có y lệnh ngừng.")
    )
    note = forms.CharField(label=_("Dặn thêm"), required=False, max_length=200)
    reason = forms.CharField(label=_("Lý do dùng"), required=False, max_length=200)
    per_kg = forms.DecimalField(
        label=_("Liều mỗi kg"), required=False, width=4, suffix="mg/kg", max_digits=9, decimal_places=3
    )
    weight = forms.DecimalField(
        label=_("Cân nặng dùng để tính"), required=False, width=4, suffix="kg", max_digits=6, decimal_places=1
    )
    dose = forms.DecimalField(
        label=_("Liều tính ra mỗi lần"), required=False, width=4, suffix="mg", max_digits=9, decimal_places=3
    )
    take_home = forms.BooleanField(label=_("Đơn mang về"))
    quantity = forms.DecimalField(label=_("Tổng số"), required=False, width=4, max_digits=9, decimal_places=3)
    override = forms.CharField(label=_("Vẫn dùng vì"), required=False, max_length=300)

    def __init__(self, *args: Any, facility: str, context: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["hours"].choices = [(hour, hour) for hour in queries.usual_hours()]  # type: ignore[attr-defined]
        self.fields["route"].choices = [("", ""), *queries.routes(language())]  # type: ignore[attr-defined]
        names = {one.code: one.name for one in queries.medicines(context, facility)}
        medicine = forms.CodeField(
            label=_("Thuốc"),
            search_url=reverse_lazy("medicines_find"),
            display_of=names.get,
            help_text=_("Gõ tên thuốc hoặc hoạt chất không cần dấu."),
        )
        self.fields = {"code": medicine, **self.fields}
        medicine.widget.attrs["data-focus"] = ""

    def clean(self) -> dict[str, Any]:
        """Hours are hours; a dose by weight says all three figures."""
        data = super().clean() or self.cleaned_data
        data["all_hours"] = self._hours(data)
        figures = [data.get(name) for name in ("per_kg", "weight", "dose")]
        if any(one is not None for one in figures) and not all(one is not None for one in figures):
            self.add_error("per_kg", _now("Kê theo cân nặng cần đủ liều mỗi kg, cân nặng và liều tính ra."))
        return data

    def _hours(self, data: dict[str, Any]) -> tuple[str, ...]:
        found = set(data.get("hours") or ())
        for text in (data.get("other_hour") or "").replace(";", ",").split(","):
            if not text.strip():
                continue
            if hour := hour_of(text):
                found.add(hour)
            else:
                self.add_error("other_hour", _now("Giờ ghi như 09:30, cách nhau bằng dấu phẩy."))
        return tuple(sorted(found))

    def wish(self) -> Wish:
        """What is ordered, as the action takes it."""
        data = self.cleaned_data
        words = dict(queries.routes("vi")).get(data["route"], "")
        weighing = Weighing(data["per_kg"], data["weight"], data["dose"]) if data.get("weight") is not None else None
        regimen = Regimen(
            amount=data["amount"],
            unit="",
            hours=data["all_hours"],
            as_needed=data["as_needed"],
            start=data["start"],
            route=data["route"],
            route_words=words,
            note=data["note"],
            quantity=data["quantity"],
        )
        return Wish(data["code"], regimen, data["days"] or 0, weighing, data["reason"], data["override"],
                    data["take_home"])  # fmt: skip


class StopForm(forms.Form):
    """Why an order ends."""

    mark = "none"
    reason = forms.CharField(label=_("Lý do ngừng"), max_length=300)


class AllergyForm(forms.Form):
    """What somebody does not bear."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    substance = forms.CharField(
        label=_("Chất, nhóm hoặc thuốc gây dị ứng"), max_length=200, help_text=_("Ghi tên hoạt chất nếu biết.")
    )
    reaction = forms.CharField(label=_("Biểu hiện"), required=False, max_length=300)
    severe = forms.BooleanField(label=_("Nặng (phản vệ, khó thở, tụt huyết áp)"))
    onset = forms.DateField(label=_("Lần đầu"), required=False, past=True)

    def allergy(self) -> AllergyNote:
        """What was told, as the action takes it."""
        data = self.cleaned_data
        return AllergyNote(data["substance"], data["severe"], data["reaction"], data["onset"])


class WitnessForm(forms.Form):
    """The second person proves who they are by password."""

    mark = "none"
    username = forms.CharField(label=_("Tên đăng nhập của người thứ hai"), max_length=150)
    password = forms.PasswordField(label=_("Mật khẩu của người thứ hai"))
    override = forms.CharField(label=_("Vẫn cho dùng vì"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self.fields["username"].widget.attrs["data-focus"] = ""


class ReceiveForm(forms.Form):
    """Medicine that came in."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    lot = forms.CharField(label=_("Số lô"), max_length=60, width=10)
    expiry = forms.DateField(label=_("Hạn dùng"), whole=True)
    quantity = forms.DecimalField(label=_("Số lượng"), width=5, max_digits=12, decimal_places=3)
    note = forms.CharField(label=_("Nơi cấp, số hóa đơn"), required=False, max_length=300)

    def __init__(self, *args: Any, names: dict[str, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        medicine = forms.CodeField(label=_("Thuốc"), search_url=reverse_lazy("medicines_find"), display_of=names.get)
        self.fields = {"code": medicine, **self.fields}

    def entry(self) -> Entry:
        """What came in, as the action takes it."""
        data = self.cleaned_data
        return Entry(data["code"], data["lot"], data["quantity"], data["note"], data["entry_id"])

    @property
    def day(self) -> date:
        """The last day of use."""
        return date.fromisoformat(self.cleaned_data["expiry"])


class LotForm(forms.Form):
    """A step of one lot: thrown away, counted, handed out. With a second signature where the medicine asks for one."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=64)
    quantity = forms.DecimalField(label=_("Số lượng"), width=5, max_digits=12, decimal_places=3)
    note = forms.CharField(label=_("Lý do, ghi chú"), required=False, max_length=300)

    def __init__(self, *args: Any, controlled: bool = False, lots: list[tuple[str, str]] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if lots is not None:
            lot = forms.ChoiceField(label=_("Lô"), choices=lots)
            self.fields = {"entry_id": self.fields.pop("entry_id"), "lot": lot, **self.fields}
        if controlled:
            for name, field in WitnessForm().fields.items():
                if name == "override":  # only a dose may stand against an allergy
                    continue
                field.widget.attrs.pop("data-focus", None)
                self.fields[name] = field

    def entry(self, code: str, lot: str = "") -> Entry:
        """The step, as the action takes it."""
        data = self.cleaned_data
        quantity: Decimal = data["quantity"]
        return Entry(code, data.get("lot") or lot, quantity, data["note"], data["entry_id"])


class FileForm(forms.Form):
    """A file to install."""

    mark = "none"
    file = forms.FileField(label=_("Tệp"))
