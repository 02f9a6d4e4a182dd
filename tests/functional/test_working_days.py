"""What each role does on a working day: units, techniques, staff, finding by number, reports, two tabs, languages."""

import random
import re
import zipfile
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

MAIN = "main"


def save(page: Page, button: str, said: str) -> None:
    """Press a button of the page and read what it says it did."""
    page.locator(MAIN).get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(said)).to_be_visible()


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def row(page: Page, name: str) -> Locator:
    return page.locator("tr").filter(has_text=name)


# --- the administrator ---------------------------------------------------------------------------------------------


def test_administrator_adds_renames_and_moves_a_unit_by_date(page: Page, log_in, no_axe_violations):
    code = f"thu-{uuid4().hex[:8]}"
    log_in("quantri")
    page.goto("/co-so/")
    page.get_by_role("link", name="Thêm đơn vị").click()
    no_axe_violations(page)

    page.get_by_role("button", name="Thêm đơn vị").click()
    expect(page.get_by_role("alert").first).to_contain_text("Cần điền «Tên đơn vị»")
    no_axe_violations(page)
    page.get_by_label("Tên đơn vị").fill(f"Cơ sở {code}")
    page.get_by_label("Mã đơn vị").fill(code)
    page.get_by_label("Loại đơn vị").select_option(index=1)
    first, second = authorities(page)
    page.get_by_label("Cơ quan quản lý trực tiếp").select_option(label=first)
    page.get_by_label("Từ ngày").fill("01/01/2024")
    save(page, "Thêm đơn vị", "Đã thêm đơn vị.")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Cơ sở {code}")

    page.get_by_role("link", name="Đổi tên").click()
    page.get_by_label("Tên mới").fill(f"Trung tâm {code}")
    page.get_by_label("Mã mới").fill(f"{code}-moi")
    page.get_by_label("Từ ngày").fill("01/01/2025")
    no_axe_violations(page)
    save(page, "Đổi tên đơn vị", "Đã đổi tên đơn vị.")

    page.get_by_role("link", name=re.compile("^Chuyển")).click()
    page.get_by_label("Cơ quan quản lý mới").select_option(label=second)
    page.get_by_label("Từ ngày").fill("01/07/2025")
    page.locator(MAIN).get_by_role("button").first.click()
    expect(page.locator(MAIN)).to_contain_text(second)
    no_axe_violations(page)

    days = {"01/06/2024": ("Cơ sở", first), "01/06/2025": ("Trung tâm", first), "01/08/2025": ("Trung tâm", second)}
    for day, (name, authority) in days.items():
        page.goto(f"/co-so/?ngay={day}&tim={code}")
        expect(row(page, f"{name} {code}")).to_contain_text(authority)


def authorities(page: Page) -> tuple[str, str]:
    """Names of two units that may manage another."""
    names = page.get_by_label("Cơ quan quản lý trực tiếp").locator("option").all_inner_texts()
    found = [name for name in names if name.startswith("Sở")]
    return found[0], found[1]


# --- the director --------------------------------------------------------------------------------------------------


def own_facility(page: Page) -> str:
    """Address of the facility where the person who is logged in works, as the menu names it."""
    name = page.locator(".as-menu__who").inner_html().rpartition("<br>")[2]
    page.goto("/co-so/")
    return page.locator(MAIN).get_by_role("link", name=name.strip(), exact=True).first.get_attribute("href")


def test_director_declares_a_technique_and_a_post(page: Page, log_in, no_axe_violations):
    log_in("giamdoc")
    facility = own_facility(page)
    page.goto(f"{facility}nhan-luc/")
    page.get_by_role("link", name="Thêm nhân viên").click()
    no_axe_violations(page)
    someone = f"Nguyễn Thị {uuid4().hex[:6].translate(str.maketrans('0123456789', 'ghiklmnopq')).title()}"
    page.get_by_label("Họ và tên").fill(someone)
    page.get_by_label("Vị trí việc làm").select_option(index=1)
    page.get_by_label("Từ ngày").fill("01/02/2025")
    page.locator(MAIN).get_by_role("button").first.click()
    expect(page.get_by_text("Đã ghi nhân viên vào cơ sở.")).to_be_visible()
    expect(row(page, someone).first).to_be_visible()
    no_axe_violations(page)

    page.goto(f"{facility}nang-luc/")
    page.get_by_role("link", name=re.compile("kỹ thuật", re.I)).first.click()
    no_axe_violations(page)
    # Any line but one that changed today already, where the journey was walked on the same site before.
    code = random.choice(page.locator("input[name=chosen]").all()).get_attribute("value")
    before = page.locator(f"[id='chosen-{code}']").is_checked()
    for wanted in (not before, before):
        page.locator(f"[id='chosen-{code}']").set_checked(wanted)
        page.locator(MAIN).get_by_role("button", name="Lưu").click()
        expect(page.locator(".as-flash").first).to_be_visible()
        expect(page.locator(f"[id='chosen-{code}']")).to_be_checked(checked=wanted)


