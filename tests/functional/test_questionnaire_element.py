"""The form component by itself, in a real browser: drawn from a definition, answered by keyboard, posted as FHIR."""

import json
import subprocess
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
SHEET = ROOT / "src/ansinh/ui/static/build/ansinh.css"
ADDRESS = "http://localhost:4777/phieu/"  # where a browser offers its cipher
KEY = b64encode(b"k" * 32).decode()


@dataclass
class Stage:
    """A page with one form around the component; what the form posts is kept in `posted`."""

    page: Page
    bundle: str
    posted: list[dict] = field(default_factory=list)
    body: str = ""
    lang: str = "vi"

    def show(self, questionnaire, *more, lang="vi", attributes='draft="k"'):
        scripts = "".join(
            f'<script type="application/json">{json.dumps(each)}</script>' for each in (questionnaire, *more)
        )
        self.lang = lang
        self.body = f"""<h1>Phiếu</h1><form method="post" action="/luu/">
            <ansinh-questionnaire name="response" {attributes}>{scripts}</ansinh-questionnaire>
            <button class="nhsuk-button" type="submit">Gửi</button></form>"""
        self.open()

    def open(self):
        self.page.goto(ADDRESS)

    def answer(self, route):
        request = route.request
        if request.method == "POST":
            self.posted.append({key: value[0] for key, value in parse_qs(request.post_data or "").items()})
            route.fulfill(
                body=self._html('<h1>Đã lưu</h1><ansinh-draft-done key="k"></ansinh-draft-done>'),
                content_type="text/html",
            )
        elif request.url.endswith(".css"):
            route.fulfill(body=SHEET.read_text(encoding="utf-8"), content_type="text/css")
        elif "/fonts/" in request.url or "/icons/" in request.url:
            route.fulfill(status=404)
        elif request.url.endswith(".js"):
            route.fulfill(body=self.bundle, content_type="text/javascript")
        else:
            route.fulfill(body=self._html(self.body), content_type="text/html")

    def _html(self, body):
        return f"""<!doctype html><html lang="{self.lang}"><meta charset="utf-8"><title>Phiếu</title>
            <meta name="viewport" content="width=device-width"><meta name="draft-key" content="{KEY}">
            <link rel="stylesheet" href="/a.css">
            <script type="module" src="/a.js"></script>
            <main>{body}</main></html>"""

    @property
    def response(self):
        return json.loads(self.posted[-1]["response"])

    def send(self):
        self.page.get_by_role("button", name="Gửi").click()

    def problems(self):
        return self.page.locator(".nhsuk-error-summary__list a").all_inner_texts()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    out = tmp_path_factory.mktemp("bundle") / "a.js"
    command = [
        "node_modules/.bin/esbuild",
        "src/questionnaire/index.ts",
        "--bundle",
        "--format=esm",
        f"--outfile={out}",
    ]
    subprocess.run([*command, "--log-level=error"], cwd=FRONTEND, check=True)
    return out.read_text(encoding="utf-8")


@pytest.fixture
def stage(browser: Browser, bundle):
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    made = Stage(page, bundle)
    page.route("http://localhost:4777/**", made.answer)
    yield made
    context.close()
    assert errors == []


def shipped(name):
    return yaml.safe_load((ROOT / "definitions/questionnaires" / f"{name}.yaml").read_text(encoding="utf-8"))


def questionnaire(*items):
    return {"resourceType": "Questionnaire", "url": "u", "version": "1", "status": "active", "item": list(items)}


def extension(name, **value):
    return {"url": f"http://hl7.org/fhir/StructureDefinition/{name}", **value}


def test_phq9_is_answered_by_keyboard_alone_and_posted_as_fhir(stage):
    stage.show(shipped("phq-9"))
    page = stage.page

    for _ in range(9):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Đã lưu")).to_be_visible()
    assert list(stage.posted[0]) == ["response"]
    assert stage.response["questionnaire"] == "https://ansinh.vn/fhir/Questionnaire/phq-9|1.0.0"
    codes = [item["answer"][0]["valueCoding"]["code"] for item in stage.response["item"][0]["item"]]
    assert codes == ["LA6569-3"] * 9
    assert stage.response["item"][1]["answer"][0]["valueCoding"]["code"] == "LA6572-7"


