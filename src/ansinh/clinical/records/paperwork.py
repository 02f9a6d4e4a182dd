"""Papers of the record as they are printed: one form in its official layout, and the whole record for a court.

Always in Vietnamese, whatever language the reader works in: they are papers of a Vietnamese facility.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from ansinh import paper
from ansinh.clinical.records import queries, resources
from ansinh.clinical.records.documents import Whole
from ansinh.clinical.records.queries import Form
from ansinh.clinical.records.rules import Grouped, Retention, moment_of
from ansinh.clinical.registry import presenting as people
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.registry.retractions import retraction_of
from ansinh.clinical.registry.views.reading import entry_words
from ansinh.clinical.screening import presenting as answers
from ansinh.clinical.screening import queries as tools
from ansinh.clinical.signing import queries as signed_entries
from ansinh.clinical.signing import wording
from ansinh.clinical.signing.queries import Checked, Entry, Part
from ansinh.clinical.signing.rules import ADDENDUM, AUTHOR, COUNTER, entry_of
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.text import format_date

Resource = dict[str, Any]

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SYSTEM = "Bản thể hiện của hồ sơ bệnh án điện tử, hệ thống An Sinh"
ATTACHED = "ho-so-benh-an.json"
_PURPOSES = {AUTHOR: "Người ghi ký", COUNTER: "Xác nhận", ADDENDUM: "Ký đính chính"}


@dataclass(frozen=True, slots=True)
class House:
    """The facility on the letterhead: whom it belongs to, what it is called, where it is."""

    parent: str
    name: str
    place: str


def house_of(facility_id: str) -> House:
    """Read from the organisation and the one that it is part of. Two queries."""
    repository = Repository(system_context())
    found = (repository.find("Organization", facility_id) if facility_id else None) or {}
    above = found.get("partOf", {}).get("reference", "").partition("/")[2]
    parent = (repository.find("Organization", above) if above else None) or {}
    place = (found.get("address") or [{}])[0]
    return House(parent.get("name", ""), found.get("name", ""), place.get("state") or place.get("city") or "")


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form with everything that its paper shows."""

    form: Form
    document: Resource
    response: Resource
    entry: Entry


def filled(context: Context, document_id: str) -> Filled:
    """Read by its document's id, with its contact's signatures. Raises NotFound."""
    repository = Repository(context)
    document = repository.read("Composition", document_id)
    name = resources.form_of(document)
    if not name:
        raise NotFound("Không tìm thấy giấy này.")
    entry = signed_entries.entry(context, *entry_of(document))
    response = repository.read("QuestionnaireResponse", resources.response_of(document))
    return Filled(queries.form(name), document, response, entry)


def form_paper(context: Context, card: PersonCard, document_id: str) -> paper.Document:
    """A filled form on paper, with its signatures and amendments."""
    with translation.override("vi"):
        found = filled(context, document_id)
        return paper.Document(
            title=f"{found.form.title} – {card.name}",
            blocks=list(_form_blocks(card, found)),
            created=datetime.fromisoformat(found.document["date"]),
            subject=found.form.title,
            author=card.facility,
            header=f"{card.facility} · {card.name} · Mã hồ sơ {card.draft.record_number}",
            footer=f"{SYSTEM} · in {_when(clock.instant())}, {context.display} · Trang {{page}}/{{pages}}",
        )


def _form_blocks(card: PersonCard, found: Filled) -> Iterator[paper.Block]:
    house = house_of(card.draft.facility)
    yield letterhead(house, f"Mã hồ sơ: {card.draft.record_number}")
    yield paper.Heading(1, found.form.title.upper(), outlined=False)
    yield paper.Heading(2, "Hành chính")
    yield paper.Facts(person_facts(card))
    yield from _answers(tools.questionnaire_of(found.response), found.response)
    for part in found.entry.parts:
        yield from part_amendments(part)
    made = datetime.fromisoformat(found.document["date"]).astimezone(clock.VIETNAM)
    dated = f"{house.place}, ngày {made.day:02d} tháng {made.month:02d} năm {made.year}".lstrip(", ")
    yield paper.Signatures(_places(found.form, found.entry, dated))


def letterhead(house: House, number: str) -> paper.Letterhead:
    """Facility on the left, nation and motto on the right."""
    above = [paper.Run(house.parent.upper())] if house.parent else []
    right = [paper.Run(NATION, bold=True), paper.Run(MOTTO, bold=True)]
    return paper.Letterhead([*above, paper.Run(house.name.upper(), bold=True)], right, number)


