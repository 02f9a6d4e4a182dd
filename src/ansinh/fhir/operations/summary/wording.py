"""The narrative of a section: a table of what, value or detail, and when, once for each language. Pure but for words
of codes, which terminology keeps."""

from collections.abc import Iterable
from html import escape
from typing import Any

from ansinh.fhir.operations.summary.sections import when
from ansinh.fhir.terminology import concepts
from ansinh.kernel.text import format_date, format_number

Resource = dict[str, Any]

_HEADS = {"vi": ("Nội dung", "Chi tiết", "Ngày"), "en": ("What", "Details", "Date")}
_NOTHING = {"vi": "Không có thông tin.", "en": "No information."}
_WITHHELD = {"vi": "Không được phép xem phần này.", "en": "This part may not be seen by the requester."}
_CUT = {"vi": "Chỉ ghi những mục gần nhất.", "en": "Only the most recent items are shown."}
_YES_NO = {"vi": ("Không", "Có"), "en": ("No", "Yes")}
_UNNAMED = {"vi": "Không ghi tên", "en": "Unnamed"}


def narrative(rows: Iterable[Resource], languages: tuple[str, ...], *, withheld: bool, cut: bool) -> Resource:
    """`Narrative` of a section: one block for each language."""
    listed = list(rows)
    blocks = "".join(_block(listed, language, withheld=withheld, cut=cut) for language in languages)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{blocks}</div>'}


def _block(rows: list[Resource], language: str, *, withheld: bool, cut: bool) -> str:
    notes = [_WITHHELD[language]] if withheld else []
    notes += [_NOTHING[language]] if not rows and not withheld else []
    notes += [_CUT[language]] if cut else []
    table = ""
    if rows:
        heads = "".join(f"<th>{head}</th>" for head in _HEADS[language])
        lines = "".join(_line(row, language) for row in rows)
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    paragraphs = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f'<div lang="{language}" xml:lang="{language}">{table}{paragraphs}</div>'


def _line(resource: Resource, language: str) -> str:
    cells = (subject_of(resource, language), detail_of(resource, language), format_date(when(resource)))
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def subject_of(resource: Resource, language: str) -> str:
    """What the resource is about, in words."""
    for key in ("code", "vaccineCode", "medicationCodeableConcept"):
        if isinstance(resource.get(key), dict) and (found := words(resource[key], language)):
            return found
    for key in ("medicationReference", "device"):
        if isinstance(resource.get(key), dict) and resource[key].get("display"):
            return str(resource[key]["display"])
    return str(resource.get("title") or resource.get("summary") or resource.get("description") or _UNNAMED[language])


def detail_of(resource: Resource, language: str) -> str:
    """Value, dosage, severity: what must be known beside the name."""
    parts = [value_of(resource, language)]
    parts += [f"{words(one.get('code'), language)}: {value_of(one, language)}" for one in resource.get("component", ())]
    parts += [
        str(one["text"]) for key in ("dosage", "dosageInstruction") for one in resource.get(key, ()) if "text" in one
    ]
    parts += [words(resource.get("severity"), language), str(resource.get("criticality", ""))]
    parts += [words(one, language) for one in _manifestations(resource)]
    parts += [str(resource.get("conclusion", "")), str(resource.get("summary", "")) if "code" in resource else ""]
    return "; ".join(part for part in parts if part)


def _manifestations(resource: Resource) -> list[Resource]:
    return [one for reaction in resource.get("reaction", ()) for one in reaction.get("manifestation", ())]


def value_of(element: Resource, language: str) -> str:
    """`value[x]` in words, "" without one."""
    for key, value in element.items():
        if not key.startswith("value") or key == "value":
            continue
        if key in ("valueQuantity", "valueInteger", "valueDecimal"):
            number = value.get("value") if isinstance(value, dict) else value
            unit = (value.get("unit") or value.get("code") or "") if isinstance(value, dict) else ""
            return f"{format_number(number) if language == 'vi' else number} {unit}".strip()
        if key == "valueCodeableConcept":
            return words(value, language)
        if key == "valueBoolean":
            return _YES_NO[language][bool(value)]
        if key in ("valueDateTime", "valuePeriod"):
            return format_date(value if isinstance(value, str) else value.get("start", ""))
        if isinstance(value, str):
            return value
    return ""


def words(concept: Any, language: str) -> str:
    """A CodeableConcept in words: Vietnamese as the record has it, English as the code lists do."""
    if not isinstance(concept, dict):
        return ""
    codings = [one for one in concept.get("coding", ()) if isinstance(one, dict)]
    known = [
        found
        for one in codings
        if (found := concepts.display(one.get("system", ""), one.get("code", ""), language)) != one.get("code", "")
    ]
    shown = [str(one["display"]) for one in codings if one.get("display")]
    codes = [str(one["code"]) for one in codings if one.get("code")]
    text = [str(concept["text"])] if concept.get("text") else []
    order = [*text, *known, *shown, *codes] if language == "vi" else [*known, *shown, *text, *codes]
    return order[0] if order else ""
