"""A day on a ward in a real browser: work list, bed, a round by keyboard, care log, and drafts that survive."""

import random
import re

import pytest
from playwright.sync_api import Page, expect

MAIN = "main"
NAMES = (
    "An",
    "Bình",
    "Chi",
    "Dung",
    "Giang",
    "Hà",
    "Khánh",
    "Lâm",
    "Minh",
    "Nga",
    "Oanh",
    "Phúc",
    "Quân",
    "Sơn",
    "Thu",
)


@pytest.fixture(scope="module")
def made() -> list[tuple[str, str]]:
    """Who was admitted for these tests: one person is enough for all of them."""
    return []


@pytest.fixture
def resident(page: Page, log_in, made) -> tuple[str, str]:
    """(name, address of the record) of somebody who was given the first free place of the house."""
    log_in("dieuduong")
    if not made:
        made.append(admitted(page))
    return made[0]


def admitted(page: Page) -> tuple[str, str]:
    """Register somebody from the keyboard and give them a bed."""
    name, address = registered(page)
    page.get_by_role("link", name="Giường, đi vắng").click()
    page.get_by_label("Giường hoặc phòng").select_option(index=1)
    page.get_by_role("button", name="Xếp giường").click()
    if (full := page.get_by_label("Vẫn xếp dù phòng đã đủ người")).is_visible():
        full.check()
        page.get_by_role("button", name="Xếp giường").click()
    expect(page.get_by_text("Đã xếp:")).to_be_visible()
    return name, address


def registered(page: Page) -> tuple[str, str]:
    """Register somebody who comes to stay; there is no bed yet."""
    name = " ".join(random.choices(NAMES, k=4))
    page.goto("/nguoi/moi/")
    expect(page.get_by_label("Họ và tên", exact=True)).to_be_focused()
    page.keyboard.type(name)
    page.locator("#id_kind").select_option("inpatient")
    page.keyboard.press("Control+Enter")
    if (still_new := page.get_by_role("button", name="Vẫn là người mới")).is_visible():
        still_new.click()
    page.wait_for_url(re.compile(r"/nguoi/[0-9a-f-]{36}/$"))
    return name, page.url


def fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.usefixtures("resident")
@pytest.mark.parametrize(
    "address",
    ["/", "/khoa-phong/", "/khoa-phong/do-chi-so/", "/khoa-phong/so-cham-soc/", "/khoa-phong/ban-giao/"],
)
def test_ward_pages_fit_every_width_and_pass_axe(page: Page, no_axe_violations, address):
    page.goto(address)

    no_axe_violations(page)
    for width in (360, 768, 1440):
        fits(page, width)


def test_work_list_is_one_tap_from_the_action_and_keeps_its_filter(page: Page, log_in):
    log_in("dieuduong")
    name, _address = registered(page)
    page.goto("/?khoa=&viec=")
    page.get_by_role("link", name=re.compile("^Chưa có giường")).first.click()
    page.goto("/nguoi/")
    page.goto("/")

    expect(page.locator(".as-chip--current")).to_contain_text("Chưa có giường")
    page.get_by_role("link", name=re.compile(f"^Xếp giường.*{name}")).first.click()
    expect(page.get_by_label("Giường hoặc phòng")).to_be_visible()


def test_round_is_typed_like_a_spreadsheet_and_says_at_once_what_cannot_be(page: Page, resident):
    name, _address = resident
    page.goto("/khoa-phong/do-chi-so/")
    line = page.locator("tr.as-grid__row").filter(has_text=name)
    column = line.locator("input")
    column.first.focus()

    page.keyboard.type("80")
    page.keyboard.press("Tab")
    page.keyboard.type("120")
    page.keyboard.press("Tab")
    page.keyboard.type("72")
    told = line.locator("xpath=following-sibling::tr[1]")
    expect(told).to_contain_text("Huyết áp tâm thu phải lớn hơn huyết áp tâm trương.")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(column.nth(0)).to_be_focused()
    page.keyboard.type("135")
    page.keyboard.press("Tab")
    page.keyboard.type("85")
    page.keyboard.press("Tab")
    expect(told).to_be_hidden()

    page.keyboard.press("Tab")
    page.keyboard.type("420")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Còn dòng cần sửa")).to_be_visible()
    again = page.locator("tr.as-grid__row").filter(has_text=name).locator("input")
    expect(again.nth(0)).to_have_value("135")
    again.nth(3).fill("36,6")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("Đã lưu chỉ số của 1 người"))).to_be_visible()


def test_enter_goes_down_to_where_the_row_began(page: Page, resident):
    page.goto("/khoa-phong/do-chi-so/")
    lines = page.locator("tr.as-grid__row")
    if lines.count() < 2:
        pytest.skip("one resident only")
    lines.nth(0).locator("input").nth(0).click()
    for text, key in (("120", "Tab"), ("80", "Enter")):
        page.keyboard.type(text)
        page.keyboard.press(key)

    expect(lines.nth(1).locator("input").nth(0)).to_be_focused()


def test_restraint_is_asked_for_its_reason_and_stands_on_the_handover(page: Page, resident):
    name, _address = resident
    page.goto("/khoa-phong/so-cham-soc/")
    box = page.get_by_label(f"Cố định, {name}", exact=True)
    box.check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Còn dòng cần sửa")).to_be_visible()
    expect(page.get_by_label(f"Cố định, {name}", exact=True)).to_be_checked()

    page.get_by_label(f"Lý do cố định, {name}").fill("Kích động, đánh người")
    page.get_by_label(f"Xem lại lúc nào, kết quả, {name}").fill("10h, đã tháo")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu sổ chăm sóc: 1 dòng.")).to_be_visible()
    page.get_by_role("link", name="Bàn giao ca").click()
    expect(page.locator("tr").filter(has_text=name)).to_contain_text("Kích động, đánh người")


