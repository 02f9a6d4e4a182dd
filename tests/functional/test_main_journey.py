"""The main job, end to end: from one person's card to the province's yearly report."""

import random
import re
import zipfile
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.functional.conftest import PASSWORD

WIDTHS_OF_A_WARD = (360, 768)


@dataclass(frozen=True)
class Newcomer:
    """Somebody new each time, so that the journey can be walked again on the same site."""

    number: str
    given: str

    @property
    def card(self) -> str:
        """What a scanner types for the citizen card."""
        return f"{self.number}||NGUYỄN THỊ {self.given}|09031960|Nữ|Thôn 1, Xã Mẫu, Huyện Mẫu, Ninh Bình|20042022"

    @property
    def name(self) -> re.Pattern[str]:
        """The given name, in any case."""
        return re.compile(self.given, re.I)


def a_newcomer() -> Newcomer:
    given = "".join(random.choices(["LA", "MI", "NGO", "THU", "VE", "XA", "KHE", "TRO"], k=4))
    return Newcomer(f"037160{random.randrange(1_000_000):06d}", given)


def test_from_one_card_to_the_yearly_report(page: Page, log_in, no_axe_violations, tmp_path):
    log_in("chuyenvien")
    managed_before = managed_electronically(page)

    log_in("dieuduong")
    someone = a_newcomer()
    register_by_card(page, someone)
    no_axe_violations(page)
    record_a_visit(page)
    screen_positive_with_self_harm(page)
    no_axe_violations(page)
    see_the_urgent_task(page, someone)

    log_in("chuyenvien")
    managed_after = managed_electronically(page)
    assert managed_after == (managed_before[0] + 1, managed_before[1] + 1)
    no_axe_violations(page)

    files = download_report(page, tmp_path)
    assert_a_department_could_send(files)


@pytest.mark.parametrize("width", WIDTHS_OF_A_WARD)
def test_a_nurse_does_her_part_on_a_phone_and_on_a_tablet(width: int, page: Page, log_in):
    page.set_viewport_size({"width": width, "height": 740})
    log_in("dieuduong")
    someone = a_newcomer()

    register_by_card(page, someone)
    fits(page, width)
    record_a_visit(page)
    fits(page, width)
    screen_positive_with_self_harm(page)
    fits(page, width)
    see_the_urgent_task(page, someone)
    fits(page, width)


def test_a_form_outlives_its_session_and_a_wrong_entry_is_taken_back(page: Page, log_in, no_axe_violations):
    page.set_viewport_size({"width": 360, "height": 740})
    log_in("dieuduong")
    register_by_card(page, a_newcomer())
    page.get_by_role("link", name="Khám", exact=True).click()
    page.get_by_label("Lý do khám").fill("Đau lưng từ hôm qua")

    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lưu lần khám").click()
    expect(page.get_by_text("Phiên làm việc đã hết")).to_be_visible()
    no_axe_violations(page)
    page.get_by_label("Tên đăng nhập").fill("dieuduong")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Tiếp tục lưu").click()
    expect(page.get_by_text("Đã lưu lần khám.")).to_be_visible()

    page.get_by_role("link", name="Ghi nhầm? Thu hồi").click()
    page.get_by_label("Ghi nhầm người").check()
    no_axe_violations(page)
    page.get_by_role("button", name="Đánh dấu ghi nhầm").click()
    expect(page.locator("del").filter(has_text="Khám bệnh")).to_be_visible()
    expect(page.get_by_text("Ghi nhầm: Ghi nhầm người")).to_be_visible()
    no_axe_violations(page)


def fits(page: Page, width: int) -> None:
    """Nothing to scroll sideways, and buttons as large as a finger."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    buttons = "[...document.querySelectorAll('main button, main .nhsuk-button')].map(e => e.offsetHeight)"
    heights = page.evaluate(buttons)
    assert [height for height in heights if 0 < height < 44] == [], page.url


def register_by_card(page: Page, someone: Newcomer) -> None:
    page.get_by_role("link", name="Đăng ký người mới").first.click()
    page.get_by_label("Mã QR trên thẻ căn cước hoặc thẻ BHYT").fill(someone.card)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Họ và tên", exact=True).first).to_have_value(someone.name)
    expect(page.get_by_label("Số căn cước")).to_have_value(someone.number)
    expect(page.get_by_label("Ngày sinh")).to_have_value("09/03/1960")
    page.get_by_label("Tiếp nhận vào cơ sở").select_option(label="Điều trị nội trú")
    page.get_by_role("button", name="Lưu hồ sơ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(someone.name)


def record_a_visit(page: Page) -> None:
    page.get_by_role("link", name="Khám", exact=True).click()
    page.get_by_label("Lý do khám").fill("Mất ngủ, chán ăn")
    page.get_by_label("Huyết áp tâm thu").fill("142")
    page.get_by_label("Huyết áp tâm trương").fill("88")
    page.get_by_label("Mạch").fill("82")
    page.locator("input[name=diagnoses]").fill("tang huyet ap")
    page.get_by_role("option").filter(has_text="I10").first.click()
    page.get_by_role("button", name="Lưu lần khám").click()
    expect(page.get_by_text("142/88").first).to_be_visible()


def screen_positive_with_self_harm(page: Page) -> None:
    page.get_by_role("link", name="PHQ-9").first.click()
    questions = page.get_by_role("radiogroup").or_(page.locator("fieldset")).filter(has=page.get_by_role("radio"))
    expect(questions.first).to_be_visible()
    for answer in page.get_by_role("radio", name=re.compile("Gần như mọi ngày")).all():
        answer.check()
    page.get_by_role("button", name="Lưu và xem kết quả").click()
    expect(page.get_by_text(re.compile(r"27")).first).to_be_visible()


def see_the_urgent_task(page: Page, someone: Newcomer) -> None:
    page.goto("/")
    expect(page.get_by_text(someone.name).first).to_be_visible()
    page.goto("/viec/")
    expect(page.get_by_role("main").get_by_text(re.compile("khẩn", re.I)).first).to_be_visible()
    expect(page.get_by_text(someone.name).first).to_be_visible()


def managed_electronically(page: Page) -> tuple[int, int]:
    """(numerator, denominator) of the goal of 80 % and 100 %, as the plan's page shows it."""
    page.goto("/chuong-trinh/ninh-binh-2021-2030/")
    goal = page.get_by_role("link", name=re.compile("bằng hồ sơ điện tử")).first
    card = goal.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' as-card ')][1]")
    found = re.search(r"(\d[\d.]*)/(\d[\d.]*)", card.inner_text())
    assert found, card.inner_text()
    return int(found[1].replace(".", "")), int(found[2].replace(".", ""))


def download_report(page: Page, folder) -> dict[str, object]:
    page.goto("/bao-cao/")
    page.get_by_role("link", name=re.compile("2025")).first.click()
    found = {}
    for kind in ("DOCX", "XLSX"):
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile(kind)).first.click()
        found[kind] = folder / download.value.suggested_filename
        download.value.save_as(found[kind])
    return found


def assert_a_department_could_send(files: dict) -> None:
    with zipfile.ZipFile(files["DOCX"]) as document:
        text = re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode("utf-8"))
    for part in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BÁO CÁO", "Kính gửi", "Nơi nhận", "2025"):
        assert part in text, part
    with zipfile.ZipFile(files["XLSX"]) as workbook:
        assert "xl/workbook.xml" in workbook.namelist()
