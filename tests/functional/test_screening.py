"""A nurse screens a person, sees what it asks for, and works on the task."""

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def person(page: Page, log_in) -> str:
    """Address of the first person on the nurse's list."""
    log_in("dieuduong")
    page.goto("/nguoi/")
    return page.locator("main table a").first.get_attribute("href").partition("?")[0]


def fill_phq9(page: Page, answer: str) -> None:
    for question in page.locator(".as-likert .nhsuk-radios").all():
        question.get_by_label(answer).check()


def test_positive_screening_becomes_a_task_that_is_worked_on(page: Page, person, no_axe_violations):
    page.goto(f"{person}sang-loc/")
    no_axe_violations(page)
    page.get_by_role("link", name="PHQ-9: sàng lọc trầm cảm").first.click()
    no_axe_violations(page)

    fill_phq9(page, "Hơn nửa số ngày")
    page.get_by_label("Rất khó khăn").check()
    expect(page.locator(".as-score")).to_have_text("Tổng điểm: 18 trên 27.")
    page.get_by_role("button", name="Lưu và xem kết quả").click()

    expect(page.get_by_text("Đã lưu phiếu sàng lọc.")).to_be_visible()
    expect(page.get_by_text("Nặng vừa").first).to_be_visible()
    expect(page.get_by_text("Cần làm ngay")).to_be_visible()
    no_axe_violations(page)

    page.goto("/viec/?loc=urgent")
    no_axe_violations(page)
    page.get_by_role("link", name="Đánh giá ngay nguy cơ tự sát").first.click()
    page.get_by_role("button", name="Nhận việc này").click()
    expect(page.get_by_text("Anh/chị đã nhận việc này.")).to_be_visible()
    no_axe_violations(page)

    page.get_by_role("button", name="Đã xong").click()
    expect(page.get_by_role("alert").first).to_contain_text("Cần điền")
    page.get_by_label("Đã làm gì, kết quả ra sao").fill("Đã gặp riêng, không có ý định; hẹn bác sĩ ngày mai.")
    page.get_by_role("button", name="Đã xong").click()
    expect(page.get_by_text("Đã ghi việc này là xong.")).to_be_visible()
    assert "loc=urgent" in page.url


def test_screening_left_half_way_is_there_on_return_and_gone_after_saving(page: Page, person):
    form = f"{person}sang-loc/gad-7/"
    page.goto(form)
    page.get_by_label("Vài ngày").first.check()

    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/nguoi/")
    page.goto(form)
    expect(page.get_by_text("Đã đưa lại những gì điền dở")).to_be_visible()
    expect(page.get_by_label("Vài ngày").first).to_be_checked()
    fill_phq9(page, "Không ngày nào")
    page.get_by_role("button", name="Lưu và xem kết quả").click()
    expect(page.get_by_text("Đã lưu phiếu sàng lọc.")).to_be_visible()

    page.goto(form)
    expect(page.get_by_label("Không ngày nào").first).not_to_be_checked()


def test_screening_fits_a_phone_and_can_be_done_there(page: Page, person, no_axe_violations):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{person}sang-loc/audit-c/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    no_axe_violations(page)

    page.get_by_label("Không bao giờ").first.check()
    page.get_by_role("button", name="Lưu và xem kết quả").click()

    expect(page.get_by_text("Đã lưu phiếu sàng lọc.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
