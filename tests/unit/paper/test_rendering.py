"""What a rendered file is: PDF/A-3a, tagged, with our faces inside, and the same bytes each time."""

import base64
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from ansinh import paper
from ansinh.kernel import clock

MADE = datetime(2026, 11, 22, 8, 30, tzinfo=clock.VIETNAM)
# One grey pixel.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
VIETNAMESE = "Nguyễn Thị Ước: ế ộ ữ ậ Ẵ Ỗ ẩ ễ ợ ỳ Đ ₫ – “trích” ≥ 37,5 °C"


def document(*blocks, **changes):
    return replace(paper.Document("Bệnh án", blocks, MADE), **changes)


def opened(content):
    return PdfFileReader(io.BytesIO(content))


def pages(content):
    return int(opened(content).root["/Pages"]["/Count"])


def metadata(content):
    return opened(content).root["/Metadata"].data.decode()


def fonts(content):
    found = set()
    reader = opened(content)
    for number in range(pages(content)):
        page = reader.find_page_for_modification(number)[0].get_object()
        named = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        found |= {str(font["/BaseFont"]).partition("+")[2] for font in named}
    return found


def test_render_gives_pdf_a_3a_with_language_title_and_tags():
    content = paper.render(document(paper.Heading(1, "I. Hành chính"), subject="Hồ sơ", author="Bệnh viện"))

    root = opened(content).root
    said = metadata(content)
    assert content.startswith(b"%PDF-1.7")
    assert "<pdfaid:part>3</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "Bệnh án" in said
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/OutputIntents"]


def test_render_embeds_our_faces_only():
    styles = [paper.Run("đậm", bold=True), paper.Run("nghiêng", italic=True), paper.Run("cả hai", True, True)]
    content = paper.render(document(paper.Paragraph(VIETNAMESE), paper.Paragraph(styles)))

    assert fonts(content) == {
        "LiberationSerif",
        "LiberationSerif-Bold",
        "LiberationSerif-Italic",
        "LiberationSerif-BoldItalic",
    }


def test_render_twice_gives_the_same_bytes():
    one = document(paper.Heading(1, "I"), paper.Paragraph(VIETNAMESE), paper.Picture(PIXEL, "png", "một điểm"))

    assert paper.render(one) == paper.render(one)


def test_render_ends_with_a_line_so_that_a_signature_may_follow():
    assert paper.render(document(paper.Paragraph("x"))).endswith(b"%%EOF\n")


def test_render_takes_a_moment_with_microseconds_in_any_zone():
    moment = MADE.replace(microsecond=123456).astimezone(UTC)

    assert paper.render(document(created=moment)).startswith(b"%PDF")


def test_render_of_other_words_gives_other_bytes():
    assert paper.render(document(paper.Paragraph("120/80"))) != paper.render(document(paper.Paragraph("130/80")))


EVERY_BLOCK = {
    "heading": paper.Heading(3, "a) Mục nhỏ"),
    "heading of a form": paper.Heading(1, "BỆNH ÁN", outlined=False),
    "paragraph": paper.Paragraph(VIETNAMESE, indent=True),
    "small": paper.Paragraph("Ghi chú", small=True, align="right"),
    "kept": paper.Paragraph("Dòng này đi cùng dòng sau", keep=True),
    "runs": paper.Paragraph([paper.Run("một", break_after=True), paper.Run("hai", bold=True)]),
    "facts": paper.Facts([("Họ và tên", VIETNAMESE), ("Giới", [paper.Run("Nữ", italic=True)])]),
    "table": paper.Table([paper.Column("STT", 0.3, "center"), paper.Column("Nội dung")], [["1", VIETNAMESE]]),
    "table without a head": paper.Table([paper.Column(""), paper.Column("")], [["một", "hai"]]),
    "table with a spanning row": paper.Table([paper.Column("A"), paper.Column("B")], [["Nhóm"], ["1", "2"]]),
    "table without rows": paper.Table([paper.Column("A"), paper.Column("B")], []),
    "table in words": paper.Table([paper.Column("A")], [["1"]], "Bảng 1", ["Nguồn: sổ"]),
    "picture": paper.Picture(PIXEL, "png", "một điểm"),
    "picture with words": paper.Picture(PIXEL, "png", "một điểm", 20, "Hình 1"),
    "letterhead": paper.Letterhead([paper.Run("SỞ Y TẾ")], [paper.Run("CỘNG HÒA", bold=True), paper.Run("Độc lập")]),
    "letterhead without a left side": paper.Letterhead([], [paper.Run("CỘNG HÒA")]),
    "signature": paper.Signatures([paper.Signature(["BÁC SĨ"], "Bình", ["Đã ký"], "ngày 22")]),
    "two signatures": paper.Signatures([paper.Signature(["A"]), paper.Signature(["B"])], [paper.Run("Nơi nhận:")]),
    "notice": paper.Notice("Đính chính", ["Trước: 120", "Nay: 130"], "warn"),
    "notice without lines": paper.Notice("Dự thảo", []),
    "contents": paper.Contents("MỤC LỤC"),
    "break": paper.PageBreak(),
    "landscape": paper.PageBreak(landscape=True, restart=True),
}