# --- the nurse -----------------------------------------------------------------------------------------------------


def person_with_a_number(page: Page) -> tuple[str, str]:
    """(name, citizen number) of somebody registered now."""
    number = f"0371{uuid4().int % 10**8:08d}"
    name = f"Trần Thị {uuid4().hex[:6].translate(str.maketrans('0123456789', 'ghiklmnopq')).title()}"
    page.goto("/nguoi/moi/")
    page.get_by_label("Họ và tên", exact=True).first.fill(name)
    page.get_by_label("Nữ", exact=True).check()
    page.get_by_label("Ngày sinh").fill("1951")
    page.get_by_label("Số căn cước").fill(number)
    page.get_by_role("button", name="Lưu hồ sơ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return name, number


def test_nurse_finds_a_person_by_last_digits_on_a_phone(page: Page, log_in, no_axe_violations):
    page.set_viewport_size({"width": 360, "height": 740})
    log_in("dieuduong")
    name, number = person_with_a_number(page)
    page.goto("/nguoi/")

    page.get_by_label("Tìm người").last.fill(number[-6:])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)  # the only one: opened at once
    assert number[-6:] not in page.url
    fits(page, 360)
    no_axe_violations(page)


def test_nurse_chooses_among_people_of_one_name(page: Page, log_in, no_axe_violations):
    page.set_viewport_size({"width": 360, "height": 740})
    log_in("dieuduong")
    page.goto("/nguoi/")

    page.get_by_label("Tìm người").last.fill("thi")
    page.keyboard.press("Enter")
    found = page.locator(MAIN).get_by_role("link", name=re.compile(" Thị "))
    expect(found.first).to_be_visible()
    fits(page, 360)
    no_axe_violations(page)

    name = found.first.inner_text()
    found.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_two_tabs_on_one_person_show_both_and_lose_nothing(page: Page, log_in, no_axe_violations):
    log_in("dieuduong")
    person_with_a_number(page)
    edit = re.sub(r"[?#].*", "", page.url) + "sua/"
    other = page.context.new_page()
    page.goto(edit)
    other.goto(edit)

    page.get_by_label("Số điện thoại", exact=True).fill("0912000111")
    save(page, "Lưu thay đổi", "Đã lưu hồ sơ.")
    other.get_by_label("Địa chỉ hiện nay").fill("Thôn Hai, xóm Chợ")
    other.get_by_role("button", name="Lưu thay đổi").click()

    expect(other.get_by_text("Có người vừa sửa hồ sơ này")).to_be_visible()
    expect(other.locator(".as-changes")).to_contain_text("0912000111")
    expect(other.locator(".as-changes")).to_contain_text("Thôn Hai, xóm Chợ")
    expect(other.get_by_label("Địa chỉ hiện nay")).to_have_value("Thôn Hai, xóm Chợ")
    no_axe_violations(other)
    other.get_by_label("Số điện thoại", exact=True).fill("0912000111")
    save(other, "Lưu thay đổi", "Đã lưu hồ sơ.")
    other.goto(edit)
    expect(other.get_by_label("Địa chỉ hiện nay")).to_have_value("Thôn Hai, xóm Chợ")
    expect(other.get_by_label("Số điện thoại", exact=True)).to_have_value("0912000111")


@pytest.mark.parametrize("address", ["/nguoi/?stay=open", "/chuong-trinh/ninh-binh-2021-2030/"])
def test_language_switch_keeps_the_page(page: Page, log_in, address):
    log_in("dieuduong")
    page.goto(address)
    before = page.url

    switch(page, "English")
    assert page.url == before
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="People").first).to_be_visible()

    switch(page, "Tiếng Việt")
    assert page.url == before
    expect(page.locator("html")).to_have_attribute("lang", "vi")


