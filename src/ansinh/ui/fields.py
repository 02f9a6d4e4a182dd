"""Form fields: they read what people type in Vietnam and give what FHIR stores.

Each takes, besides Django's arguments: `width` (2, 3, 4, 5, 10, 20 characters), `prefix` and `suffix` (a unit such as
"mmHg"). Text comes back in NFC; dates as ISO strings with the precision that was typed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ansinh.kernel import clock
from ansinh.kernel.text import format_date, format_number, nfc
from ansinh.ui import widgets
from ansinh.ui.partial_dates import parse_partial_date

CODE_SEPARATOR = " – "
_MOMENT = re.compile(r"(\S+)\s+(\d{1,2})(?:[:hg](\d{2})?)\s*")


class _Presented:
    """What the drawing of a field needs beyond Django: width, prefix and suffix."""

    def __init__(self, *args: Any, width: int | None = None, prefix: str = "", suffix: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.prefix, self.suffix = prefix, suffix
        if width:
            css = self.widget.attrs.get("class", "")  # type: ignore[attr-defined]
            self.widget.attrs["class"] = f"{css} nhsuk-input--width-{width}".strip()  # type: ignore[attr-defined]


class CharField(_Presented, forms.CharField):
    """One line of text, NFC, no doubled spaces."""

    widget = widgets.TextInput

    def to_python(self, value: Any) -> str:
        return nfc(super().to_python(value) or "")


class TextField(_Presented, forms.CharField):
    """Several lines of text; each line NFC, line breaks kept."""

    widget = widgets.Textarea

    def to_python(self, value: Any) -> str:
        return "\n".join(nfc(line) for line in (super().to_python(value) or "").splitlines()).strip()


class PasswordField(_Presented, forms.CharField):
    """A password, taken exactly as typed."""

    widget = widgets.PasswordInput

    def __init__(self, **kwargs: Any):
        super().__init__(strip=False, **kwargs)


class DateField(_Presented, forms.Field):
    """dd/mm/yyyy, d/m/yyyy, mm/yyyy or yyyy → ISO partial date ("" when empty).

    whole: the day must be known. past: not after today (in Vietnam).
    """

    widget = widgets.TextInput

    def __init__(self, *, whole: bool = False, past: bool = False, **kwargs: Any):
        kwargs.setdefault("width", 10)
        super().__init__(**kwargs)
        self.whole, self.past = whole, past

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        text = str(value or "").strip()
        if not text:
            return ""
        try:
            iso = parse_partial_date(text)
        except ValueError as error:
            raise ValidationError(str(error), code="date") from None
        if self.whole and len(iso) < 10:
            raise ValidationError(_("Cần cả ngày, tháng và năm, ví dụ 05/03/2025."), code="date-whole")
        if self.past and iso > clock.today().isoformat()[: len(iso)]:
            raise ValidationError(_("Ngày này chưa đến. Kiểm tra lại năm."), code="date-future")
        return iso

    def prepare_value(self, value: Any) -> Any:
        """ISO dates are shown as dd/mm/yyyy; what a person typed is shown as typed."""
        text = str(value or "")
        return format_date(text) if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) else text


class DateTimeField(DateField):
    """dd/mm/yyyy hh:mm → FHIR dateTime in Vietnam's zone: `2025-12-15T08:30:00+07:00`."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("width", 20)
        super().__init__(**{"whole": True, **kwargs})

    def to_python(self, value: Any) -> str:
        text = str(value or "").strip()
        if not text:
            return ""
        parts = _MOMENT.fullmatch(text + " ")
        if not parts or int(parts[2]) > 23 or int(parts[3] or 0) > 59:
            raise ValidationError(_("Ghi ngày và giờ, ví dụ 15/12/2025 08:30."), code="datetime")
        return f"{super().to_python(parts[1])}T{int(parts[2]):02}:{int(parts[3] or 0):02}:00+07:00"

    def prepare_value(self, value: Any) -> Any:
        text = str(value or "")
        if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
            return f"{format_date(text)} {text[11:16]}"
        return text


