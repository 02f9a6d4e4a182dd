"""Shape of what an administrator types about units; what it means is decided by rules and actions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ansinh.fhir.terminology import concepts
from ansinh.network.facilities.resources import KIND
from ansinh.network.facilities.rules import Unit
from ansinh.ui import forms
from ansinh.ui.language import language


class TreeFilter(forms.Form):
    """Which part of the tree, on which day."""

    mark = "none"
    tim = forms.CharField(label=_("Tên hoặc mã"), required=False)
    loai = forms.ChoiceField(label=_("Loại đơn vị"), required=False)
    ngay = forms.DateField(label=_("Xem vào ngày"), whole=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["loai"].choices = [("", _("Tất cả")), *kind_choices()]  # type: ignore[attr-defined]


class _DatedForm(forms.Form):
    day = forms.DateField(label=_("Từ ngày"), help_text=_("Ví dụ 01/07/2025"), whole=True)
    source = forms.CharField(label=_("Văn bản"), help_text=_("Số và ngày của quyết định, nghị quyết"), required=False)

    @property
    def chosen_day(self) -> date:
        """The day as a date."""
        return date.fromisoformat(self.cleaned_data["day"])


class UnitForm(_DatedForm):
    """A new unit."""

    code = forms.CharField(label=_("Mã đơn vị"), help_text=_("Chữ thường không dấu, số và gạch nối"))
    name = forms.CharField(label=_("Tên đơn vị"))
    english = forms.CharField(label=_("Tên tiếng Anh"), required=False)
    kind = forms.ChoiceField(label=_("Loại đơn vị"))
    authority = forms.ChoiceField(label=_("Cơ quan quản lý trực tiếp"), required=False)
    field_order = ("name", "english", "code", "kind", "authority", "day", "source")

    def __init__(self, *args: Any, units: Sequence[Unit] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["authority"].choices = [("", _("Không có")), *unit_choices(units)]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """A code that can stand in an address."""
        code = self.cleaned_data["code"]
        if not code.isascii() or not all(char.isalnum() or char == "-" for char in code) or code != code.lower():
            raise ValidationError(_("Mã chỉ gồm chữ thường không dấu, số và gạch nối."))
        return code


class TransferForm(_DatedForm):
    """Another authority."""

    authority = forms.ChoiceField(label=_("Cơ quan quản lý mới"))
    field_order = ("authority", "day", "source")

    def __init__(self, *args: Any, units: Sequence[Unit] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = unit_choices(units)  # type: ignore[attr-defined]


class MergeForm(_DatedForm):
    """Into which unit."""

    authority = forms.ChoiceField(label=_("Sáp nhập vào đơn vị"))
    field_order = ("authority", "day", "source")

    def __init__(self, *args: Any, units: Sequence[Unit] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = unit_choices(units)  # type: ignore[attr-defined]


class RenameForm(_DatedForm):
    """The new name and code."""

    name = forms.CharField(label=_("Tên mới"))
    english = forms.CharField(label=_("Tên tiếng Anh"), required=False)
    code = forms.CharField(label=_("Mã mới"), help_text=_("Chữ thường không dấu, số và gạch nối"))
    field_order = ("name", "english", "code", "day", "source")

    def __init__(self, *args: Any, units: Sequence[Unit] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)

    clean_code = UnitForm.clean_code


class CloseForm(forms.Form):
    """The last day."""

    day = forms.DateField(label=_("Ngày hoạt động cuối cùng"), help_text=_("Ví dụ 30/06/2025"), whole=True)

    def __init__(self, *args: Any, units: Sequence[Unit] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)

    @property
    def chosen_day(self) -> date:
        """The day as a date."""
        return date.fromisoformat(self.cleaned_data["day"])


def kind_choices() -> list[tuple[str, str]]:
    """Kinds that a unit may have."""
    return [(item.code, item.words(language())) for item in concepts.members(KIND) if not item.is_abstract]


def unit_choices(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Units to choose from, by name."""
    return [(unit.id, unit.name) for unit in units]