# --- drafts --------------------------------------------------------------------------------------------------------


def type_a_note(page: Page, address: str, words: str) -> None:
    page.goto(f"{address}kham/")
    page.locator("html[data-drafts=kept]").wait_for(state="attached")
    page.get_by_label("Nhận xét").fill(words)
    page.wait_for_function(
        "[...Array(localStorage.length).keys()].some(n => localStorage.key(n).startsWith('ansinh-giu:'))"
    )


def kept(page: Page) -> int:
    names = "[...Array(localStorage.length).keys()].map(n => localStorage.key(n))"
    return page.evaluate(f"{names}.filter(name => name.startsWith('ansinh-giu:')).length")


def test_closed_tab_loses_nothing_and_the_device_cannot_be_read(page: Page, resident):
    _name, address = resident
    type_a_note(page, address, "Ho khan ba ngày")
    everything = page.evaluate("JSON.stringify({...localStorage})")
    assert "Ho khan" not in everything
    assert address.split("/")[-2] not in everything

    other = page.context.new_page()
    page.close()
    other.goto(f"{address}kham/")

    expect(other.get_by_label("Nhận xét")).to_have_value("Ho khan ba ngày")
    expect(other.locator(".as-draft")).to_contain_text("chưa lưu đã được đưa lại")
    other.get_by_role("button", name="Lưu lần khám").click()
    expect(other.get_by_text("Đã lưu lần khám.")).to_be_visible()
    other.wait_for_function("document.documentElement.dataset.drafts === 'kept'")
    assert kept(other) == 0


def test_draft_that_is_discarded_is_gone(page: Page, resident):
    _name, address = resident
    type_a_note(page, address, "Ghi nhầm")
    page.reload()

    page.get_by_role("button", name="Bỏ phần này").click()

    expect(page.get_by_label("Nhận xét")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Nhận xét")).to_have_value("")


def new_person_half_typed(page: Page, name: str) -> None:
    """The page of a new record, opened again after a name was typed there and not saved."""
    page.goto("/nguoi/moi/")
    page.locator("html[data-drafts=kept]").wait_for(state="attached")
    page.get_by_label("Họ và tên").first.fill(name)
    page.wait_for_function(
        "[...Array(localStorage.length).keys()].some(n => localStorage.key(n).startsWith('ansinh-giu:'))"
    )
    page.goto("/nguoi/moi/")


def test_new_record_is_empty_and_offers_what_was_typed_before(page: Page, resident):
    new_person_half_typed(page, "Lò Thị Nháp")

    expect(page.locator(".as-draft")).to_contain_text("gõ dở một hồ sơ mới")
    expect(page.get_by_label("Họ và tên").first).to_have_value("")
    page.get_by_role("button", name="Đưa phần gõ dở vào đây").click()

    expect(page.get_by_label("Họ và tên").first).to_have_value("Lò Thị Nháp")
    page.get_by_role("button", name="Bỏ phần này").click()
    page.locator("html[data-drafts=kept]").wait_for(state="attached")
    expect(page.get_by_label("Họ và tên").first).to_have_value("")
    expect(page.locator(".as-draft")).to_have_count(0)


def test_offer_of_an_earlier_record_is_declined_and_gone(page: Page, resident):
    new_person_half_typed(page, "Lò Thị Nháp")

    page.get_by_role("button", name="Bỏ phần này").click()

    expect(page.locator(".as-draft")).to_have_count(0)
    expect(page.get_by_label("Họ và tên").first).to_have_value("")
    assert kept(page) == 0


def test_lost_connection_says_so_keeps_the_page_and_saves_when_it_is_back(page: Page, resident):
    _name, address = resident
    type_a_note(page, address, "Mất mạng giữa chừng")
    page.context.set_offline(True)

    page.keyboard.press("Control+Enter")
    expect(page.locator(".as-draft")).to_contain_text("Đang mất kết nối")
    expect(page.get_by_label("Nhận xét")).to_have_value("Mất mạng giữa chừng")
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Đã lưu lần khám.")).to_be_visible()


def test_session_that_ended_brings_the_words_back_after_the_log_in(page: Page, resident, log_in, sessions):
    _name, address = resident
    type_a_note(page, address, "Hết phiên")
    sessions.pop("dieuduong")
    log_in("dieuduong")  # a new session of the same account

    page.goto(f"{address}kham/")

    expect(page.get_by_label("Nhận xét")).to_have_value("Hết phiên")


def test_draft_of_one_account_is_not_opened_by_another(page: Page, resident, log_in):
    _name, address = resident
    type_a_note(page, address, "Của điều dưỡng")
    log_in("bacsi")

    page.goto(f"{address}kham/")

    expect(page.get_by_label("Nhận xét")).to_have_value("")


def test_log_out_forgets_every_draft(page: Page, resident, sessions):
    _name, address = resident
    type_a_note(page, address, "Quên khi đăng xuất")

    page.locator("details.as-menu").last.locator("summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap/**")
    sessions.pop("dieuduong", None)

    assert kept(page) == 0


def test_form_refused_by_the_node_keeps_its_newest_words(page: Page, resident):
    _name, address = resident
    type_a_note(page, address, "Huyết áp gõ nhầm")
    page.locator("#id_systolic").fill("420")
    page.locator("#id_diastolic").fill("80")
    page.get_by_role("button", name="Lưu lần khám").click()

    expect(page.get_by_label("Nhận xét")).to_have_value("Huyết áp gõ nhầm")
    page.locator("#id_systolic").fill("142")
    page.get_by_role("button", name="Lưu lần khám").click()
    expect(page.get_by_text("Đã lưu lần khám.")).to_be_visible()
