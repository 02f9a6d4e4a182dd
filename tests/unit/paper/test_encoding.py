"""A document as data for the page: nothing lost, nothing on the disk."""

from datetime import datetime

from ansinh import paper
from ansinh.kernel import clock
from ansinh.paper.encoding import encode, plain_text

MADE = datetime(2026, 11, 22, 8, 30, 5, tzinfo=clock.VIETNAM)


def test_encode_names_each_block_by_its_kind():
    page, files = encode(paper.Document("x", [paper.Heading(1, "I"), paper.PageBreak(True)], MADE))

    assert [block["block"] for block in page["blocks"]] == ["Heading", "PageBreak"]
    assert page["blocks"][1]["landscape"] is True
    assert files == {}


def test_encode_keeps_runs_in_order():
    runs = [paper.Run("một", bold=True), paper.Run("hai", break_after=True)]
    page, _files = encode(paper.Document("x", [paper.Paragraph(runs)], MADE))

    assert [(run["text"], run["bold"], run["break_after"]) for run in page["blocks"][0]["text"]] == [
        ("một", True, False),
        ("hai", False, True),
    ]


def test_encode_puts_attachments_beside_the_page_under_names_of_its_own():
    carried = paper.Attachment("../../a.json", '{"tên":1}', "application/json", "y")
    page, files = encode(paper.Document("x", [], MADE, attachments=[carried]))

    assert files == {"file-1": '{"tên":1}'.encode()}
    assert page["attachments"] == [
        {"name": "../../a.json", "media": "application/json", "description": "y", "file": "file-1"}
    ]


def test_encode_gives_the_bytes_of_a_picture_as_numbers():
    page, files = encode(paper.Document("x", [paper.Picture(b"\x89P", "png", "y")], MADE))

    assert page["blocks"][0]["data"] == [0x89, 0x50]
    assert page["blocks"][0]["kind"] == "png"
    assert files == {}


def test_encode_writes_the_number_of_a_character_that_no_face_has():
    page, _files = encode(paper.Document("x", [paper.Paragraph("Tên: 李 (Lý)")], MADE))

    assert page["blocks"][0]["text"] == "Tên: ‹U+674E› (Lý)"


def test_encode_gives_the_moment_in_the_zone_it_was_given():
    page, _files = encode(paper.Document("x", [], MADE))

    assert page["created"] == {"year": 2026, "month": 11, "day": 22, "hour": 8, "minute": 30, "second": 5}


def test_encode_drops_what_no_document_can_hold():
    page, _files = encode(paper.Document("x", [paper.Paragraph("a\x00b\ud800c\nd")], MADE))

    assert page["blocks"][0]["text"] == "abc\nd"


def test_plain_text_joins_runs():
    assert plain_text([paper.Run("một", break_after=True), paper.Run("hai")]) == "một\nhai"
    assert plain_text("ba") == "ba"