class IntegerField(_Presented, forms.IntegerField):
    """A whole number; dots and spaces between thousands are read."""

    widget = widgets.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,3}([. ]\d{3})+", value.strip()):
            value = re.sub(r"[. ]", "", value)
        return super().to_python(value)


class DecimalField(_Presented, forms.DecimalField):
    """A number with a comma (36,5) or a point (36.5) before its decimals; 1.350.000,5 is read too.

    «1.000» of a field with three decimals could be one or a thousand, and is asked back: it may be a dose.
    """

    widget = widgets.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = value.strip().replace(" ", "")
            if (self.decimal_places or 0) >= 3 and re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", value):
                raise ValidationError(_("Ghi rõ là %(whole)s hay %(parts)s.") % {
                    "whole": value.replace(".", ""), "parts": value.replace(".", ",")}, code="ambiguous")  # fmt: skip
            if "," in value or value.count(".") > 1:
                value = value.replace(".", "").replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return format_number(value).replace(".", "") if isinstance(value, Decimal | float | int) else value


class ChoiceField(_Presented, forms.ChoiceField):
    """One of a list, in a select."""

    widget = widgets.Select


class RadioField(_Presented, forms.ChoiceField):
    """One of a few, all shown. `inline` puts them side by side where there is room."""

    widget = widgets.Radios

    def __init__(self, *, inline: bool = False, hints: Mapping[str, Any] | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.inline, self.hints = inline, dict(hints or {})


class CheckboxesField(_Presented, forms.MultipleChoiceField):
    """Any of a few, all shown."""

    widget = widgets.Checkboxes

    def __init__(self, *, inline: bool = False, hints: Mapping[str, Any] | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.inline, self.hints = inline, dict(hints or {})


class BooleanField(_Presented, forms.BooleanField):
    """A single tick; not required unless said."""

    widget = widgets.Checkbox

    def __init__(self, **kwargs: Any):
        super().__init__(**{"required": False, **kwargs})


class FileField(_Presented, forms.FileField):
    """A file from the person's device."""

    widget = widgets.FileInput


class CodeField(_Presented, forms.Field):
    """A code from a long list (ICD-10, communes, units), found by typing part of its name.

    search_url: answers GET `?q=text` with `{"results": [{"code", "display", "detail"?}]}`, at most some twenty.
    display_of: code → its name, or None when there is no such code; the page shows "I10 – Tăng huyết áp".
    The value is the code alone; what was typed stays when it is refused.
    """

    widget: Any = widgets.Combobox
    default_error_messages = {"code": _("Không có mã «%(code)s» trong danh mục. Gõ vài chữ của tên rồi chọn.")}

    def __init__(self, *, search_url: Any, display_of: Callable[[str], str | None] | None = None, **kwargs: Any):
        super().__init__(widget=type(self).widget(search_url), **kwargs)
        self.display_of = display_of

    def to_python(self, value: Any) -> Any:
        code = nfc(str(value or "")).split(CODE_SEPARATOR, 1)[0].strip()
        if code and self.display_of and self.display_of(code) is None:
            raise ValidationError(self.error_messages["code"], code="code", params={"code": code})
        return code

    def prepare_value(self, value: Any) -> Any:
        return self.shown(str(value or ""))

    def shown(self, value: str) -> str:
        """ "I10" → "I10 – Tăng huyết áp"; anything else as it is."""
        if not value or CODE_SEPARATOR in value or not self.display_of:
            return value
        display = self.display_of(value)
        return f"{value}{CODE_SEPARATOR}{display}" if display else value


class CodesField(CodeField):
    """Several codes from a long list, in the order given; the value is a list of codes without repeats."""

    widget = widgets.Comboboxes

    def to_python(self, value: Any) -> list[str]:
        codes = [super(CodesField, self).to_python(entry) for entry in value or []]
        return list(dict.fromkeys(code for code in codes if code))

    def prepare_value(self, value: Any) -> Any:
        entries: Sequence[str] = [value] if isinstance(value, str) else list(value or [])
        return [self.shown(str(entry)) for entry in entries]
