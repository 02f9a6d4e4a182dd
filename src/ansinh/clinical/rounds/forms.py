"""A grid as it was typed: each cell read by itself, so that one slip loses nothing of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ansinh.clinical.encounters.rules import Vital
from ansinh.clinical.rounds.resources import answers_of
from ansinh.clinical.wards.queries import Resident
from ansinh.kernel.text import format_number, nfc
from ansinh.ui import forms
from ansinh.ui.language import in_language


@dataclass(slots=True)
class Cell:
    """One input. value: as typed; refusal: the sentence for a value outside the limits, shown at once."""

    name: str
    column: str
    label: str
    value: str = ""
    wrong: bool = False
    low: str = ""
    high: str = ""
    refusal: str = ""


@dataclass(slots=True)
class Row:
    """A resident's line. problems: sentences; saved: it is on record and no longer typed in."""

    resident: Resident
    room: str
    cells: list[Cell]
    measures: dict[str, Decimal] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    saved: bool = False

    def refuse(self, column: str, message: str) -> None:
        """Show a problem at the row, and mark its cell."""
        if message not in self.problems:
            self.problems.append(message)
        for cell in self.cells:
            cell.wrong = cell.wrong or cell.column == column

    @property
    def is_read(self) -> bool:
        """True when every cell could be read."""
        return not self.problems


class RoundForm(forms.Form):
    """When the round was; its id makes a grid sent twice one."""

    mark = "none"
    round_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    moment = forms.DateTimeField(label=gettext_lazy("Giờ đo"))


def rows_of(people: Sequence[tuple[Resident, str]], vitals: Sequence[Vital], typed: Mapping[str, str]) -> list[Row]:
    """The lines of the grid with what was typed, read into numbers as far as they are."""
    return [_row(resident, room, vitals, typed) for resident, room in people]


def _row(resident: Resident, room: str, vitals: Sequence[Vital], typed: Mapping[str, str]) -> Row:
    row = Row(resident, room, [_cell(resident, vital, typed) for vital in vitals])
    for cell, vital in zip(row.cells, vitals, strict=True):
        reader = forms.DecimalField(
            label=cell.label, required=False, max_digits=7, decimal_places=vital.places, localize=False
        )
        form = _Reading({"value": cell.value}, field=reader)
        if not form.is_valid():
            row.refuse(vital.name, str(form.errors["value"][0]))
        elif (value := form.cleaned_data["value"]) is not None:
            row.measures[vital.name] = value
    return row


class _Reading(forms.Form):
    """One cell, with the sentences of every other form."""

    def __init__(self, data: Mapping[str, str], *, field: forms.DecimalField):
        super().__init__(dict(data))
        self.fields["value"] = field


def _cell(resident: Resident, vital: Vital, typed: Mapping[str, str]) -> Cell:
    name = f"v-{resident.id}-{vital.name}"
    low, high, unit = format_number(vital.min), format_number(vital.max), in_language(vital.unit)
    label = in_language(vital.label)
    refusal = _("%(label)s phải từ %(low)s đến %(high)s %(unit)s. Hãy đo hoặc gõ lại.") % {
        "label": label,
        "low": low,
        "high": high,
        "unit": unit,
    }
    return Cell(name, vital.name, label, typed.get(name, "").strip(), False, str(vital.min), str(vital.max), refusal)


# --- care log ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class LogCell:
    """One question of one resident. kind: `choice`, `boolean`, `integer` or `string`; options: (code, words)."""

    name: str
    link: str
    label: str
    kind: str
    value: str = ""
    most: int = 0
    options: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class LogRow:
    """A resident's line of the care log."""

    resident: Resident
    room: str
    cells: list[LogCell]
    version: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def answers(self) -> dict[str, str]:
        """linkId → what stands there."""
        return {cell.link: cell.value for cell in self.cells}


def log_rows(
    people: Sequence[tuple[Resident, str]],
    questions: Sequence[Mapping[str, Any]],
    present: Mapping[str, Mapping[str, Any]],
    typed: Mapping[str, str] | None,
    language: str,
) -> list[LogRow]:
    """The lines of a shift: as typed when the grid was sent, otherwise as they are on record."""
    rows = []
    for resident, room in people:
        body = present.get(resident.id)
        known = answers_of(dict(body)) if body else {}
        cells = [_log_cell(resident, question, known, typed, language) for question in questions]
        version = int(body["meta"]["versionId"]) if body else 0
        if typed is not None:
            told = typed.get(f"ver-{resident.id}", "0")
            version = int(told) if told.isdecimal() and len(told) < 9 else 0
        rows.append(LogRow(resident, room, cells, version))
    return rows


def _log_cell(
    resident: Resident,
    question: Mapping[str, Any],
    known: Mapping[str, str],
    typed: Mapping[str, str] | None,
    language: str,
) -> LogCell:
    link = question["linkId"]
    name = f"a-{resident.id}-{link}"
    value = known.get(link, "") if typed is None else nfc(typed.get(name, ""))
    options = [
        (option["valueCoding"]["code"], words_of(option["valueCoding"], "display", language))
        for option in question.get("answerOption", ())
    ]
    label = words_of(question, "text", language)
    return LogCell(name, link, label, question["type"], value, question.get("maxLength", 0), options)


def words_of(element: Mapping[str, Any], name: str, language: str) -> str:
    """A text of a Questionnaire in the reader's language (HL7 extension translation), else as it stands."""
    for extension in element.get(f"_{name}", {}).get("extension", ()) if language != "vi" else ():
        said = {part["url"]: part for part in extension.get("extension", ())}
        if said.get("lang", {}).get("valueCode") == language:
            return str(said["content"].get("valueString", ""))
    return str(element.get(name, ""))
