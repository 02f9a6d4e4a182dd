"""An amputee from prescription to a delivered prosthesis, and what rehabilitation gained, in a real browser."""

import re

from playwright.sync_api import Page, expect

STAGES = ("Bó bột lấy khuôn", "Sửa cốt dương", "Đổ nhựa", "Lắp ráp", "Thử lắp trên người", "Kiểm tra chất lượng")


def registered(page: Page) -> str:
    """Somebody who comes to stay; the address of the record."""
    page.goto("/nguoi/moi/")
    page.get_by_label("Họ và tên", exact=True).fill("Đặng Văn Khuyết Tài")
    page.locator("#id_kind").select_option("inpatient")
    page.get_by_role("button", name="Lưu hồ sơ").first.click()
    if (still_new := page.get_by_role("button", name="Vẫn là người mới")).is_visible():
        still_new.click()
    page.wait_for_url(re.compile(r"/nguoi/[0-9a-f-]{36}/$"))
    return page.url


def barthel(page: Page, person: str, option: int) -> None:
    """Every question answered by its first (0) or last (-1) choice."""
    page.goto(f"{person}phuc-hoi/luong-gia/barthel/")
    for question in page.locator("ansinh-questionnaire .nhsuk-radios").all():
        radios = question.get_by_role("radio")
        radios.nth(option % radios.count()).check()
    page.get_by_role("button", name="Lưu và xem kết quả").click()
    expect(page.get_by_text("Đã lưu lượng giá.")).to_be_visible()


def prescribed(page: Page, person: str) -> str:
    """A below-knee prosthesis; the address of the device."""
    page.goto(f"{person}dung-cu/")
    page.get_by_role("link", name="Chỉ định dụng cụ").click()
    page.get_by_label("Loại dụng cụ").select_option("leg-below-knee")
    page.get_by_role("button", name="Lưu chỉ định").click()
    expect(page.get_by_role("alert").first).to_contain_text("Cần điền")
    page.get_by_label("Bên phải").check()
    page.get_by_label("Tình trạng thương tật, bệnh tật").fill("Cụt 1/3 dưới cẳng chân phải do tai nạn lao động")
    page.get_by_label("Nguồn chi trả chính").select_option("resident")
    page.get_by_role("button", name="Lưu chỉ định").click()
    page.get_by_role("link", name="Chân giả dưới gối, bên phải").click()
    return page.url


def fits(page: Page, *widths: int) -> None:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_amputee_walks_from_prescription_to_prosthesis_and_gains(page: Page, log_in, no_axe_violations):
    log_in("bacsi")
    person = registered(page)
    barthel(page, person, 0)
    device = prescribed(page, person)
    no_axe_violations(page)

    log_in("dieuduong")
    page.goto(device)
    page.get_by_role("link", name="Mở phiếu làm").click()
    page.get_by_role("button", name="Mở phiếu làm").click()
    page.goto(f"{device}giao/")  # nobody is led here yet; who comes all the same is told why not
    page.get_by_role("button", name="Giao dụng cụ").click()
    expect(page.get_by_role("alert").first).to_contain_text("chưa được thử lắp trên người")

    for stage in STAGES:
        page.goto(device)
        expect(page.get_by_text("Công đoạn tiếp theo")).to_contain_text(stage)
        page.get_by_role("link", name="Ghi xong công đoạn").click()
        for check in page.get_by_role("checkbox").all():
            check.check()
        page.get_by_role("button", name="Ghi xong công đoạn").click()
        expect(page.get_by_text("Đã ghi công đoạn.")).to_be_visible()
    page.get_by_role("link", name="Giao dụng cụ").click()
    no_axe_violations(page)
    page.get_by_role("button", name="Giao dụng cụ").click()
    expect(page.get_by_text("Đã ghi giao dụng cụ.")).to_be_visible()
    expect(page.get_by_text("Thông tư 26/2012/TT-BLĐTBXH")).to_be_visible()  # three years

    barthel(page, person, -1)
    page.goto(f"{person}phuc-hoi/")
    gain = page.locator(".as-outcomes li").filter(has_text="Barthel")
    expect(gain).to_contain_text("Tốt lên")
    expect(gain).to_contain_text("tốt lên 100")
    no_axe_violations(page)
    page.goto(f"{person}dien-bien/")
    for title in ("Giao dụng cụ chỉnh hình", "Chỉ định dụng cụ chỉnh hình", "Lượng giá chức năng"):
        expect(page.get_by_text(title).first).to_be_visible()
    for address in (device, f"{person}phuc-hoi/", f"{person}dung-cu/", "/xuong/"):
        page.goto(address)
        fits(page, 360, 768)