def test_total_is_live_and_says_what_is_open(stage):
    stage.show(shipped("gad-7"))
    page = stage.page
    score = page.locator(".as-score")
    expect(score).to_have_text("Tổng điểm đến lúc này: 0 trên 21. Còn 7 câu chưa trả lời.")

    for group in page.get_by_role("group").filter(has=page.get_by_role("radio")).all()[1:]:
        group.get_by_label("Gần như mọi ngày").check()

    expect(score).to_have_text("Tổng điểm: 21 trên 21.")
    assert score.get_attribute("role") == "status"


def test_open_questions_are_listed_and_lead_to_their_fields(stage):
    stage.show(shipped("audit-c"))
    page = stage.page

    stage.send()

    assert stage.posted == []
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    assert len(stage.problems()) == 1
    page.locator(".nhsuk-error-summary__list a").click()
    expect(page.locator("[id='response-audit1']")).to_be_focused()
    assert page.locator("[id='response-audit1']").get_attribute("aria-invalid") == "true"

    page.get_by_label("2–3 lần mỗi tuần").check()
    stage.send()
    assert len(stage.problems()) == 2


def test_question_that_is_no_longer_asked_is_hidden_and_not_posted(stage):
    stage.show(shipped("audit-c"))
    page = stage.page
    second = page.locator("[data-link=audit2]")
    expect(second).to_be_hidden()

    page.get_by_label("2–3 lần mỗi tuần").check()
    second.get_by_label("5 hoặc 6").check()
    page.get_by_label("Không bao giờ").first.check()
    expect(second).to_be_hidden()
    stage.send()

    assert [item["linkId"] for item in stage.response["item"]] == ["audit1"]


