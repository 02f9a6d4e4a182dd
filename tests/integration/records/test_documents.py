"""The whole record: a FHIR document that proves itself, and paper that says who answered for what."""

import io

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from ansinh import paper
from ansinh.clinical.records import checking, documents, paperwork, queries
from ansinh.clinical.signing import actions as signing
from ansinh.clinical.signing import queries as signed
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository
from ansinh.fhir.store.checking import check_standard
from ansinh.kernel.errors import Malformed
from ansinh.paper.encoding import plain_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(binh, mai, an, visit, document, card_of):
    """An's record: the visit signed, amended and confirmed; the rehabilitation record not signed."""
    signing.sign_entry(binh, kind="Encounter", id=visit)
    note = next(one for one in signed.members(binh, visit) if one["resourceType"] == "ClinicalImpression")
    signing.amend_part(
        binh,
        kind="ClinicalImpression",
        id=note["id"],
        version=1,
        reason="Ghi thiếu",
        change=lambda before: before | {"summary": "Ổn định, còn ảo thanh"},
    )
    signing.countersign_entry(mai, kind="Encounter", id=visit)
    return documents.person_document(binh, card_of(binh, an))


def of_type(whole, kind):
    return [one["resource"] for one in whole.bundle["entry"] if one["resource"]["resourceType"] == kind]


def test_document_begins_with_its_composition_and_keeps_the_standard(whole):
    check_standard(whole.bundle, None)

    first = whole.bundle["entry"][0]["resource"]
    assert (whole.bundle["type"], first["resourceType"], first["title"]) == ("document", "Composition", "Hồ sơ bệnh án")


def test_document_has_the_eleven_groups_in_order(whole):
    sections = whole.bundle["entry"][0]["resource"]["section"]

    assert [one["code"]["coding"][0]["code"] for one in sections] == queries.group_order()
    assert len(sections) == 11


def test_document_holds_everything_its_sections_name(whole):
    held = {f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in whole.bundle["entry"]}
    sections = whole.bundle["entry"][0]["resource"]["section"]
    named = {entry["reference"] for section in sections for entry in section.get("entry", ())}

    assert named <= held
    assert {"Patient", "EpisodeOfCare", "Encounter", "Observation", "Condition"} <= {one.split("/")[0] for one in named}


def test_document_keeps_what_was_amended_beside_what_is(whole):
    notes = {one["meta"]["versionId"]: one["summary"] for one in of_type(whole, "ClinicalImpression")}

    assert notes == {"1": "Ổn định", "2": "Ổn định, còn ảo thanh"}


def test_document_proves_itself_and_each_signature_in_it(whole):
    proved = documents.verify(whole.text.encode(), documents.trusted())

    assert proved.good
    assert proved.whole.name == "Nhân viên Binh"
    assert len(proved.entries) == 3


@pytest.mark.parametrize(
    ("before", "after"), [("Ổn định, còn ảo thanh", "Bình thường"), ("Ghi thiếu", "Theo yêu cầu"), ("150", "120")]
)
def test_document_that_was_changed_proves_nothing(whole, before, after):
    assert before in whole.text
    proved = documents.verify(whole.text.replace(before, after).encode(), documents.trusted())

    assert not proved.good
    assert not proved.whole.intact


def test_document_of_an_unknown_authority_is_intact_but_not_trusted(whole):
    proved = documents.verify(whole.text.encode(), [])

    assert proved.whole.intact
    assert not proved.whole.trusted


def test_document_without_a_signature_or_an_earlier_version_is_not_good(whole):
    bare = {key: value for key, value in whole.bundle.items() if key != "signature"}
    short = whole.bundle | {
        "entry": [one for one in whole.bundle["entry"] if one["resource"].get("summary") != "Ổn định"]
    }

    assert documents.verify(json.dumps(bare), documents.trusted()).whole is None
    assert [one.good for one in documents.verify(json.dumps(short), documents.trusted()).entries].count(False) >= 1


@pytest.mark.parametrize("text", [b"{}", b"[]", b'{"resourceType":"Bundle","type":"batch"}', b"x"])
def test_verify_of_what_is_no_document_is_refused_in_words(text):
    with pytest.raises(Malformed):
        documents.verify(text, [])


def words(document):
    found = []
    for block in document.blocks:
        match block:
            case paper.Heading(_, text):
                found.append(text)
            case paper.Facts(rows):
                found += [f"{label}: {plain_text(text)}" for label, text in rows]
            case paper.Notice(title, lines):
                found += [title, *(plain_text(line) for line in lines)]
            case paper.Table(_, rows):
                found += [" | ".join(row) for row in rows]
    return found


def test_paper_says_author_time_and_signature_of_each_entry(whole, binh, an, card_of):
    printed = paperwork.whole_document(whole, queries.retention(binh, card_of(binh, an)), queries.retention_source())
    said = words(printed)

    assert "Họ và tên: NGUYỄN VĂN AN" in said
    assert any(line.startswith("Mã băm SHA-256") and whole.digest in line for line in said)
    assert any(line.startswith("Lưu trữ: Hồ sơ bệnh án tâm thần: 20 năm") for line in said)
    assert [line for line in said if line.startswith("Người ghi, thời điểm ghi: Nhân viên Binh")]
    assert any("Người ghi ký: Nhân viên Binh" in line and "hợp lệ" in line for line in said)
    assert any("Xác nhận: Nhân viên Mai" in line for line in said)
    assert "Ký số: chưa ký" in said
    assert "Lý do: Ghi thiếu" in said
    assert any(line.endswith("trước: Ổn định") for line in said)
    assert any(line.endswith("nay: Ổn định, còn ảo thanh") for line in said)


def test_paper_carries_the_document_whose_digest_it_shows(whole, binh, an, card_of):
    printed = paperwork.whole_document(whole, queries.retention(binh, card_of(binh, an)), "nguồn")
    unsigned = paper.render(printed)
    root = PdfFileReader(io.BytesIO(unsigned)).root

    carried = root["/AF"][0]["/EF"]["/F"].data
    assert carried == whole.text.encode()
    assert documents.verify(carried, documents.trusted()).good
    assert checking.check(carried).good
    assert checking.check(unsigned).is_bare_around_document  # the signed document does not vouch for these pages


def test_paper_of_a_form_has_answers_and_the_signers_proof(binh, mai, an, document, card_of):
    encounter = Repository(binh).read("Composition", document)["encounter"]["reference"][10:]
    signing.sign_entry(binh, kind="Encounter", id=encounter)
    signing.countersign_entry(mai, kind="Encounter", id=encounter)
    printed = paperwork.form_paper(binh, card_of(binh, an), document)
    (places,) = (block for block in printed.blocks if isinstance(block, paper.Signatures))

    assert "A. Hỏi bệnh" in words(printed)
    assert [(place.capacity, place.name) for place in places.places] == [
        (["BÁC SĨ LÀM BỆNH ÁN"], "Nhân viên Binh"),
        (["TRƯỞNG KHOA"], "Nhân viên Mai"),
    ]
    assert places.places[0].proof[0] == "Đã ký số"
    assert "hợp lệ" in places.places[0].proof[2]
    assert paper.render(printed).startswith(b"%PDF")


def test_paper_of_an_unsigned_form_leaves_room_to_sign(binh, an, document, card_of):
    printed = paperwork.form_paper(binh, card_of(binh, an), document)
    (places,) = (block for block in printed.blocks if isinstance(block, paper.Signatures))

    assert [place.proof for place in places.places] == [[], []]
