"""Forms of An Sinh: `Form` and every field, imported from here by the rooms above.

class StayForm(forms.Form):
    kind = forms.RadioField(label=_("Hình thức"), choices=KINDS)
    since = forms.DateField(label=_("Ngày vào"), whole=True, past=True)
"""

from typing import Any

from django import forms as django_forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import HiddenInput
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


class Form(django_forms.Form):
    """A form whose errors name their field, and which takes the errors that actions raise.

    mark: which fields carry a note beside their label: `optional` (default), `required` or `none`.
    """

    mark = "optional"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.required and field.label:
                field.error_messages["required"] = _("Cần điền «%(label)s».") % {"label": field.label}

    def refuse(self, error: UserError) -> None:
        """Show an action's refusal at the fields it names, or above the form; what was typed stays."""
        messages = [(problem.expression, problem.message) for problem in error.problems]
        for field, message in messages or [(error.field or "", error.message)]:
            name = field if field in self.fields else error.field
            self.add_error(name if name in self.fields else None, message)

    @property
    def has_errors(self) -> bool:
        """True after a refusal."""
        return self.is_bound and bool(self.errors)

    def general_errors(self) -> list[str]:
        """Errors that belong to no field."""
        return list(self.errors.get(NON_FIELD_ERRORS, []))
