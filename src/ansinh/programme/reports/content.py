"""From a report to its official document and workbook: which tables, in which words, in which order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ansinh.kernel.text import format_date
from ansinh.programme.reports import tables, wording
from ansinh.programme.reports.documents.model import (
    Appendix,
    Block,
    Heading,
    Letterhead,
    OfficialDocument,
    Paragraph,
    Signature,
    roman,
)
from ansinh.programme.reports.documents.workbook import Sheet
from ansinh.programme.reports.snapshot import Snapshot
from ansinh.programme.reports.template import Section, Template


@dataclass(frozen=True, slots=True)
class Header:
    """What the clerk and the officer fill at the head and foot of the document."""

    number: int | None = None
    day: date | None = None
    authority: tuple[str, ...] = ()
    signer: str = ""
    recipients: tuple[str, ...] = ()


_PARTS: Mapping[str, Callable[[Snapshot], list[Block]]] = {
    "goals_sentence": lambda snapshot: [Paragraph(wording.goals_sentence(snapshot))],
    "goals_table": lambda snapshot: [tables.goals(snapshot)],
    "service_sentences": lambda snapshot: [Paragraph(line) for line in wording.service_sentences(snapshot)],
    "service_table": lambda snapshot: [tables.breakdown(snapshot)],
    "task_table": lambda snapshot: [tables.tasks(snapshot)],
    "facility_table": lambda snapshot: [tables.goals_by_facility(snapshot)],
    "people_table": lambda snapshot: [tables.services_by_facility(snapshot)],
    "staff_table": lambda snapshot: [tables.staff(snapshot)],
    "definition_table": lambda snapshot: [tables.definitions(snapshot)],
}


def document(
    snapshot: Snapshot, template: Template, words: Mapping[str, str], header: Header, *, draft: bool
) -> OfficialDocument:
    """The whole document. words: section id → text, a paragraph a line."""
    values = wording.placeholders(snapshot)
    facts = snapshot.facts
    blocks: list[Block] = [Paragraph(wording.fill(template.opening, values))]
    for index, section in enumerate(template.sections, start=1):
        blocks += _section(section, index, snapshot, words.get(section.id, ""))
    blocks.append(Paragraph(wording.fill(template.closing, values)))
    return OfficialDocument(
        kind=template.kind,
        subject=wording.fill(template.subject, values),
        letterhead=letterhead(snapshot, template, header),
        addressed_to=_lines(facts.get("addressed_to", "")),
        bases=_lines(facts.get("bases", "")),
        blocks=blocks,
        signature=Signature(header.authority or template.signature, header.signer),
        recipients=header.recipients or template.recipients,
        appendices=[Appendix(each.title, _parts(each.parts, snapshot), each.landscape) for each in template.appendices],
        draft=draft,
        created=header.day or snapshot.end,
    )


def letterhead(snapshot: Snapshot, template: Template, header: Header) -> Letterhead:
    """Agency, number and place of the document."""
    facts = snapshot.facts
    return Letterhead(
        parent=facts.get("agency_parent", ""),
        agency=facts.get("agency", ""),
        symbol=f"{template.symbol}-{facts.get('agency_symbol', '')}".rstrip("-"),
        place=facts.get("place", ""),
        number=header.number,
        day=header.day,
    )


def sheets(snapshot: Snapshot) -> list[Sheet]:
    """The workbook: goals, facilities, tasks, staff baseline, definitions."""
    span = f"Kỳ {format_date(snapshot.start)} – {format_date(snapshot.end)}; số liệu tại vị trí sổ {snapshot.position}"
    pages = (
        ("Mục tiêu", "Kết quả thực hiện mục tiêu", tables.goals(snapshot, full=True)),
        ("Theo cơ sở", "Số liệu theo cơ sở", tables.every_figure_by_facility(snapshot)),
        ("Đối tượng", "Đối tượng theo giới tính và nhóm", tables.breakdown(snapshot)),
        ("Nhiệm vụ", "Nhiệm vụ của Kế hoạch", tables.tasks(snapshot)),
        (f"Nhân lực {tables.BASELINE}", "Nhân lực của các cơ sở", tables.staff(snapshot)),
        ("Định nghĩa", "Cách tính các số liệu", tables.definitions(snapshot)),
    )
    return [Sheet(name, f"{title} – {snapshot.plan_title}", [span], table) for name, title, table in pages]


def blocks_of(section: Section, snapshot: Snapshot) -> list[Block]:
    """What the programme fills into a section, for the page that shows it beside the officer's words."""
    found: list[Block] = []
    for number, each in enumerate(section.subsections, start=1):
        found.append(Heading(2, f"{number}. {each.title}"))
        found += _parts(each.parts, snapshot)
    return found


def _section(section: Section, index: int, snapshot: Snapshot, text: str) -> list[Block]:
    blocks: list[Block] = [Heading(1, f"{roman(index)}. {section.title}"), *blocks_of(section, snapshot)]
    paragraphs: list[Block] = [Paragraph(line) for line in _lines(text)]
    if section.subsections and paragraphs:
        blocks.append(Heading(2, f"{len(section.subsections) + 1}. Đánh giá chung"))
    return blocks + paragraphs


def _parts(names: tuple[str, ...], snapshot: Snapshot) -> list[Block]:
    return [block for name in names for block in _PARTS[name](snapshot)]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