@pytest.mark.parametrize("block", EVERY_BLOCK.values(), ids=EVERY_BLOCK)
def test_render_sets_each_kind_of_block(block):
    content = paper.render(document(paper.Heading(1, "I"), block, paper.Paragraph("sau")))

    assert pages(content) == (2 if isinstance(block, paper.PageBreak) else 1)


def test_render_turns_pages_after_a_landscape_break_and_back():
    blocks = [paper.Paragraph("dọc"), paper.PageBreak(True), paper.Paragraph("ngang"), paper.PageBreak()]
    reader = opened(paper.render(document(*blocks, paper.Paragraph("ngang nữa"), paper.PageBreak(False))))

    boxes = [reader.find_page_for_modification(number)[0].get_object()["/MediaBox"] for number in range(4)]
    assert [float(box[2]) > float(box[3]) for box in boxes] == [False, True, True, False]


def test_render_repeats_the_head_of_a_long_table_on_each_page():
    rows = [[str(number), "nội dung"] for number in range(120)]
    content = paper.render(document(paper.Table([paper.Column("STT"), paper.Column("Nội dung")], rows)))

    assert pages(content) >= 3


def test_render_carries_attachments_with_their_kind():
    carried = paper.Attachment("ho-so.json", '{"resourceType":"Bundle"}', "application/fhir+json", "Hồ sơ FHIR")
    root = opened(paper.render(document(paper.Paragraph("x"), attachments=[carried]))).root

    specification = root["/AF"][0]
    assert specification["/F"] == "ho-so.json"
    assert specification["/EF"]["/F"].data == carried.text.encode()
    assert specification["/AFRelationship"] == "/Data"


def test_render_puts_headings_into_bookmarks_but_not_the_title_of_a_form():
    content = paper.render(document(paper.Heading(1, "BỆNH ÁN", outlined=False), paper.Heading(1, "I. Hành chính")))

    outlines = opened(content).root["/Outlines"]
    assert outlines["/Count"] == 1
    assert outlines["/First"]["/Title"] == "I. Hành chính"


@pytest.mark.parametrize("size", ["a4", "a5"])
@pytest.mark.parametrize("changes", [{}, {"stamp": "DỰ THẢO"}, {"top_number": True}, {"header": "x", "footer": ""}])
def test_render_obeys_what_stands_on_every_page(size, changes):
    blocks = [paper.Paragraph("một"), paper.PageBreak(), paper.Paragraph("hai")]

    assert pages(paper.render(document(*blocks, size=size, **changes))) == 2


def test_render_of_a_broken_picture_is_refused_in_words():
    with pytest.raises(paper.Unprintable, match="Hình trong tài liệu không đọc được"):
        paper.render(document(paper.Picture(b"no picture", "png", "hỏng")))


def test_render_refuses_a_picture_that_is_of_another_kind():
    with pytest.raises(paper.Unprintable):
        paper.render(document(paper.Picture(PIXEL, "svg", "một điểm")))


def test_render_draws_an_svg_picture():
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'

    assert pages(paper.render(document(paper.Picture(drawn, "svg", "ô vuông")))) == 1


MARKUP = [
    "#panic()",
    '#read("/etc/passwd")',
    "$x$ *đậm* _nghiêng_",
    "@ref <nhãn>",
    "\\ \u00ad // /* */",
    "= Mục",
    "`mã`",
]


@pytest.mark.parametrize("words", MARKUP)
def test_render_reads_no_order_in_what_was_written(words):
    """Alone or in every place at once: words stay words."""
    content = paper.render(
        document(
            paper.Heading(1, words),
            paper.Facts([(words, words)]),
            paper.Table([paper.Column(words)], [[words]], words, [words]),
            paper.Notice(words, [words]),
            paper.Signatures([paper.Signature([words], words, [words], words)]),
            header=words,
            footer=words,
            subject=words,
            author=words,
        )
    )

    assert pages(content) == 1


@given(st.text(max_size=60))
@settings(max_examples=30)
def test_render_takes_any_text_that_a_person_can_paste(words):
    content = paper.render(document(paper.Paragraph(words), paper.Table([paper.Column("A")], [[words]])))

    assert content.startswith(b"%PDF")
