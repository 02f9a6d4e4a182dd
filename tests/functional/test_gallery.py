"""The look itself: every component, two themes, phone to desk, keyboard, paper, and a strict content policy."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

PASSWORD = "An-Sinh-1942"

GALLERY = "/thanh-phan/"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def pass_of_admin(browser: Browser, site: str) -> StorageState:
    """The cookies of the administrator: logged in once for all journeys here."""
    context = browser.new_context(base_url=site, locale="vi-VN")
    page = context.new_page()
    page.goto("/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill("quantri")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def gallery(browser: Browser, site: str, pass_of_admin: StorageState) -> Iterator[Page]:
    """The gallery as the administrator sees it; script errors on it fail the test."""
    context = browser.new_context(base_url=site, locale="vi-VN", storage_state=pass_of_admin)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(GALLERY)
    yield page
    context.close()
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_every_component_passes_axe(gallery, no_axe_violations, width, scheme):
    gallery.set_viewport_size({"width": width, "height": 900})
    gallery.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way

    no_axe_violations(gallery)


@pytest.fixture
def english_gallery(gallery: Page) -> Iterator[Page]:
    """The gallery in English; the account, which remembers its language, goes back to Vietnamese."""
    switch(gallery, "English", "en")
    yield gallery
    switch(gallery, "Tiếng Việt", "vi")


def switch(gallery: Page, language: str, code: str) -> None:
    gallery.locator("summary.as-menu__summary").click()
    gallery.get_by_role("button", name=language).click()
    expect(gallery.locator("html")).to_have_attribute("lang", code)


def test_every_component_passes_axe_in_english(english_gallery, no_axe_violations):
    assert english_gallery.url.endswith(GALLERY)
    no_axe_violations(english_gallery)


@pytest.mark.parametrize("width", [320, 360, 640, 768, 1024, 1440])
def test_no_width_scrolls_sideways(gallery, width):
    gallery.set_viewport_size({"width": width, "height": 900})

    assert gallery.evaluate(SIDEWAYS) <= 0


def test_chosen_theme_holds_on_the_next_page_from_its_first_paint(gallery):
    gallery.emulate_media(color_scheme="light")
    gallery.locator("summary.as-menu__summary").click()
    gallery.get_by_role("button", name="Tối").click()

    gallery.goto("/huong-dan/", wait_until="commit")
    gallery.wait_for_selector("body")

    assert gallery.evaluate("document.documentElement.dataset.theme") == "dark"
    assert gallery.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_theme_by_device_comes_back(gallery):
    gallery.locator("summary.as-menu__summary").click()
    gallery.get_by_role("button", name="Tối").click()
    gallery.get_by_role("button", name="Theo máy").click()

    assert gallery.evaluate("localStorage.getItem('theme')") is None
    assert gallery.evaluate("document.documentElement.dataset.theme") is None


def test_menu_closes_by_escape_and_gives_the_focus_back(gallery):
    summary = gallery.locator("summary.as-menu__summary")
    summary.click()
    expect(gallery.get_by_role("button", name="Đăng xuất")).to_be_visible()

    gallery.keyboard.press("Escape")

    expect(gallery.get_by_role("button", name="Đăng xuất")).to_be_hidden()
    expect(summary).to_be_focused()


def test_menu_closes_by_pressing_elsewhere(gallery):
    gallery.locator("summary.as-menu__summary").click()

    gallery.get_by_role("heading", level=1).click()

    expect(gallery.get_by_role("button", name="Đăng xuất")).to_be_hidden()


def test_sections_open_on_a_phone(gallery):
    gallery.set_viewport_size({"width": 360, "height": 800})
    places = gallery.get_by_role("navigation", name="Các mục chính")
    expect(places).to_be_hidden()

    gallery.get_by_role("button", name="Mục").click()

    expect(places).to_be_visible()
    expect(gallery.get_by_role("button", name="Mục")).to_have_attribute("aria-expanded", "true")


def test_skip_link_is_the_first_stop_and_leads_to_the_content(gallery):
    gallery.goto("/huong-dan/")

    gallery.keyboard.press("Tab")
    expect(gallery.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    gallery.keyboard.press("Enter")

    expect(gallery.locator("#main")).to_be_focused()


def test_errors_are_listed_first_and_lead_to_their_fields(gallery):
    expect(gallery.locator("#error-summary")).to_be_focused()

    gallery.get_by_role("link", name="Tháng 2/1948 không có ngày 31.").click()

    expect(gallery.locator("#id_bad-birth_date")).to_be_focused()
    expect(gallery.locator("#id_bad-birth_date")).to_have_value("31/02/1948")


def test_combobox_is_worked_by_keyboard(gallery):
    box = gallery.get_by_role("combobox", name=re.compile("Chẩn đoán chính")).first
    box.fill("")
    box.press_sequentially("tram cam")
    expect(gallery.get_by_role("option", name=re.compile("F32"))).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")

    box.press("ArrowDown")
    assert gallery.locator(f"#{box.get_attribute('aria-activedescendant')}").get_attribute("aria-selected") == "true"
    box.press("Enter")

    expect(box).to_have_value("F32 – Giai đoạn trầm cảm")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_combobox_escape_keeps_what_was_typed(gallery):
    box = gallery.get_by_role("combobox", name=re.compile("Chẩn đoán chính")).first
    box.fill("")
    box.press_sequentially("bai")
    expect(gallery.get_by_role("option", name=re.compile("G80"))).to_be_visible()

    box.press("Escape")

    expect(box).to_have_value("bai")
    expect(gallery.get_by_role("option", name=re.compile("G80"))).to_be_hidden()


def test_combobox_takes_no_key_from_an_input_method(gallery):
    """Telex and VNI compose with Enter and arrows; those keys are theirs until the word is done."""
    box = gallery.get_by_role("combobox", name=re.compile("Chẩn đoán chính")).first
    box.fill("")
    box.press_sequentially("dau")
    expect(gallery.get_by_role("option", name=re.compile("M54"))).to_be_visible()

    box.dispatch_event("compositionstart")
    box.press("ArrowDown")

    assert box.get_attribute("aria-activedescendant") is None


def test_combobox_without_connection_stays_a_text_field(gallery):
    gallery.route("**/thanh-phan/danh-muc**", lambda route: route.abort())
    box = gallery.get_by_role("combobox", name=re.compile("Chẩn đoán chính")).first

    box.fill("")
    box.press_sequentially("I10")

    expect(box).to_have_value("I10")


def test_list_of_codes_grows_by_a_row(gallery):
    rows = gallery.get_by_role("group", name=re.compile("Chẩn đoán kèm theo")).first.get_by_role("combobox")
    before = rows.count()

    gallery.get_by_role("button", name="Thêm dòng").first.click()

    expect(rows).to_have_count(before + 1)
    expect(rows.last).to_be_focused()
    expect(rows.last).to_have_value("")
    ids = rows.evaluate_all("nodes => nodes.map(node => node.id)")
    assert len(set(ids)) == len(ids)


def test_dialog_holds_the_focus_and_gives_it_back(gallery):
    opener = gallery.get_by_role("button", name="Mở hộp thoại")
    opener.click()
    dialog = gallery.get_by_role("dialog", name="Xác nhận ra khỏi cơ sở")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("node => node.contains(document.activeElement)")

    gallery.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_chart_opens_its_figures(gallery):
    chart = gallery.locator("figure").filter(has_text="hồ sơ điện tử").first

    chart.get_by_text("Xem bảng số liệu").click()

    expect(chart.get_by_role("row", name=re.compile("2025"))).to_contain_text("68,2")


def test_list_on_a_phone_is_cards_that_name_each_value(gallery):
    gallery.set_viewport_size({"width": 360, "height": 800})
    table = gallery.get_by_role("table", name="Người đang ở cơ sở")

    expect(table.get_by_role("columnheader").first).not_to_be_in_viewport()
    expect(table.get_by_text("Ngày sinh").nth(1)).to_be_visible()
    assert table.get_by_role("row").count() == 4


def test_paper_carries_the_record_and_not_the_way_around_it(gallery):
    gallery.emulate_media(media="print", color_scheme="dark")

    expect(gallery.locator(".as-header")).to_be_hidden()
    expect(gallery.get_by_role("button", name="In trang này")).to_be_hidden()
    expect(gallery.get_by_role("heading", name="Hồ sơ một người")).to_be_visible()
    assert gallery.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--as-ink')") == "#1c2a29"


def test_printed_table_gives_room_to_what_a_row_is_about(gallery):
    gallery.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots an inch
    gallery.emulate_media(media="print")

    heading = gallery.locator("table.as-table tbody th").first
    link = gallery.locator("table.as-table tbody a").first

    assert heading.evaluate("cell => getComputedStyle(cell).minWidth") == "192px"
    assert heading.bounding_box()["width"] >= 192
    assert link.evaluate("link => getComputedStyle(link).textDecorationLine") == "none"


def test_unsaved_words_are_guarded_where_no_draft_can_be_sealed(page, log_in):
    page.add_init_script("Object.defineProperty(globalThis, 'crypto', { value: {} })")  # plain http elsewhere
    log_in("dieuduong")
    page.goto("/nguoi/moi/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    page.get_by_label("Họ và tên").first.press_sequentially("Y Bhin")
    page.get_by_role("link", name="Trang chính").first.click()
    page.wait_for_timeout(300)

    assert asked == ["beforeunload"]
    expect(page.get_by_label("Họ và tên").first).to_have_value("Y Bhin")


def test_pages_live_under_a_strict_content_policy(gallery):
    policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'"
    said: list[str] = []
    gallery.on("console", lambda message: said.append(message.text))

    def under_policy(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    gallery.route(f"**{GALLERY}", under_policy)
    gallery.goto(GALLERY)
    box = gallery.get_by_role("combobox", name=re.compile("Chẩn đoán chính")).first
    box.fill("")
    box.press_sequentially("tram")

    expect(gallery.get_by_role("option", name=re.compile("F32"))).to_be_visible()
    assert [text for text in said if "Content Security Policy" in text] == []


def test_pages_work_without_scripts(browser, site, pass_of_admin):
    context = browser.new_context(base_url=site, storage_state=pass_of_admin, java_script_enabled=False)
    plain = context.new_page()

    plain.goto(GALLERY)

    expect(plain.get_by_role("navigation", name="Các mục chính")).to_be_visible()
    expect(plain.locator("#id_good-diagnosis")).to_have_value(re.compile("I10"))
    expect(plain.get_by_role("button", name="Thêm dòng").first).to_be_hidden()
    expect(plain.locator("svg.as-chart__drawing").first).to_be_visible()
    context.close()