def switch(page: Page, language: str) -> None:
    page.locator(".as-menu__summary").click()
    page.get_by_role("button", name=language).click()


# --- officer and leader --------------------------------------------------------------------------------------------


def draft_a_report(page: Page) -> str:
    """Address of a new draft, of the first year that has no report yet."""
    for year in range(2021, 2030):
        page.goto("/bao-cao/lap/")
        page.get_by_label("Kế hoạch").select_option(index=0)
        page.get_by_label("Năm").fill(str(year))
        page.get_by_role("button", name="Lập dự thảo").click()
        if page.get_by_text("Đã lập dự thảo").is_visible():
            return page.url.removesuffix("soan/")
    raise AssertionError("every year has its report")


def test_report_goes_from_draft_through_return_to_approval_and_stays_frozen(
    page: Page, log_in, no_axe_violations, tmp_path
):
    log_in("chuyenvien")
    report = draft_a_report(page)
    no_axe_violations(page)
    write(page, report, "Lời của chuyên viên, lần một.")
    page.goto(report)
    page.get_by_role("button", name="Trình duyệt").click()
    expect(page.get_by_text("Đã trình duyệt").first).to_be_visible()

    log_in("lanhdao")
    page.goto(report)
    no_axe_violations(page)
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.locator(MAIN)).to_contain_text("Số văn bản")
    expect(page.get_by_text("Đã trình duyệt").first).to_be_visible()
    page.get_by_label("Lý do trả lại").fill("Bổ sung khó khăn.")
    page.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Đang soạn").first).to_be_visible()

    log_in("chuyenvien")
    page.goto(report)
    expect(page.get_by_text("Bổ sung khó khăn.").first).to_be_visible()
    write(page, report, "Lời của chuyên viên, lần hai.")
    page.goto(report)
    page.get_by_role("button", name="Trình duyệt").click()

    log_in("lanhdao")
    page.goto(report)
    page.get_by_label("Số văn bản").fill("128")
    page.get_by_label("Ngày ban hành").fill("15/12/2025")
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("Đã duyệt").first).to_be_visible()
    no_axe_violations(page)
    assert_issued(download(page, tmp_path))

    log_in("chuyenvien")
    page.goto(report)
    expect(page.get_by_role("link", name="Soạn lời")).to_have_count(0)
    assert page.request.get(f"{report}soan/").status in (403, 404, 409)


def write(page: Page, report: str, words: str) -> None:
    page.goto(f"{report}soan/")
    page.locator("textarea[name^=words-]").first.fill(words)
    save(page, "Lưu", "Đã lưu lời báo cáo.")
    expect(page.locator("article")).to_contain_text(words)


def download(page: Page, folder):
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("DOCX")).first.click()
    place = folder / taken.value.suggested_filename
    taken.value.save_as(place)
    return place


def assert_issued(place) -> None:
    with zipfile.ZipFile(place) as document:
        text = re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode("utf-8"))
    assert "128" in text
    assert "ngày 15 tháng 12 năm 2025" in text
    assert "lần hai" in text
    assert "Dự thảo" not in text


# --- without JavaScript --------------------------------------------------------------------------------------------


def test_screening_without_javascript_keeps_answers_and_is_scored(browser, site: str, page: Page, log_in):
    log_in("dieuduong")
    page.goto("/nguoi/")
    person = page.locator("main table a").first.get_attribute("href").partition("?")[0]
    plain = browser.new_context(base_url=site, java_script_enabled=False, storage_state=page.context.storage_state())
    sheet = plain.new_page()
    sheet.set_viewport_size({"width": 360, "height": 740})
    sheet.goto(f"{person}sang-loc/gad-7/")

    for answer in sheet.get_by_label("Vài ngày").all()[:6]:
        answer.check()
    sheet.get_by_role("button", name="Lưu và xem kết quả").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Cần trả lời câu này.")
    assert len([answer for answer in sheet.get_by_label("Vài ngày").all() if answer.is_checked()]) == 6

    sheet.get_by_label("Vài ngày").nth(6).check()
    sheet.get_by_role("button", name="Lưu và xem kết quả").click()
    expect(sheet.get_by_text("Đã lưu phiếu sàng lọc.")).to_be_visible()
    expect(sheet.locator(MAIN)).to_contain_text("7 trên 21 điểm")
    plain.close()
