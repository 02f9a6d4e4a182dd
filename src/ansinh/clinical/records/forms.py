"""Shape of what is typed around a form of the record, and of a file to be checked."""

from django.utils.translation import gettext_lazy as _

from ansinh.ui import forms


class ReasonForm(forms.Form):
    """Why a signed form is filled in again."""

    mark = "none"
    reason = forms.CharField(label=_("Lý do đính chính"), max_length=300)


class CheckForm(forms.Form):
    """A file whose signatures are to be checked."""

    mark = "none"
    file = forms.FileField(label=_("Tệp PDF, hoặc tài liệu FHIR (JSON)"))
