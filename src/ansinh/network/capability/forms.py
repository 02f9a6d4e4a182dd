"""Shape of a declaration and of an imported list."""

import csv
from datetime import date

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ansinh.kernel.errors import Invalid
from ansinh.kernel.text import nfc
from ansinh.network.capability.rules import Item
from ansinh.ui import forms

MAX_ROWS = 20_000


class DeclareForm(forms.Form):
    """When the declaration begins, and which list the form was drawn from. The ticks are read from the request."""

    mark = "none"
    start = forms.DateField(label=_("Từ ngày"), whole=True, past=True, required=False)
    read_at = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def chosen_day(self) -> date | None:
        """The day as a date."""
        return date.fromisoformat(self.cleaned_data["start"]) if self.cleaned_data.get("start") else None


class ImportForm(forms.Form):
    """A list pasted or sent as a file: one line an item, code; name; group."""

    day = forms.DateField(label=_("Có hiệu lực từ ngày"), whole=True)
    source = forms.CharField(label=_("Văn bản ban hành"), help_text=_("Số, ngày, cơ quan ban hành"))
    rows = forms.TextField(
        label=_("Các dòng"), help_text=_("Mỗi dòng: mã; tên; nhóm. Dán từ bảng tính cũng được."), required=False
    )
    file = forms.FileField(label=_("Hoặc tệp CSV"), required=False)

    def items(self) -> list[Item]:
        """The lines as items. Raises Invalid naming the first line that cannot be read."""
        text = self.cleaned_data["rows"]
        if upload := self.cleaned_data.get("file"):
            try:
                text = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise Invalid(_t("Tệp phải là chữ UTF-8."), code="import-encoding", field="file") from error
        return parse_rows(text)

    @property
    def chosen_day(self) -> date:
        """The day as a date."""
        return date.fromisoformat(self.cleaned_data["day"])


def parse_rows(text: str) -> list[Item]:
    """`code; name; group` lines (tabs from a spreadsheet too; a cell in quotes may hold the sign that parts cells).
    Raises Invalid naming the line."""
    found: list[Item] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = _cells(line)
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise Invalid(_t("Dòng %(line)d chưa đủ mã và tên.") % {"line": number}, code="import-row", field="rows")
        found.append(Item(code=cells[0], text=cells[1], group=cells[2] if len(cells) > 2 else ""))
        if len(found) > MAX_ROWS:
            raise Invalid(_t("Danh mục quá dài."), code="import-long", field="rows")
    return found


def _cells(line: str) -> list[str]:
    reader = csv.reader([line], delimiter="\t" if "\t" in line else ";", skipinitialspace=True)
    try:
        return [nfc(cell.strip()) for cell in next(reader)]
    except csv.Error:  # a cell longer than any name
        return []
