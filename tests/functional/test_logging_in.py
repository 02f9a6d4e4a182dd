"""Second factors in a real browser: codes of a telephone, a passkey of Chromium's virtual authenticator, and what is
shown on a phone.

Each journey opens an account of its own, so that it can be walked again on the same site.
"""

import itertools
import random
import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import CDPSession, Page, expect

PHRASE = "bốn con mèo qua sông"
WIDTHS = (360, 768, 1440)
_numbers = itertools.count(random.randrange(10**8))


@pytest.fixture
def by_name(page: Page, site: str) -> Page:
    """The site by its name: browsers give no passkeys to a bare address."""
    page.context.clear_cookies()
    page.goto(site.replace("127.0.0.1", "localhost"))
    return page


@pytest.fixture
def authenticator(by_name: Page) -> CDPSession:
    """A platform authenticator that keeps keys and says that it checked its owner."""
    session = by_name.context.new_cdp_session(by_name)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def enter(page: Page, username: str, password: str) -> None:
    page.goto(f"{origin(page)}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Đăng nhập")


def origin(page: Page) -> str:
    return re.match(r"https?://[^/]+", page.url)[0]


def leave(page: Page) -> None:
    page.locator(".as-menu__summary").click()
    page.get_by_role("button", name="Đăng xuất", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Đăng nhập")).to_be_visible()


def fits(page: Page) -> None:
    """Nothing to scroll sideways at any width, and nothing but the form's own errors told."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)


def a_nurse(page: Page, no_axe_violations) -> str:
    """The director opens an account, the nurse sets a password with the code on paper. Returns the login name."""
    name = f"dd{next(_numbers)}"
    enter(page, "giamdoc", "An-Sinh-1942")
    page.goto(f"{origin(page)}/tai-khoan/moi/")
    no_axe_violations(page)
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Họ và tên").fill("Nguyễn Thị Thử")
    page.get_by_label("Vai trò").select_option(label="Điều dưỡng")
    page.get_by_role("button", name="Mở tài khoản").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã một lần")
    no_axe_violations(page)
    fits(page)
    code = page.locator("dd code").nth(1).inner_text()
    leave(page)

    page.get_by_role("link", name="Đặt mật khẩu bằng mã một lần").click()
    no_axe_violations(page)
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mã một lần").fill(code.lower())
    page.get_by_label("Mật khẩu mới", exact=True).fill(PHRASE)
    page.get_by_label("Nhập lại mật khẩu mới").fill(PHRASE)
    page.get_by_role("button", name="Đặt mật khẩu").click()
    expect(page.get_by_text("Đã đặt mật khẩu mới.")).to_be_visible()
    return name


def code_of(secret: str, later: int = 0) -> str:
    """What a telephone shows now, or so many half-minutes later."""
    counter = list(totp.yield_hotp_counters_from_time())[1]
    return totp.format_hotp_value(totp.hotp_value(secret, counter + later))


def test_a_telephone_guards_an_account_and_a_recovery_code_saves_it(by_name, no_axe_violations):
    page = by_name
    name = a_nurse(page, no_axe_violations)
    enter(page, name, PHRASE)
    page.goto(f"{origin(page)}/bao-mat/")
    no_axe_violations(page)
    fits(page)
    page.get_by_role("link", name="Bật mã xác thực").click()
    no_axe_violations(page)
    fits(page)
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_label("Mã đang hiện trên điện thoại").fill("000000")
    page.get_by_role("button", name="Bật mã xác thực").click()
    expect(page.get_by_text("Mã không đúng").first).to_be_visible()
    assert page.locator("main code").inner_text().replace(" ", "") == secret
    used = code_of(secret)
    page.get_by_label("Mã đang hiện trên điện thoại").fill(used)
    page.get_by_role("button", name="Bật mã xác thực").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã dự phòng")
    no_axe_violations(page)
    saved = page.locator("main li code").first.inner_text()
    leave(page)

    enter(page, name, PHRASE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Xác thực lần hai")
    no_axe_violations(page)
    fits(page)
    page.get_by_label("Mã xác thực").fill(used)
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_text("đã dùng rồi").first).to_be_visible()
    page.get_by_label("Mã xác thực").fill(code_of(secret, 1))  # surely another one than the used one
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Xác thực lần hai")
    leave(page)

    enter(page, name, PHRASE)
    page.get_by_label("Mã xác thực").fill(saved)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Xác thực lần hai")
    page.goto(f"{origin(page)}/bao-mat/")
    expect(page.get_by_text("Còn 9 mã chưa dùng")).to_be_visible()


def test_a_passkey_opens_the_account_alone_and_after_a_password(by_name, authenticator, no_axe_violations):
    page = by_name
    name = a_nurse(page, no_axe_violations)
    enter(page, name, PHRASE)
    page.goto(f"{origin(page)}/bao-mat/khoa/")
    no_axe_violations(page)
    page.get_by_label("Tên của khóa").fill("Máy khoa Nội")
    page.get_by_role("button", name="Tạo khóa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã dự phòng")
    page.get_by_role("link", name="Tôi đã ghi lại").click()
    expect(page.get_by_text("Máy khoa Nội").first).to_be_visible()
    no_axe_violations(page)
    fits(page)
    leave(page)

    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page.locator(".as-menu__name")).to_have_text("Nguyễn Thị Thử")
    leave(page)

    enter(page, name, PHRASE)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page.locator(".as-menu__name")).to_have_text("Nguyễn Thị Thử")
    page.goto(f"{origin(page)}/bao-mat/")
    page.get_by_role("link", name=re.compile("Xóa khóa")).click()
    page.get_by_role("button", name="Xóa").click()
    expect(page.get_by_text("Đã xóa khóa truy cập.")).to_be_visible()
    leave(page)

    page.get_by_role("button", name="Dùng khóa truy cập").click()
    expect(page.get_by_role("heading", level=1, name="Đăng nhập")).to_be_visible()
    expect(page.get_by_text("Không nhận được khóa truy cập")).to_be_visible()


def test_a_second_browser_is_seen_and_ended(by_name, browser, site, no_axe_violations):
    page = by_name
    name = a_nurse(page, no_axe_violations)
    other = browser.new_context(base_url=site, locale="vi-VN")
    elsewhere = other.new_page()
    elsewhere.goto("/dang-nhap/")
    enter(elsewhere, name, PHRASE)
    enter(page, name, PHRASE)

    page.goto(f"{origin(page)}/bao-mat/")
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="Kết thúc")).nth(1)
    row.get_by_role("button").click()
    expect(page.get_by_text("Đã kết thúc phiên làm việc đó.")).to_be_visible()
    elsewhere.goto("/bao-mat/")
    expect(elsewhere.get_by_role("heading", level=1, name="Đăng nhập")).to_be_visible()
    other.close()


@pytest.mark.parametrize("who", ["quantri", "giamdoc"])
def test_who_looks_after_accounts_finds_one_by_keyboard_and_on_a_phone(page, log_in, no_axe_violations, who):
    log_in(who)
    page.goto("/tai-khoan/")
    no_axe_violations(page)
    fits(page)
    page.get_by_label("Họ tên hoặc tên đăng nhập").fill("tran thi lan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="dieuduong")).to_be_visible()
    assert "lan" not in page.url
    page.get_by_role("link", name="dieuduong").click()
    no_axe_violations(page)
    fits(page)
    expect(page.get_by_role("button", name="Cấp mã một lần")).to_be_visible()


def test_logging_in_works_without_scripts(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto("/dang-nhap/")
    enter(page, "dieuduong", "An-Sinh-1942")
    page.goto("/bao-mat/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Bảo mật tài khoản")
    page.goto("/bao-mat/khoa/")
    expect(page.get_by_role("button", name="Tạo khóa")).not_to_be_visible()
    context.close()
