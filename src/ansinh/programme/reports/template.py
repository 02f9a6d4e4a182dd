"""Report templates: `definitions/templates/*.yaml`, read and checked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.shapes import ANY, FLAG, TEXT, WORDS, misfits

PARTS = frozenset(
    (
        "goals_sentence",
        "goals_table",
        "service_sentences",
        "service_table",
        "task_table",
        "facility_table",
        "people_table",
        "staff_table",
        "definition_table",
    )
)
"""What the programme fills in: names that a template may use in `parts`."""

PLACEHOLDERS = frozenset(
    (
        "plan_subject",
        "plan_reference",
        "plan_short",
        "agency",
        "addressees",
        "year",
        "next_year",
        "day",
        "facility_count",
        "facility_names",
        "task_count",
        "task_done",
        "task_running",
        "task_waiting",
        "task_late",
        "budget_section",
        "budget_sources",
        "goals_missed_sentence",
        "goals_unknown_sentence",
        "gaps_sentence",
    )
)


_FILE = {
    **dict.fromkeys(("id?", "title?", "kind?", "symbol?", "subject?", "opening?", "closing?"), WORDS),
    **{key: [TEXT] for key in ("source?", "signature?", "recipients?", "figures?", "breakdowns?")},
    "version?": ANY,
    "sections?": [{
        "id": TEXT, "title": TEXT, "prompt?": WORDS, "words?": [TEXT],
        "subsections?": [{"id": TEXT, "title": TEXT, "parts?": [TEXT]}],
    }],
    "appendices?": [{"title": TEXT, "parts": [TEXT], "landscape?": FLAG}],
}  # fmt: skip
"""What each value of a template is made of; what must be there is asked beside it."""


@dataclass(frozen=True, slots=True)
class Subsection:
    """`1. Kết quả …` with the parts that are filled in."""

    id: str
    title: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: subsections and parts the programme fills, and words that officers edit (`words` is the start)."""

    id: str
    title: str
    prompt: str
    words: tuple[str, ...]
    subsections: tuple[Subsection, ...] = ()


@dataclass(frozen=True, slots=True)
class AppendixTemplate:
    """An appendix made of parts."""

    title: str
    parts: tuple[str, ...]
    landscape: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of report."""

    id: str
    version: str
    kind: str
    symbol: str
    subject: str
    opening: str
    closing: str
    signature: tuple[str, ...]
    recipients: tuple[str, ...]
    figures: tuple[str, ...]
    breakdowns: tuple[str, ...]
    sections: tuple[Section, ...]
    appendices: tuple[AppendixTemplate, ...]

    def section(self, section_id: str) -> Section | None:
        """The section of that id."""
        return next((each for each in self.sections if each.id == section_id), None)


@cache
def read(path: Path) -> Template:
    """One template. Raises Invalid with the place in the file of everything that is wrong."""
    data = yaml.document(path)
    problems = list(_problems(data))
    if problems:
        first = problems[0]
        raise Invalid(f"Tệp mẫu {path.name}: {first.expression}: {first.message}", problems=problems)
    return _build(data)


def check_templates(folder: Path, measures: Collection[str]) -> int:
    """Read every template of a folder; how many there are. measures: ids that its figures may name.

    Raises Invalid naming the file and the place of the first mistake: at the start of a node, not on the day when the
    report is due.
    """
    paths = sorted(folder.glob("*.yaml"))
    for path in paths:
        found = read(path)
        for index, name in enumerate(found.figures):
            if name not in measures:
                problem = Problem("value", f"Không có chỉ tiêu “{name}”.", f"figures[{index}]")
                words = f"Tệp mẫu {path.name}: {problem.expression}: {problem.message}"
                raise Invalid(words, problems=[problem], code="template-measure", field=problem.expression)
    return len(paths)


def _problems(data: Any) -> Sequence[Problem]:
    if unfit := [Problem("structure", f"{what}.", place) for place, what in misfits(data, _FILE)]:
        return unfit
    names = ("id", "version", "kind", "symbol", "subject", "opening", "closing", "signature", "sections")
    found = [Problem("required", "Thiếu nội dung.", name) for name in names if not data.get(name)]
    for place, text in _texts(data):
        found += [Problem("value", what, place) for what in _misplaced(text)]
    for place, parts in _parts(data):
        found += [Problem("value", f"Không có phần tên “{name}”.", place) for name in parts if name not in PARTS]
    return found


def _misplaced(text: str) -> list[str]:
    """What is wrong with the places to fill in of a text: each is `{name}`, nothing more."""
    try:
        places = [place for place in Formatter().parse(text) if place[1] is not None]
    except ValueError:
        return ["Dấu ngoặc nhọn không khớp; chỗ điền viết như {year}."]
    return [
        f"Không có chỗ điền tên “{name}”." if name not in PLACEHOLDERS else f"Chỗ điền “{name}” chỉ viết {{{name}}}."
        for _, name, form, conversion in places
        if name not in PLACEHOLDERS or form or conversion
    ]


def _texts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    texts = [(name, str(data.get(name, ""))) for name in ("subject", "opening", "closing")]
    for index, section in enumerate(data.get("sections") or ()):
        texts += [(f"sections[{index}].words", line) for line in section.get("words") or ()]
    return texts


def _parts(data: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    found = []
    for index, section in enumerate(data.get("sections") or ()):
        for number, each in enumerate(section.get("subsections") or ()):
            found.append((f"sections[{index}].subsections[{number}].parts", each.get("parts") or []))
    for index, each in enumerate(data.get("appendices") or ()):
        found.append((f"appendices[{index}].parts", each.get("parts") or []))
    return found


def _build(data: Mapping[str, Any]) -> Template:
    return Template(
        id=data["id"],
        version=str(data["version"]),
        kind=data["kind"],
        symbol=data["symbol"],
        subject=data["subject"],
        opening=data["opening"],
        closing=data["closing"],
        signature=tuple(data["signature"]),
        recipients=tuple(data.get("recipients") or ()),
        figures=tuple(data.get("figures") or ()),
        breakdowns=tuple(data.get("breakdowns") or ()),
        sections=tuple(_section(each) for each in data["sections"]),
        appendices=tuple(
            AppendixTemplate(each["title"], tuple(each["parts"]), bool(each.get("landscape")))
            for each in data.get("appendices") or ()
        ),
    )


def _section(data: Mapping[str, Any]) -> Section:
    subsections = tuple(
        Subsection(each["id"], each["title"], tuple(each.get("parts") or ())) for each in data.get("subsections") or ()
    )
    return Section(data["id"], data["title"], data.get("prompt") or "", tuple(data.get("words") or ()), subsections)
