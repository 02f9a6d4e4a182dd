"""The forms of devices: shape only; what they mean is decided by the actions."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.devices import catalogue
from ansinh.clinical.devices.actions import Done, Draft
from ansinh.clinical.devices.giving import Follow, Giving
from ansinh.clinical.devices.rules.making import Check
from ansinh.clinical.devices.rules.stock import Lot, Receipt
from ansinh.clinical.encounters.queries import diagnosis_name
from ansinh.kernel.text import format_date, format_number
from ansinh.ui import forms

Choices = Sequence[tuple[str, Any]]


class _Entry(forms.Form):
    """A form that is stored once, however often it is sent."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    moment = forms.DateTimeField(label=_("Ngày giờ"))

    def at(self) -> datetime:
        """What was typed as the hour, aware."""
        return datetime.fromisoformat(self.cleaned_data["moment"])


class PrescribeForm(_Entry):
    """What is prescribed, on what ground, who pays how much."""

    kind = forms.ChoiceField(label=_("Loại dụng cụ"), choices=())
    side = forms.RadioField(label=_("Bên"), required=False, choices=(), inline=True)
    reason = forms.TextField(
        label=_("Tình trạng thương tật, bệnh tật"),
        max_length=2000,
        help_text=_("Căn cứ của chỉ định, như ghi trong hồ sơ thương binh, bệnh binh hoặc bệnh án."),
    )
    diagnosis = forms.CodeField(
        label=_("Mã bệnh (ICD-10)"),
        required=False,
        search_url=reverse_lazy("diagnoses"),
        display_of=diagnosis_name,
        help_text=_("Gõ tên bệnh không cần dấu, hoặc mã bệnh."),
    )
    findings = forms.TextField(label=_("Khám: mỏm cụt, khớp, cơ lực, da"), required=False, max_length=4000)
    details = forms.TextField(label=_("Yêu cầu kỹ thuật"), required=False, max_length=4000)
    payer = forms.ChoiceField(label=_("Nguồn chi trả chính"), required=False, choices=())
    cost = forms.DecimalField(
        label=_("Chi phí dự tính"), required=False, suffix="đồng", width=10, max_digits=12, decimal_places=0
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.payers = catalogue.choices(catalogue.PAYER, language)
        fields: Any = self.fields
        fields["kind"].choices = [("", _("Chọn loại")), *catalogue.choices(catalogue.KIND, language)]
        fields["side"].choices = catalogue.choices(catalogue.SIDE, language)
        fields["payer"].choices = [("", _("Chưa rõ")), *self.payers]
        for code, words in self.payers:
            share = forms.DecimalField(
                label=words, required=False, suffix="đồng", width=10, max_digits=12, decimal_places=0
            )
            self.fields[f"share-{code}"] = share

    def share_fields(self) -> list[Any]:
        """The bound fields of what each payer gives."""
        return [self[f"share-{code}"] for code, _words in self.payers]

    def draft(self) -> Draft:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        shares = {code: data[f"share-{code}"] for code, _words in self.payers if data[f"share-{code}"]}
        names = ("kind", "reason", "side", "diagnosis", "findings", "details", "payer", "cost")
        return Draft(**{name: data[name] for name in names}, shares=shares)


class OrderForm(forms.Form):
    """When the workshop is to be through."""

    due = forms.DateField(label=_("Hẹn xong ngày"), required=False, whole=True)

    def day(self) -> date | None:
        """The day, None when nobody said."""
        return date.fromisoformat(self.cleaned_data["due"]) if self.cleaned_data["due"] else None


class StepForm(forms.Form):
    """A stage that is finished; for the quality check what was looked at."""

    mark = "none"
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    stage = forms.CharField(widget=forms.HiddenInput, max_length=40)
    moment = forms.DateTimeField(label=_("Xong lúc"))
    checks = forms.CheckboxesField(label=_("Đã kiểm tra và đạt"), required=False, choices=())
    note = forms.TextField(label=_("Ghi chú"), required=False, max_length=2000)

    def __init__(self, *args: Any, checks: Sequence[Check], language: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if checks:
            said = [(one.code, one.label_en if language == "en" else one.label) for one in checks]
            self.fields["checks"].choices = said  # type: ignore[attr-defined]
        else:
            del self.fields["checks"]

    def done(self, *, back: bool = False) -> Done:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        at = datetime.fromisoformat(data["moment"])
        return Done(data["stage"], at, data["note"], back, tuple(data.get("checks", ())))


class BackForm(forms.Form):
    """The stage to which the work goes back, and why."""

    mark = "none"
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    stage = forms.ChoiceField(label=_("Trả về công đoạn"), choices=())
    note = forms.TextField(label=_("Vì sao phải làm lại"), max_length=2000)

    def __init__(self, *args: Any, stages: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]


class PartForm(forms.Form):
    """Parts of a lot that go into the device."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    lot = forms.ChoiceField(label=_("Vật tư trong kho"), choices=())
    quantity = forms.DecimalField(label=_("Số lượng"), width=4, max_digits=8, decimal_places=3, initial=Decimal(1))

    def __init__(self, *args: Any, lots: Sequence[Lot], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [("", _("Chọn vật tư")), *((lot.id, lot_words(lot)) for lot in lots)]  # type: ignore[attr-defined]


def lot_words(lot: Lot) -> str:
    """«Khớp gối, lô L12, hạn 01/2027 (còn 3 cái)»."""
    said = lot.receipt
    number = said.serial or said.lot
    parts = (said.name, number, format_date(said.expiry) if said.expiry else "")
    return f"{', '.join(filter(None, parts))} ({format_number(lot.left)} {said.unit})"


class ReceiptForm(forms.Form):
    """Parts that came in."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    name = forms.CharField(label=_("Tên vật tư"), max_length=200)
    quantity = forms.DecimalField(label=_("Số lượng nhập"), width=5, max_digits=9, decimal_places=3)
    unit = forms.CharField(label=_("Đơn vị tính"), max_length=20, width=5)
    lot = forms.CharField(label=_("Số lô"), required=False, max_length=60, width=10)
    serial = forms.CharField(label=_("Số sê-ri"), required=False, max_length=60, width=10)
    maker = forms.CharField(label=_("Hãng, nước sản xuất"), required=False, max_length=120)
    expiry = forms.DateField(label=_("Hạn dùng"), required=False, whole=True)
    price = forms.DecimalField(
        label=_("Đơn giá"), required=False, suffix="đồng", width=10, max_digits=12, decimal_places=0
    )
    day = forms.DateField(label=_("Ngày nhập"), whole=True, past=True)

    def receipt(self) -> Receipt:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        names = ("name", "quantity", "unit", "lot", "serial", "expiry", "price", "maker")
        return Receipt(**{name: data[name] for name in names})


class GiveForm(_Entry):
    """The delivery: training, term, first follow-up."""

    trained = forms.BooleanField(label=_("Đã tập cho người dùng cách mang, tháo, giữ gìn"))
    receiver = forms.CharField(label=_("Người nhận thay, nếu có"), required=False, max_length=120)
    months = forms.IntegerField(
        label=_("Niên hạn theo quyết định cấp (tháng)"), required=False, width=3, min_value=1, max_value=240
    )
    decision = forms.CharField(label=_("Số quyết định"), required=False, max_length=120)
    follow_up = forms.DateField(label=_("Hẹn theo dõi ngày"), required=False, whole=True)
    note = forms.TextField(label=_("Ghi chú"), required=False, max_length=2000)

    def giving(self) -> Giving:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        day = date.fromisoformat(data["follow_up"]) if data["follow_up"] else None
        return Giving(
            moment=self.at(),
            trained=data["trained"],
            receiver=data["receiver"],
            months=data["months"] or 0,
            decision=data["decision"],
            follow_up=day,
            note=data["note"],
        )


class FollowForm(_Entry):
    """How the device is used."""

    hours = forms.DecimalField(
        label=_("Mang mỗi ngày"), required=False, suffix="giờ", width=3, max_digits=4, decimal_places=1
    )
    note = forms.TextField(label=_("Da, đau, độ vừa, hỏng hóc"), max_length=2000)
    stopped = forms.BooleanField(label=_("Không dùng dụng cụ này nữa"))
    next_day = forms.DateField(label=_("Hẹn lần sau ngày"), required=False, whole=True)

    def follow(self) -> Follow:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        day = date.fromisoformat(data["next_day"]) if data["next_day"] else None
        return Follow(self.at(), data["note"], data["hours"], data["stopped"], day)


class ReasonForm(forms.Form):
    """Why: what broke, or what was written wrong."""

    mark = "none"
    reason = forms.TextField(label=_("Lý do"), max_length=500)
