"""A doctor writes a rehabilitation record, signs it, amends it; the director confirms it; what is printed is proved."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def person(page: Page, log_in) -> str:
    """Address of the first person on the doctor's list."""
    log_in("bacsi")
    page.goto("/nguoi/")
    return page.locator("main table a").first.get_attribute("href").partition("?")[0]


def fits(page: Page) -> bool:
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = page.evaluate(widths)
    return scroll <= client


def test_signed_locked_and_amended_record_is_printed_and_verified(
    page: Page, person, log_in, no_axe_violations, tmp_path: Path
):
    page.goto(f"{person}benh-an/")
    no_axe_violations(page)
    page.get_by_role("link", name="Bệnh án phục hồi chức năng").click()
    for box in page.locator("ansinh-questionnaire textarea").all():
        box.fill("Liệt nửa người phải sau đột quỵ")
    no_axe_violations(page)
    page.get_by_role("button", name="Lưu giấy").click()
    expect(page.get_by_text("Đã lưu giấy. Đọc lại rồi ký.")).to_be_visible()
    document = page.url

    page.get_by_role("link", name="Chữ ký, đính chính").click()
    no_axe_violations(page)
    page.get_by_role("button", name="Ký số").click()
    expect(page.get_by_text("Đã ký, đã khóa")).to_be_visible()
    expect(page.get_by_text("Hợp lệ: nội dung còn nguyên như lúc ký.")).to_be_visible()
    entry = page.url

    page.goto(document)
    page.get_by_role("link", name="Đính chính", exact=True).click()
    page.get_by_label("Lý do đính chính").fill("Ghi nhầm bên liệt")
    page.locator("ansinh-questionnaire textarea").first.fill("Liệt nửa người trái sau đột quỵ")
    page.get_by_role("button", name="Lưu và ký đính chính").click()
    expect(page.get_by_text("Có đính chính")).to_be_visible()
    page.goto(entry)
    expect(page.locator("del").first).to_contain_text("người phải")
    expect(page.locator("ins").first).to_contain_text("người trái")
    no_axe_violations(page)

    log_in("giamdoc")
    page.goto(entry)
    page.get_by_role("button", name="Ký xác nhận").click()
    expect(page.get_by_text("Đã ký và xác nhận, đã khóa")).to_be_visible()

    page.goto(f"{person}benh-an/")
    with page.expect_download() as given:
        page.get_by_role("button", name="Tải bản in PDF").click()
    file = tmp_path / given.value.suggested_filename
    given.value.save_as(file)
    assert re.fullmatch(r"ho-so-[0-9a-f]{8}\.pdf", file.name)

    page.goto("/kiem-chu-ky/")
    no_axe_violations(page)
    page.get_by_label("Tệp PDF, hoặc tài liệu FHIR (JSON)").set_input_files(file)
    page.get_by_role("button", name="Kiểm chữ ký").click()
    expect(page.get_by_text("Tệp hợp lệ")).to_be_visible()
    expect(page.get_by_text("Trong hồ sơ có 3 chữ ký của từng mục.")).to_be_visible()
    for address in (f"{person}benh-an/", document, entry, "/kiem-chu-ky/"):
        for width in (360, 768, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            assert fits(page), (address, width)