EVERY_TYPE = questionnaire(
    {"linkId": "lead", "type": "display", "text": "Lời dẫn"},
    {"linkId": "b", "type": "boolean", "text": "Có hút thuốc"},
    {"linkId": "n", "type": "decimal", "text": "Nhiệt độ", "extension": [extension("minValue", valueDecimal=30)]},
    {"linkId": "i", "type": "integer", "text": "Số con"},
    {"linkId": "d", "type": "date", "text": "Ngày sinh"},
    {"linkId": "dt", "type": "dateTime", "text": "Lúc ngã"},
    {"linkId": "t", "type": "time", "text": "Giờ uống thuốc"},
    {"linkId": "s", "type": "string", "text": "Nghề nghiệp"},
    {"linkId": "x", "type": "text", "text": "Ghi chú"},
    {"linkId": "u", "type": "url", "text": "Trang mạng"},
    {"linkId": "q", "type": "quantity", "text": "Cân nặng", "extension": [
        extension("questionnaire-unitOption", valueCoding={"code": "kg", "display": "kg"}),
        extension("questionnaire-unitOption", valueCoding={"code": "g", "display": "g"})]},
    {"linkId": "c", "type": "choice", "text": "Nhóm máu", "answerOption": [{"valueString": "A"}, {"valueString": "O"}]},
    {"linkId": "m", "type": "choice", "repeats": True, "text": "Triệu chứng", "answerOption": [
        {"valueString": "Ho"}, {"valueString": "Sốt"},
        {"valueString": "Không có", "extension": [extension("questionnaire-optionExclusive", valueBoolean=True)]}]},
    {"linkId": "o", "type": "open-choice", "text": "Dân tộc", "answerOption": [{"valueString": "Kinh"}]},
    {"linkId": "sel", "type": "choice", "text": "Tháng", "answerOption": [{"valueInteger": n} for n in range(1, 13)]},
    {"linkId": "at", "type": "attachment", "text": "Ảnh"},
    {"linkId": "sl", "type": "integer", "text": "Mức đau", "extension": [
        extension("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "slider"}]}),
        extension("minValue", valueInteger=0), extension("maxValue", valueInteger=10)]},
)  # fmt: skip


def test_every_type_of_question_is_typed_the_vietnamese_way(stage):
    stage.show(EVERY_TYPE)
    page = stage.page

    page.get_by_role("group", name="Có hút thuốc").get_by_label("Không").check()
    for label, text in {
        "Nhiệt độ": "36,5", "Số con": "2", "Ngày sinh": "3/1948", "Giờ uống thuốc": "8h05", "Nghề nghiệp": "Thợ may",
        "Ghi chú": "hai\ndòng", "Trang mạng": "https://vidu.vn", "Cân nặng (": "52,5", "Mức đau": "7",
    }.items():  # fmt: skip
        page.get_by_label(label).first.fill(text)
    page.get_by_role("group", name="Lúc ngã").get_by_label("Ngày").fill("27/03/2025")
    page.get_by_role("group", name="Lúc ngã").get_by_label("Giờ").fill("14:30")
    page.get_by_label("O", exact=True).check()
    page.get_by_label("Ho", exact=True).check()
    page.get_by_label("Sốt").check()
    page.get_by_role("group", name="Dân tộc").get_by_role("radio", name="Khác").check()
    page.get_by_label("Ghi rõ câu trả lời khác").fill("Mạ")
    page.get_by_label("Tháng").select_option(label="12")
    stage.send()

    answers = {item["linkId"]: item["answer"] for item in stage.response["item"]}
    given = {link: [value for answer in each for value in answer.values()] for link, each in answers.items()}
    assert given == {
        "b": [False], "n": [36.5], "i": [2], "d": ["1948-03"], "dt": ["2025-03-27T14:30:00+07:00"], "t": ["08:05:00"],
        "s": ["Thợ may"], "x": ["hai\ndòng"], "u": ["https://vidu.vn"],
        "q": [{"value": 52.5, "unit": "kg", "code": "kg"}],
        "c": ["O"], "m": ["Ho", "Sốt"], "o": ["Mạ"], "sel": [12], "sl": [7],
    }  # fmt: skip


def test_none_of_these_clears_the_others(stage):
    stage.show(EVERY_TYPE)
    page = stage.page
    page.get_by_label("Ho", exact=True).check()

    page.get_by_label("Không có").check()
    expect(page.get_by_label("Ho", exact=True)).not_to_be_checked()
    page.get_by_label("Sốt").check()
    expect(page.get_by_label("Không có")).not_to_be_checked()


def test_impossible_values_stay_in_their_fields_with_words(stage):
    stage.show(EVERY_TYPE)
    page = stage.page
    page.get_by_label("Ngày sinh").fill("31/02/2025")
    page.get_by_label("Nhiệt độ").fill("29")

    stage.send()

    assert stage.posted == []
    assert stage.problems() == [
        "Nhiệt độ: không được nhỏ hơn 30",
        "Ngày sinh: cần một ngày có thật, ví dụ 27/03/2025",
    ]
    expect(page.get_by_label("Ngày sinh")).to_have_value("31/02/2025")
    described = page.get_by_label("Ngày sinh").get_attribute("aria-describedby").split()
    assert "Cần một ngày có thật" in "".join(page.locator(f"[id='{each}']").inner_text() for each in described)


def test_what_was_typed_survives_leaving_and_goes_after_saving(stage):
    stage.show(EVERY_TYPE)
    page = stage.page
    page.get_by_label("Nghề nghiệp").fill("Thợ may")
    page.get_by_label("Ngày sinh").fill("31/02")

    stage.open()
    expect(page.get_by_label("Nghề nghiệp")).to_have_value("Thợ may")
    expect(page.get_by_label("Ngày sinh")).to_have_value("31/02")
    expect(page.get_by_text("Đã đưa lại những gì điền dở")).to_be_visible()

    page.get_by_label("Ngày sinh").fill("1948")
    stage.send()
    expect(page.get_by_role("heading", name="Đã lưu")).to_be_visible()
    stage.open()
    expect(page.get_by_label("Nghề nghiệp")).to_have_value("")


def test_restored_draft_can_be_discarded(stage):
    stage.show(EVERY_TYPE)
    stage.page.get_by_label("Nghề nghiệp").fill("Thợ may")
    stage.open()

    stage.page.get_by_role("button", name="Bỏ bản điền dở").click()

    expect(stage.page.get_by_label("Nghề nghiệp")).to_have_value("")
    stage.open()
    expect(stage.page.get_by_label("Nghề nghiệp")).to_have_value("")


def test_refusal_of_the_server_is_shown_at_its_question_with_the_answers(stage):
    given = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [
        {"linkId": "s", "answer": [{"valueString": "Thợ may"}]}]}  # fmt: skip
    stage.show(EVERY_TYPE, given, [{"link": "s", "message": "“Nghề nghiệp”: không có trong danh mục."}])

    expect(stage.page.locator(".nhsuk-error-summary")).to_be_focused()
    assert stage.problems() == ["“Nghề nghiệp”: không có trong danh mục."]
    expect(stage.page.get_by_label("Nghề nghiệp")).to_have_value("Thợ may")
    stage.page.get_by_label("Nghề nghiệp").fill("Thợ may áo dài")
    expect(stage.page.locator("[id='response-s-error']")).to_be_hidden()


REPEATING = questionnaire({"linkId": "g", "type": "group", "repeats": True, "text": "Thuốc", "item": [
    {"linkId": "name", "type": "string", "text": "Tên thuốc", "required": True}]})  # fmt: skip