def person_facts(card: PersonCard) -> list[tuple[str, str]]:
    """Who it is about, as records begin."""
    draft, today = card.draft, clock.today()
    facts = [
        ("Họ và tên", card.name.upper()),
        ("Ngày sinh", people.birth_words(draft.birth_date, today)),
        ("Giới tính", people.gender_word(draft.gender)),
        ("Số định danh cá nhân, căn cước", draft.citizen_number),
        ("Địa chỉ", draft.address),
        ("Thẻ bảo hiểm y tế", draft.insurance.card if draft.insurance else ""),
        ("Nhóm đối tượng", "; ".join(people.group_names(card, today))),
        ("Khuyết tật", "; ".join(people.disability_names(card))),
        ("Lưu trú", people.stay_words(card)),
    ]
    return [(label, text) for label, text in facts if text]


def _answers(definition: Mapping[str, Any], response: Mapping[str, Any]) -> Iterator[paper.Block]:
    """Each group of the form as a heading with its answers; what was not answered leaves its line out."""
    given = {item["linkId"]: item for item in response.get("item", ())}
    for group in definition.get("item", ()):
        rows = answers.answers({"item": [group]}, {"item": [given.get(group["linkId"], {"linkId": ""})]}, "vi")
        if rows:
            yield paper.Heading(2, group["text"])
            yield paper.Facts(rows)


def _places(form: Form, entry: Entry, dated: str) -> list[paper.Signature]:
    """Where people sign: with the proof of the electronic signature when there is one."""
    checked: list[Checked | None] = [entry.seal, entry.countersigned]
    author = entry.name(entry.head.author)
    places = []
    for number, capacity in enumerate(form.signers):
        one = checked[number] if number < len(checked) else None
        name = one.signed.signer_name if one else author if number == 0 else ""
        places.append(paper.Signature([capacity], name, proof(one) if one else [], dated if number == 0 else ""))
    return places


def proof(one: Checked) -> list[str]:
    """What stands in the box of an electronic signature."""
    state = "Chữ ký hợp lệ" if one.good else "CHỮ KÝ KHÔNG HỢP LỆ"
    return [
        "Đã ký số",
        f"{one.signed.signer_name}, {_when(one.signed.at)}",
        f"{state} · chứng thư {one.verdict.fingerprint[:16]}",
    ]


def part_amendments(part: Part) -> Iterator[paper.Block]:
    """Each amendment of a part: what was, what is, why, by whom."""
    for one in part.amendments:
        lines: list[paper.Text] = [f"Lý do: {one.reason}"]
        for label, old, new in wording.changes(part, one):
            lines.append([paper.Run(f"{label} – trước: ", bold=True), paper.Run(old or "(trống)")])
            lines.append([paper.Run(f"{label} – nay: ", bold=True), paper.Run(new or "(trống)")])
        yield paper.Notice(f"Đính chính lúc {_when(one.at)}, {one.actor_name}", lines, "warn")


def whole_document(whole: Whole, kept: Retention, source: str) -> paper.Document:
    """The whole record: contents, each entry with author, time, signatures and amendments, and the digest of the
    FHIR document that the file carries."""
    with translation.override("vi"):
        card = whole.card
        return paper.Document(
            title=f"Hồ sơ bệnh án – {card.name}",
            blocks=list(_whole_blocks(whole, kept, source)),
            created=datetime.fromisoformat(whole.at),
            subject="Hồ sơ bệnh án",
            author=card.facility,
            header=f"{card.facility} · {card.name} · Mã hồ sơ {card.draft.record_number}",
            footer=f"{SYSTEM} · trích lúc {_when(whole.at)}, {whole.by}\n"
            f"SHA-256 {whole.digest[:32]}… · Trang {{page}}/{{pages}}",
            points=12,
            attachments=[paper.Attachment(ATTACHED, whole.text, "application/fhir+json", "Tài liệu FHIR có chữ ký")],
        )


def _whole_blocks(whole: Whole, kept: Retention, source: str) -> Iterator[paper.Block]:
    card = whole.card
    yield letterhead(house_of(card.draft.facility), f"Mã hồ sơ: {card.draft.record_number}")
    yield paper.Heading(1, "HỒ SƠ BỆNH ÁN", outlined=False)
    yield paper.Facts(person_facts(card))
    yield paper.Facts(list(_about(whole, kept, source)))
    yield paper.Contents("MỤC LỤC")
    by_key = {part.key: part for part in whole.parts.parts}
    for number, group in enumerate(whole.groups, start=1):
        yield paper.Heading(1, f"{number}. {group.title}")
        yield from _group(group, by_key, whole.parts)
    yield paper.Heading(1, f"{len(whole.groups) + 1}. Chữ ký trên hồ sơ")
    yield from _signature_table(whole.parts)


