"""The official document as paper: the same parts as the DOCX, in the decree's order."""

from dataclasses import replace
from datetime import date

import pytest

from ansinh import paper
from ansinh.paper.encoding import plain_text
from ansinh.programme.reports import content
from ansinh.programme.reports.documents.printed import printed, write_pdf

HEADER = content.Header(5, date(2026, 1, 5), ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Trần Văn Mẫu", ("Lưu: VT",))


@pytest.fixture
def official(snapshot, yearly):
    words = {"chi-dao": "Đoạn một.\n\nĐoạn hai.", "kinh-phi": "Kinh phí."}
    return content.document(snapshot, yearly, words, HEADER, draft=False)


def blocks(document, kind):
    return [block for block in printed(document).blocks if isinstance(block, kind)]


def texts(document):
    return [plain_text(block.text) for block in blocks(document, paper.Paragraph)]


def test_head_names_agency_nation_number_and_place(official):
    (head,) = blocks(official, paper.Letterhead)

    assert plain_text(head.left).endswith(official.letterhead.agency.upper())
    assert [run.text for run in head.right] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert head.below_left.startswith("Số: 05/BC-")
    assert plain_text(head.below_right).endswith("ngày 05 tháng 01 năm 2026")


def test_body_keeps_order_of_the_document(official):
    order = texts(official)

    assert order.index("BÁO CÁO") < order.index("Đoạn một.") < order.index("Đoạn hai.") < order.index("Kinh phí.")
    assert next(block.text for block in blocks(official, paper.Heading) if block.level == 1).startswith("I. ")


def test_page_number_stands_in_the_top_margin(official):
    page = printed(official)

    assert (page.top_number, page.footer, page.points) == (True, "", 14)


def test_closing_has_recipients_and_the_signer(official):
    (closing,) = blocks(official, paper.Signatures)

    assert plain_text(closing.aside) == "Nơi nhận:\n- Như trên;\n- Lưu: VT.\n"
    assert closing.places == [paper.Signature(["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "Trần Văn Mẫu")]


def test_each_appendix_begins_a_page_and_counts_from_one(official):
    breaks = blocks(official, paper.PageBreak)

    assert len(breaks) == len(official.appendices)
    assert [one.landscape for one in breaks] == [one.landscape for one in official.appendices]
    assert all(one.restart for one in breaks)


def test_tables_keep_every_row_and_column(official):
    found = [table for table in blocks(official, paper.Table) if table.caption]
    given = [block for block in official.blocks if hasattr(block, "rows") and block.caption]

    assert [len(table.rows) for table in found[: len(given)]] == [len(table.rows) for table in given]
    assert all(isinstance(cell, str) for table in found for row in table.rows for cell in row)


def test_draft_is_stamped_on_every_page(official):
    assert printed(replace(official, draft=True)).stamp == "DỰ THẢO"
    assert printed(official).stamp == ""


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["Bộ Y tế"], "Kính gửi: Bộ Y tế."),
        (["Bộ Y tế", "Bộ Nội vụ"], "Kính gửi:\n- Bộ Y tế;\n- Bộ Nội vụ.\n"),
    ],
)
def test_addressees_stand_alone_or_in_a_list(official, names, shown):
    assert shown in texts(replace(official, addressed_to=names))


def test_written_file_is_pdf_and_the_same_each_time(official, tmp_path):
    first = write_pdf(official, tmp_path / "a.pdf").read_bytes()

    assert first.startswith(b"%PDF-1.7")
    assert first == write_pdf(official, tmp_path / "b.pdf").read_bytes()