def test_repetitions_are_added_and_removed_with_the_focus_kept(stage):
    stage.show(REPEATING)
    page = stage.page
    page.get_by_label("Tên thuốc").fill("Amlodipin")

    page.get_by_role("button", name="Thêm: Thuốc").click()
    second = page.get_by_label("Tên thuốc").nth(1)
    expect(second).to_be_focused()
    second.fill("Metformin")
    page.get_by_role("button", name="Bỏ mục 1").first.click()
    expect(page.get_by_role("button", name="Thêm: Thuốc")).to_be_focused()
    stage.send()

    assert [group["item"][0]["answer"][0]["valueString"] for group in stage.response["item"]] == ["Metformin"]


def test_long_list_is_searched_without_marks_by_keyboard(stage, no_axe_violations):
    names = ["Đắk Nông", "Ninh Bình", "Nam Định", "Lâm Đồng"]
    control = extension("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "autocomplete"}]})
    item = {"linkId": "p", "type": "choice", "text": "Tỉnh", "required": True, "extension": [control],
            "answerOption": [{"valueString": name} for name in names]}  # fmt: skip
    stage.show(questionnaire(item))
    page = stage.page
    field = page.get_by_role("combobox", name="Tỉnh")

    field.press_sequentially("dinh")
    expect(page.get_by_role("option")).to_have_text(["Nam Định"])
    no_axe_violations(page)
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Nam Định")
    stage.send()
    assert stage.response["item"][0]["answer"] == [{"valueString": "Nam Định"}]

    stage.open()
    page.get_by_role("combobox", name="Tỉnh").fill("Hà Nam")
    stage.send()
    assert stage.problems() == ["Tỉnh: chọn một câu trả lời trong danh sách"]


def test_letters_being_composed_are_not_taken_before_they_are_done(stage):
    stage.show(EVERY_TYPE)
    page = stage.page
    field = page.get_by_label("Nghề nghiệp")
    field.focus()
    session = page.context.new_cdp_session(page)
    value = "JSON.parse(document.querySelector('input[name=response]').value).item"

    session.send("Input.imeSetComposition", {"text": "tho", "selectionStart": 3, "selectionEnd": 3})
    assert page.evaluate(value) is None
    session.send("Input.insertText", {"text": "thợ"})

    assert page.evaluate(value)[0]["answer"] == [{"valueString": "thợ"}]
    expect(field).to_be_focused()


def test_english_page_asks_in_english(stage):
    stage.show(shipped("phq-9"), lang="en")
    page = stage.page

    expect(page.get_by_role("group", name="1. Little interest or pleasure in doing things")).to_be_visible()
    expect(page.get_by_label("Nearly every day").first).to_be_visible()
    stage.send()
    assert stage.problems()[0] == "Not answered: 1. Little interest or pleasure in doing things"


@pytest.mark.parametrize("shown", [EVERY_TYPE, shipped("phq-9"), REPEATING], ids=["every type", "phq-9", "repeating"])
def test_form_passes_axe_before_and_after_a_refusal(stage, no_axe_violations, shown):
    stage.show(shown)
    no_axe_violations(stage.page)

    if shown is not EVERY_TYPE:
        stage.send()
    no_axe_violations(stage.page)


def test_form_fits_a_narrow_phone(stage):
    stage.page.set_viewport_size({"width": 320, "height": 640})
    stage.show(shipped("phq-9"))

    assert stage.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_unreadable_definition_says_so(stage):
    stage.body = (
        '<form><ansinh-questionnaire><script type="application/json">{hỏng</script></ansinh-questionnaire></form>'
    )
    stage.open()

    expect(stage.page.get_by_role("alert")).to_have_text("Không đọc được bộ câu hỏi. Hãy tải lại trang.")


def test_form_without_a_button_gets_one(stage):
    content = json.dumps(questionnaire({"linkId": "s", "type": "string", "text": "Nghề nghiệp"}))
    script = f'<script type="application/json">{content}</script>'
    element = f'<ansinh-questionnaire name="response" lang="en">{script}</ansinh-questionnaire>'
    stage.body = f'<form method="post" action="/luu/">{element}</form>'
    stage.open()

    stage.page.get_by_label("Nghề nghiệp").fill("Thợ may")
    stage.page.get_by_role("button", name="Save").click()

    expect(stage.page.get_by_role("heading", name="Đã lưu")).to_be_visible()
    assert stage.response["item"][0]["answer"] == [{"valueString": "Thợ may"}]
