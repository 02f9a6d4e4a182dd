"""Widgets in the markup of the design base; each draws only the control, `{% field %}` draws what is around it."""

from collections.abc import Mapping
from typing import Any

from django import forms


class TextInput(forms.TextInput):
    """One line of text."""

    group_template = "ui/_group_single.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None):
        super().__init__({"class": "nhsuk-input", **(attrs or {})})


class PasswordInput(forms.PasswordInput):
    """A password; never shown again after a refusal."""

    group_template = "ui/_group_single.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None):
        super().__init__({"class": "nhsuk-input", **(attrs or {})})


class Textarea(forms.Textarea):
    """Several lines of text."""

    group_template = "ui/_group_single.html"

    def __init__(self, rows: int = 4, attrs: Mapping[str, Any] | None = None):
        super().__init__({"class": "nhsuk-textarea", "rows": rows, **(attrs or {})})


class Select(forms.Select):
    """A list to choose one from; for more than about twenty use `CodeField`."""

    group_template = "ui/_group_single.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None, choices: Any = ()):
        super().__init__({"class": "nhsuk-select", **(attrs or {})}, choices)


class Radios(forms.RadioSelect):
    """All choices at once, one to take."""

    group_template = "ui/_group_choices.html"
    kind = "radios"


class Checkboxes(forms.CheckboxSelectMultiple):
    """All choices at once, any to take."""

    group_template = "ui/_group_choices.html"
    kind = "checkboxes"


class Checkbox(forms.CheckboxInput):
    """Yes or not said."""

    group_template = "ui/_group_checkbox.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None, check_test: Any = None):
        super().__init__({"class": "nhsuk-checkboxes__input", **(attrs or {})}, check_test)


class FileInput(forms.ClearableFileInput):
    """A file from the person's device."""

    group_template = "ui/_group_single.html"
    template_name = "django/forms/widgets/file.html"

    def __init__(self, attrs: Mapping[str, Any] | None = None):
        super().__init__({"class": "nhsuk-file-upload", **(attrs or {})})


class Combobox(TextInput):
    """A text field that offers a list from `search_url`; without scripts the code is typed by hand."""

    template_name = "ui/widgets/combobox.html"

    def __init__(self, search_url: Any, attrs: Mapping[str, Any] | None = None):
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.search_url = search_url

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Adds the address of the list."""
        context = super().get_context(name, value, dict(attrs or {}))
        context["widget"]["search_url"] = str(self.search_url)
        return context


class Comboboxes(Combobox):
    """Any number of comboboxes under one name: those filled, and an empty one to go on."""

    group_template = "ui/_group_list.html"
    template_name = "ui/widgets/comboboxes.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every value given under the name, in order; a plain dict may hold a list or one value."""
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [values] if isinstance(values, str) else list(values)

    def format_value(self, value: Any) -> list[str]:
        """The values to show, always with an empty one at the end."""
        return [*(str(entry) for entry in value or [] if entry), ""]

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Adds one entry (id, value) for each control, and the words that all are called by."""
        context = super().get_context(name, value, attrs)
        first = context["widget"]["attrs"].get("id", f"id_{name}")
        context["widget"]["label"] = context["widget"]["attrs"].pop("aria-label", "")
        context["widget"]["entries"] = [
            {"id": first if index == 0 else f"{first}_{index}", "value": entry}
            for index, entry in enumerate(self.format_value(value))
        ]
        return context
