"""The card field by itself, in a real browser: a scanner, paste, the camera, and everything that goes wrong."""

import json
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, expect

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
CARD = "036085000000||NGUYỄN VĂN A|01011985|Nam|Thôn 1, Xã Mẫu, Huyện Mẫu, Ninh Bình|20042022"
FIELDS = {"full_name": "NGUYỄN VĂN A", "birth_date": "01/01/1985", "gender": "male", "citizen_number": "036085000000"}

FORM = """<h1>Hồ sơ</h1><form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="token">
    <ansinh-card-scan src="/nguoi/the/"></ansinh-card-scan>
    <p><label for="n">Họ và tên</label><input id="n" name="full_name"></p>
    <p><label for="d">Ngày sinh</label><input id="d" name="birth_date"></p>
    <p><label for="c">Số căn cước</label><input id="c" name="citizen_number"></p>
    <fieldset><legend>Giới tính</legend><input type="radio" name="gender" id="m" value="male"><label for="m">Nam</label>
    <input type="radio" name="gender" id="f" value="female"><label for="f">Nữ</label></fieldset>
    <p><label for="g">Ghi chú</label><textarea id="g" name="note"></textarea></p>
    <button type="submit">Lưu</button></form>"""


@dataclass
class Desk:
    """A page with the field in a form; `asked` are the bodies the server was sent, `answer` what it says."""

    page: Page
    bundle: str
    asked: list[dict] = field(default_factory=list)
    submitted: int = 0
    answer: dict | None = field(default_factory=lambda: {"kind": "citizen", "fields": FIELDS, "problems": []})

    def respond(self, route):
        request = route.request
        if request.url.endswith("/nguoi/the/"):
            self.asked.append({key: value[0] for key, value in parse_qs(request.post_data or "").items()})
            assert request.headers["x-csrftoken"] == "token"
            if self.answer is None:
                route.abort()
            else:
                status = 422 if self.answer["problems"] else 200
                route.fulfill(body=json.dumps(self.answer), content_type="application/json", status=status)
        elif request.method == "POST":
            self.submitted += 1
            route.fulfill(body="<h1>Đã lưu</h1>", content_type="text/html")
        elif request.url.endswith(".js"):
            route.fulfill(body=self.bundle, content_type="text/javascript")
        else:
            page = f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>Hồ sơ</title>{FORM}'
            route.fulfill(body=f'{page}<script type="module" src="/a.js"></script>', content_type="text/html")

    @property
    def field(self):
        return self.page.get_by_label("Mã QR trên thẻ")

    def scan(self, text=CARD):
        """What a keyboard-wedge scanner does: a key each four milliseconds, then Enter.

        The keys carry their own times, so that a machine that stalls between them does not look like a person.
        """
        session, began = self.page.context.new_cdp_session(self.page), time.time()
        for number, letter in enumerate(text):
            at = {"key": letter, "timestamp": began + number * 0.004}
            session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **at})
            session.send("Input.dispatchKeyEvent", {"type": "keyUp", **at})
        enter = {"key": "Enter", "code": "Enter", "text": "\r", "timestamp": began + len(text) * 0.004}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", **enter})

    def expect_filled(self):
        expect(self.page.get_by_role("status").filter(has_text="Đã điền 4 ô từ thẻ")).to_be_visible()
        expect(self.page.get_by_label("Họ và tên")).to_have_value("NGUYỄN VĂN A")
        expect(self.page.get_by_label("Ngày sinh")).to_have_value("01/01/1985")
        expect(self.page.get_by_label("Nam")).to_be_checked()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    out = tmp_path_factory.mktemp("bundle") / "a.js"
    entry = "import './src/scanner/index.ts'; import encodeQR from 'qr'; window.encodeQR = encodeQR;"
    command = ["node_modules/.bin/esbuild", "--bundle", "--format=esm", f"--outfile={out}", "--log-level=error"]
    subprocess.run(command, cwd=FRONTEND, check=True, input=entry, text=True)
    return out.read_text(encoding="utf-8")


@pytest.fixture
def opened(browser: Browser, bundle):
    contexts = []

    def open_at(address, **options):
        context = browser.new_context(locale="vi-VN", **options)
        contexts.append(context)
        desk = Desk(context.new_page(), bundle)
        context.route("**/*", desk.respond)
        desk.page.goto(address)
        expect(desk.page.get_by_role("button", name="Đọc thẻ")).to_be_visible()
        return desk

    yield open_at
    for context in contexts:
        context.close()


@pytest.fixture
def desk(opened):
    return opened("http://localhost:4778/nguoi/moi/")


def test_scan_into_the_field_fills_the_form_and_does_not_send_it(desk):
    desk.field.focus()

    desk.scan()

    desk.expect_filled()
    assert desk.asked == [{"qr": CARD}]
    assert desk.submitted == 0
    expect(desk.field).to_have_value("")


@pytest.mark.parametrize("name", ["Họ và tên", "Ghi chú"])
def test_scan_while_the_cursor_is_elsewhere_gives_that_field_its_text_back(desk, name):
    elsewhere = desk.page.get_by_label(name)
    desk.page.get_by_label("Ghi chú").fill("đã có")
    elsewhere.focus()
    before = elsewhere.input_value()

    desk.scan()

    expect(desk.page.get_by_role("status").filter(has_text="từ thẻ")).to_be_visible()
    expect(desk.page.get_by_label("Ghi chú")).to_have_value("đã có")
    assert elsewhere.input_value() == ("NGUYỄN VĂN A" if name == "Họ và tên" else before)
    assert desk.submitted == 0


