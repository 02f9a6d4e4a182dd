"""Forms of An Sinh: `Form` and every field, imported from here by the rooms above.

class StayForm(forms.Form):
    kind = forms.RadioField(label=_("Hình thức"), choices=KINDS)
    since = forms.DateField(label=_("Ngày vào"), whole=True, past=True)
"""

from django import forms as django_forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import HiddenInput
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from ansinh.kernel.errors import UserError
from ansinh.ui.fields import (
    BooleanField,
    CharField,
    CheckboxesField,
    ChoiceField,
    CodeField,
    CodesField,
    DateField,
    DateTimeField,
    DecimalField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    TextField,
)
from ansinh.ui.refusals import refusal_in_language

__all__ = [
    "BooleanField",
    "CharField",
    "CheckboxesField",
    "ChoiceField",
    "CodeField",
    "CodesField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "FileField",
    "Form",
    "HiddenInput",
    "IntegerField",
    "PasswordField",
    "RadioField",
    "TextField",
]


def _own_messages(field: django_forms.Field) -> set[str]:
    """The messages that were given to this very field, not inherited from its class."""
    inherited: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        inherited.update(getattr(kind, "default_error_messages", {}))
    return {key for key, text in field.error_messages.items() if inherited.get(key) != text}


def _messages(field: django_forms.Field) -> dict[str, str]:
    """Sentences that name the field, in place of Django's; "%%(…)s" is filled in by the field itself."""
    label = {"label": field.label}
    messages = {
        "required": _("Cần điền «%(label)s».") % label,
        "min_value": _("«%(label)s» không được dưới %%(limit_value)s.") % label,
        "max_value": _("«%(label)s» không được quá %%(limit_value)s.") % label,
        "max_length": _("«%(label)s» dài %%(show_value)d ký tự, tối đa %%(limit_value)d.") % label,
        "invalid_choice": _("«%(label)s»: hãy chọn một mục trong danh sách.") % label,
    }
    if isinstance(field, IntegerField):
        messages["invalid"] = _("«%(label)s» phải là số nguyên, ví dụ 120.") % label
    elif isinstance(field, DecimalField):
        messages["invalid"] = _("«%(label)s» phải là số, ví dụ 36,5.") % label
        messages |= dict.fromkeys(("max_digits", "max_whole_digits"), _("«%(label)s» là một số quá lớn.") % label)
        messages["max_decimal_places"] = _("«%(label)s» có quá nhiều chữ số sau dấu phẩy.") % label
    return messages


class Form(django_forms.Form):
    """A form whose errors name their field, and which takes the errors that actions raise.

    mark: which fields carry a note beside their label: `optional` (default), `required` or `none`.
    """

    mark = "optional"
    use_required_attribute = False

    def full_clean(self) -> None:
        """Clean, with sentences that name the field; fields that were added after the form was made have them too."""
        for field in self.fields.values():
            if field.label:
                own = _own_messages(field)
                field.error_messages.update({k: v for k, v in _messages(field).items() if k not in own})
        super().full_clean()

    def refuse(self, error: UserError) -> None:
        """Show an action's refusal at the fields it names, or above the form; what was typed stays."""
        messages = [(problem.expression, problem.message) for problem in error.problems]
        for field, message in messages or [(error.field or "", error.message)]:
            name = field if field in self.fields else error.field
            self.add_error(name if name in self.fields else None, refusal_in_language(message))

    def renew(self, **hidden: object) -> None:
        """Draw the form again with these hidden values; what was typed stays. Saving again is then on purpose."""
        typed = MultiValueDict(self.data) if isinstance(self.data, MultiValueDict) else MultiValueDict()
        for name, value in hidden.items():
            typed[name] = str(value)
        self.data = typed

    @property
    def has_errors(self) -> bool:
        """True after a refusal."""
        return self.is_bound and bool(self.errors)

    def general_errors(self) -> list[str]:
        """Errors that belong to no field."""
        return [str(error) for error in self.errors.get(NON_FIELD_ERRORS, [])]
