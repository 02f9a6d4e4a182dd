"""The official document as PDF/A: the same parts, in the order and style of decree 30/2020/NĐ-CP, appendix I."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from pathlib import Path

from ansinh import paper
from ansinh.kernel import clock
from ansinh.programme.reports.documents.letter import MOTTO, NATION, origin
from ansinh.programme.reports.documents.model import (
    Appendix,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    ended,
    number_line,
    place_and_date,
    roman,
)
from ansinh.programme.reports.documents.tables import cell_text, scaled

_WIDE, _NARROW = 25.2, 16.5  # centimetres of a line, landscape and upright


def write_pdf(document: OfficialDocument, path: Path) -> Path:
    """Write the document; returns `path`. Same document, same bytes."""
    path.write_bytes(paper.render(printed(document)))
    return path


def printed(document: OfficialDocument) -> paper.Document:
    """The document for the printer: page number centred in the top margin from the second page on."""
    return paper.Document(
        title=f"{document.kind} {document.subject}",
        blocks=list(_pages(document)),
        created=datetime.combine(document.created, time(), clock.VIETNAM),
        subject=document.subject,
        author=document.letterhead.agency,
        footer="",
        stamp="DỰ THẢO" if document.draft else "",
        top_number=True,
        points=14,
    )


def _pages(document: OfficialDocument) -> Iterator[paper.Block]:
    yield _masthead(document)
    yield _centred(document.kind.upper())
    yield _centred(document.subject)
    yield from _addressees(document.addressed_to)
    for line in ended(document.bases):
        yield paper.Paragraph([paper.Run(line, italic=True)], indent=True)
    yield from _blocks(document.blocks, _NARROW)
    yield _closing(document)
    for index, appendix in enumerate(document.appendices, start=1):
        yield from _appendix(document, appendix, index)


def _masthead(document: OfficialDocument) -> paper.Letterhead:
    head = document.letterhead
    above = [paper.Run(head.parent.upper())] if head.parent else []
    left = [*above, paper.Run(head.agency.upper(), bold=True)]
    right = [paper.Run(NATION, bold=True), paper.Run(MOTTO, bold=True)]
    return paper.Letterhead(left, right, number_line(head), [paper.Run(place_and_date(head), italic=True)])


def _centred(text: str, *, italic: bool = False) -> paper.Paragraph:
    return paper.Paragraph([paper.Run(text, bold=not italic, italic=italic)], align="center", keep=True)


def _addressees(names: Sequence[str]) -> Iterator[paper.Paragraph]:
    if len(names) == 1:
        yield paper.Paragraph(f"Kính gửi: {names[0].rstrip('.;')}.", align="center")
    elif names:
        lines = [paper.Run("Kính gửi:", break_after=True), *(paper.Run(f"- {line}\n") for line in ended(names))]
        yield paper.Paragraph(lines, align="left")


def _blocks(blocks: Sequence[Block], available: float) -> Iterator[paper.Block]:
    for block in blocks:
        match block:
            case Heading(level, text):
                yield paper.Heading(level, text.upper() if level == 1 else text)
            case Paragraph(text):
                yield paper.Paragraph(text, indent=True)
            case Table():
                yield _table(block, available)


def _table(table: Table, available: float) -> paper.Table:
    widths = scaled(table, available)
    columns = [
        paper.Column(column.title, width, column.align) for column, width in zip(table.columns, widths, strict=True)
    ]
    rows = [
        [str(row[0])]
        if len(row) == 1
        else [cell_text(value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return paper.Table(columns, rows, table.caption, table.notes)


def _closing(document: OfficialDocument) -> paper.Signatures:
    recipients = [paper.Run("Nơi nhận:", bold=True, italic=True, break_after=True)]
    recipients += [paper.Run(f"- {line}", break_after=True) for line in ended(["Như trên", *document.recipients])]
    authority = [line.upper() for line in document.signature.authority]
    return paper.Signatures([paper.Signature(authority, document.signature.name)], recipients)


def _appendix(document: OfficialDocument, appendix: Appendix, index: int) -> Iterator[paper.Block]:
    """On pages of its own, numbered from 1, with the document that it belongs to."""
    yield paper.PageBreak(landscape=appendix.landscape, restart=True)
    mark = f"Phụ lục {roman(index)}" if len(document.appendices) > 1 else "Phụ lục"
    yield paper.Heading(1, mark)
    yield _centred(appendix.title.upper())
    yield _centred(origin(document), italic=True)
    yield from _blocks(appendix.blocks, _WIDE if appendix.landscape else _NARROW)
