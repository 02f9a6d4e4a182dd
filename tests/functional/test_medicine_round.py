"""A resident's medicine from order to dose, in a real browser: allergy, keyboard, scan, two signatures, undo."""

from datetime import datetime

from playwright.sync_api import Page, expect

from ansinh.kernel.clock import VIETNAM
from tests.functional.conftest import PASSWORD
from tests.functional.test_ward_day import admitted, fits


def ordered(page: Page, address: str, hour: str) -> None:
    page.goto(f"{address}thuoc/ke/")
    page.get_by_role("combobox", name="Thuốc").fill("MAU-C")
    page.get_by_label("Mỗi lần", exact=True).fill("1")
    page.get_by_label("Giờ khác", exact=True).fill(hour)
    page.get_by_role("button", name="Lưu y lệnh").click()
    expect(page.get_by_text("Đã lưu y lệnh.")).to_be_visible()


def round_of(page: Page, name: str, hour: str) -> str:
    """The address of the round of the hour in the ward where this resident lies."""
    page.goto("/khoa-phong/phat-thuoc/")
    links = page.get_by_role("navigation", name="Khoa", exact=True).get_by_role("link")
    wards = [one.get_attribute("href") for one in links.all()] or ["/khoa-phong/phat-thuoc/?"]
    for ward in wards:
        page.goto(f"{ward}&gio={hour}")
        if page.get_by_role("link", name=name).count():
            return page.url
    raise AssertionError(f"{name} is on no round")


def sign(page: Page, username: str) -> None:
    page.get_by_label("Tên đăng nhập của người thứ hai").fill(username)
    page.get_by_label("Mật khẩu của người thứ hai").fill(PASSWORD)
    page.get_by_role("button", name="Ký và ghi đã dùng").click()


def test_psychiatric_residents_medication_round(page: Page, log_in, no_axe_violations):
    # Given a resident with an order of a controlled medicine for this very hour
    log_in("dieuduong")
    name, address = admitted(page)
    hour = datetime.now(VIETNAM).strftime("%H:%M")
    log_in("bacsi")
    ordered(page, address, hour)

    # and an allergy that the nurse hears of afterwards
    log_in("dieuduong")
    page.goto(f"{address}di-ung/")
    page.get_by_label("Chất, nhóm hoặc thuốc gây dị ứng").fill("chất mẫu c")
    page.get_by_role("button", name="Lưu dị ứng").click()
    expect(page.get_by_text("Người này đang dùng Thuốc mẫu C 10 mg. Báo bác sĩ ngay.")).to_be_visible()

    # When the round comes, the dose is found by its package, while the caret stays where a scanner types
    here = round_of(page, name, hour)
    no_axe_violations(page)
    for width in (360, 768, 1440):
        fits(page, width)
    expect(page.get_by_label("Quét mã của người hoặc của hộp thuốc")).to_be_focused()
    page.keyboard.type("khong-co-ma-nay")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mã vừa quét không thuộc người nào")).to_be_visible()
    page.keyboard.type("8930000000031")
    page.keyboard.press("Enter")
    dose = page.locator(".as-dose").filter(has_text=name)
    expect(dose).to_contain_text("Dị ứng: chất mẫu c")
    dose.get_by_role("button", name="Đã dùng").focus()
    page.keyboard.press("Enter")

    # Then nobody signs twice for themselves, and what stands against it is said before anything is written
    expect(page.get_by_role("heading", name="Thuốc kiểm soát: hai người ký")).to_be_visible()
    no_axe_violations(page)
    sign(page, "dieuduong")
    expect(page.get_by_text("Người ký thứ hai phải là người khác.").first).to_be_visible()
    sign(page, "bacsi")
    expect(page.get_by_text("người này dị ứng chất mẫu c").first).to_be_visible()
    page.get_by_label("Vẫn cho dùng vì").fill("Bác sĩ đã xem, theo dõi sau dùng")
    sign(page, "bacsi")
    expect(page.get_by_text("Đã ghi liều có hai người ký.")).to_be_visible()

    # and the dose is recorded once, stands in the record, and can be taken back
    page.goto(here)
    dose = page.locator(".as-dose").filter(has_text=name)
    expect(dose).to_contain_text("Đã dùng")
    expect(dose.get_by_role("button", name="Đã dùng")).to_have_count(0)
    page.goto(f"{address}dien-bien/?loai=medicine")
    expect(page.get_by_role("main")).to_contain_text("Thuốc mẫu C 10 mg")
    page.goto(here)
    page.locator(".as-dose").filter(has_text=name).get_by_role("link", name="Ghi nhầm").click()
    page.get_by_label("Ghi hai lần").check()
    page.get_by_role("button", name="Đánh dấu ghi nhầm").click()
    page.goto(here)
    expect(page.locator(".as-dose").filter(has_text=name).get_by_role("button", name="Đã dùng")).to_be_visible()