def _about(whole: Whole, kept: Retention, source: str) -> Iterator[tuple[str, str]]:
    signed = sum(1 for one in whole.parts.signatures if one.good)
    yield "Số mục", str(len(whole.parts.parts))
    yield "Chữ ký", f"{signed} hợp lệ trên {len(whole.parts.signatures)}"
    until = f"đến hết ngày {format_date(kept.until.isoformat())}" if kept.until else "tính từ năm kết thúc điều trị"
    yield "Lưu trữ", f"{kept.kept_as.title}: {kept.kept_as.years} năm, {until} ({source}, {kept.kept_as.row})"
    yield "Cách xếp mục", queries.groups_source()
    yield "Mã băm SHA-256 của tài liệu FHIR kèm trong tệp", whole.digest


def _group(group: Grouped, by_key: Mapping[tuple[str, str], Part], entry: Entry) -> Iterator[paper.Block]:
    if not group.resources:
        yield paper.Paragraph("Không có mục nào trong hồ sơ này.", small=True)
    for one in group.resources:
        part = by_key[one["resourceType"], one["id"]]
        yield paper.Heading(2, _title(one))
        yield paper.Facts([*wording.rows(part.resource), *_answered_for(part, entry)])
        if (gone := retraction_of(one)) is not None:
            yield paper.Notice("Ghi nhầm", [gone.reason, f"{gone.actor_name}, {_when(gone.at)}"], "warn")
        yield from part_amendments(part)


def _title(resource: Mapping[str, Any]) -> str:
    form = resources.form_of(resource) if resource["resourceType"] == "Composition" else ""
    label = resource["title"] if form else entry_words(dict(resource))
    at = moment_of(resource)
    return f"{label}, {_when(at)}" if at else str(label)


def _answered_for(part: Part, entry: Entry) -> Iterator[tuple[str, str]]:
    """Who wrote it, when, and the state of its signature."""
    who = entry.name(part.author) or "hệ thống"
    yield (
        "Người ghi, thời điểm ghi",
        f"{who}, {_when(clock.instant(part.at))} (bản {part.resource['meta']['versionId']})",
    )
    over = [one for one in entry.signatures if one.signed.version_of(part.resource)]
    if not over:
        yield "Ký số", "chưa ký"
        return
    yield "Ký số", "; ".join(_signature_words(one, part) for one in over)


def _signature_words(one: Checked, part: Part) -> str:
    version, now = one.signed.version_of(part.resource), part.resource["meta"]["versionId"]
    state = "hợp lệ" if one.good else "KHÔNG HỢP LỆ"
    older = "" if version == now else f", ký bản {version}"
    return f"{_PURPOSES[one.signed.purpose]}: {one.signed.signer_name}, {_when(one.signed.at)} ({state}{older})"


def _signature_table(entry: Entry) -> Iterator[paper.Block]:
    columns = [
        paper.Column("STT", 0.35, "center"),
        paper.Column("Người ký", 1.4),
        paper.Column("Tư cách", 1),
        paper.Column("Thời điểm", 1.1),
        paper.Column("Số phần", 0.5, "center"),
        paper.Column("Kết quả kiểm", 1),
        paper.Column("Chứng thư", 1.2),
    ]
    rows = [
        [
            str(number),
            one.signed.signer_name,
            _PURPOSES[one.signed.purpose],
            _when(one.signed.at),
            str(len(one.signed.targets)),
            "Hợp lệ" if one.good else "Không hợp lệ",
            f"{one.verdict.fingerprint[:16]}\n{one.verdict.issuer}",
        ]
        for number, one in enumerate(entry.signatures, start=1)
    ]
    if rows:
        yield paper.Table(columns, rows)
    else:
        yield paper.Paragraph("Chưa có mục nào được ký số.")
    yield paper.Paragraph(
        "Tệp này mang chữ ký số của người trích xuất và kèm tài liệu FHIR cùng mọi chữ ký; kiểm bằng trang "
        "«Kiểm chữ ký» của hệ thống hoặc phần mềm kiểm chữ ký PDF. Giờ ký do máy chủ ghi, "
        "không có dấu thời gian của bên thứ ba.",
        small=True,
    )


def _when(at: str) -> str:
    """dd/mm/yyyy hh:mm in Vietnam, or the day alone when no time is known."""
    if len(at) < 16:
        return format_date(at)
    moment = datetime.fromisoformat(at).astimezone(clock.VIETNAM)
    return moment.strftime("%d/%m/%Y %H:%M")