def test_pasted_card_is_read_at_once(desk):
    desk.field.focus()
    desk.page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text", text);
        const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(paste); }""",
        CARD,
    )

    desk.expect_filled()


def test_what_was_typed_is_kept_and_the_card_is_offered(desk):
    desk.page.get_by_label("Họ và tên").fill("Nguyễn Văn An")
    desk.field.fill(CARD)

    desk.page.get_by_role("button", name="Đọc thẻ").click()

    expect(desk.page.get_by_text("Giữ nguyên “Họ và tên” đã nhập")).to_be_visible()
    expect(desk.page.get_by_label("Họ và tên")).to_have_value("Nguyễn Văn An")
    offer = desk.page.get_by_role("button", name="Thay “Họ và tên” bằng: NGUYỄN VĂN A")
    expect(offer).to_have_class(re.compile("nhsuk-button--secondary"))  # the page's own buttons, not the browser's
    offer.click()
    expect(desk.page.get_by_label("Họ và tên")).to_have_value("NGUYỄN VĂN A")


def test_everything_typed_is_replaced_by_the_card_with_one_press(desk):
    desk.page.get_by_label("Họ và tên").fill("Nguyễn Văn An")
    desk.page.get_by_label("Ngày sinh").fill("1980")
    desk.field.fill(CARD)
    desk.page.get_by_role("button", name="Đọc thẻ").click()

    desk.page.get_by_role("button", name="Thay tất cả bằng thông tin trên thẻ").click()

    expect(desk.page.get_by_label("Họ và tên")).to_have_value("NGUYỄN VĂN A")
    expect(desk.page.get_by_label("Ngày sinh")).to_have_value("01/01/1985")
    expect(desk.page.get_by_text("Giữ nguyên")).to_have_count(0)
    expect(desk.field).to_be_focused()


def test_card_that_cannot_be_read_says_why_and_fills_nothing(desk):
    desk.answer = {"fields": {}, "problems": [{"field": "card", "message": "Mã bị quét thiếu, hãy quét lại."}]}
    desk.field.fill("036085000000|x")

    desk.field.press("Enter")

    expect(desk.page.get_by_role("alert")).to_have_text("Mã bị quét thiếu, hãy quét lại.")
    expect(desk.field).to_have_value("036085000000|x")
    expect(desk.page.get_by_label("Họ và tên")).to_have_value("")
    assert desk.field.get_attribute("aria-invalid") == "true"


def test_server_that_cannot_be_reached_loses_nothing(desk):
    desk.answer = None
    desk.field.fill(CARD)
    desk.field.press("Enter")

    expect(desk.page.get_by_role("alert")).to_contain_text("Chưa gửi được đến máy chủ")
    expect(desk.field).to_have_value(CARD)


def test_empty_field_is_not_sent(desk):
    desk.page.get_by_role("button", name="Đọc thẻ").click()

    expect(desk.page.get_by_role("alert")).to_have_text("Chưa có nội dung mã QR.")
    assert desk.asked == []


def test_keyboard_that_composes_is_told_to_be_turned_off(desk):
    desk.field.focus()
    session = desk.page.context.new_cdp_session(desk.page)
    session.send("Input.imeSetComposition", {"text": "nguyeenx", "selectionStart": 8, "selectionEnd": 8})
    session.send("Input.insertText", {"text": "nguyễn"})

    desk.field.press("Enter")

    expect(desk.page.get_by_role("alert")).to_contain_text("Hãy tắt bộ gõ rồi quét lại")
    assert desk.asked == []


CAMERA = """text => { navigator.mediaDevices.getUserMedia = async () => {
    const rows = window.encodeQR(text, "raw", { border: 4 }), size = rows.length * 5;
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const pen = canvas.getContext("2d");
    const draw = () => rows.forEach((row, y) => row.forEach((dark, x) => {
        pen.fillStyle = dark ? "#000" : "#fff"; pen.fillRect(x * 5, y * 5, 5, 5); }));
    draw(); setInterval(draw, 50);
    return canvas.captureStream(20); } }"""


def test_camera_reads_the_code_and_closes(desk):
    desk.page.evaluate(CAMERA, CARD)

    desk.page.get_by_role("button", name="Quét bằng camera").click()

    desk.expect_filled()
    assert desk.asked == [{"qr": CARD}]
    expect(desk.page.get_by_role("dialog")).to_have_count(0)


def test_camera_can_be_closed_without_a_code(desk):
    desk.page.get_by_role("button", name="Quét bằng camera").click()
    expect(desk.page.get_by_role("dialog")).to_be_visible()

    desk.page.get_by_role("button", name="Đóng camera").click()

    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    assert desk.asked == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "chưa được phép dùng camera"),
        ("NotFoundError", "không có camera"),
        ("NotReadableError", "đang được chương trình khác dùng"),
        ("TypeError", "Không mở được camera"),
    ],
)
def test_refusal_of_the_camera_is_explained(desk, error, words):
    desk.page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); } }", error
    )

    desk.page.get_by_role("button", name="Quét bằng camera").click()

    expect(desk.page.get_by_role("alert")).to_contain_text(words)
    expect(desk.field).to_be_focused()


def test_camera_over_plain_http_is_explained(opened):
    desk = opened("http://an-sinh.example/nguoi/moi/")

    desk.page.get_by_role("button", name="Quét bằng camera").click()

    expect(desk.page.get_by_role("alert")).to_contain_text("chỉ dùng được khi trang mở bằng https")


def test_card_field_passes_axe(desk, no_axe_violations):
    desk.page.evaluate("document.body.prepend(Object.assign(document.createElement('main'), {id: 'm2'}))")
    desk.page.evaluate(
        "document.getElementById('m2').append(document.querySelector('h1'), document.querySelector('form'))"
    )
    desk.page.add_style_tag(content="button, input, textarea { min-height: 24px; min-width: 24px }")

    no_axe_violations(desk.page)
