"""Refusals of the engine as English readers and English programs see them."""

import gettext

import pytest
from django.core.signals import setting_changed
from django.utils import translation

from ansinh.config import translations
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.ids import new_id
from ansinh.ui.forms import Form
from ansinh.ui.refusals import as_pattern, refusal_in_language
from tests.support.fhir_door import FhirClient
from tests.support.page_texts import VIETNAMESE

# What the engine says | what an English reader reads
EXAMPLES = [
    ("Không tìm thấy hồ sơ.", "The record was not found."),
    ("Hồ sơ này đã được xóa; các bản trước vẫn còn trong lịch sử.", None),
    (
        "Hồ sơ được nhắc đến vừa thay đổi nhiều lần liền. Xin gửi lại.",
        "The record referred to has just changed several times in a row. Please send it again.",
    ),
    ("Vai trò của anh/chị không được tạo loại hồ sơ Patient.", "Your role may not create records of type Patient."),
    ("Thiếu phần bắt buộc (tại Patient.link[0].other).", "A required part is missing (at Patient.link[0].other)."),
    (
        "Giá trị phải là ngày có thật, dạng 2025, 2025-07 hoặc 2025-07-01 (tại Patient.birthDate).",
        "The value must be a date that exists, like 2025, 2025-07 or 2025-07-01 (at Patient.birthDate).",
    ),
    (
        "Tham số tìm kiếm «birthdate»: giá trị phải là một số.",
        "Search parameter «birthdate»: the value must be a number.",
    ),
    (
        "Mục 2 (PUT Patient): Hồ sơ mẫu (profile) cho nhiều nhất 1 giá trị (tại Patient.name).",
        "Entry 2 (PUT Patient): The profile allows at most 1 values (at Patient.name).",
    ),
    (
        "Nội dung gửi đến không phải là JSON hợp lệ (dòng 3, cột 12).",
        "The content sent is not valid JSON (line 3, column 12).",
    ),
    (
        "Tham số «_since» của $export: không có thời điểm này.",
        "Parameter «_since» of $export: there is no such instant.",
    ),
    ("Chủ đề này không lọc được theo «patient».", "This topic cannot be filtered by «patient»."),
    ("Biểu thức FHIRPath “a.b(”: lồng nhau quá sâu.", "FHIRPath expression “a.b(”: it nests too deep."),
    ("Việc này đã kết thúc.", "This job has ended."),
    ("Nội dung gửi đến lớn quá 5 MB.", "The content sent is larger than 5 MB."),
    ("JSON Patch, bước 3: thiếu value.", "JSON Patch, step 3: value is missing."),
    ("Câu mà không ai dịch.", "Câu mà không ai dịch."),
    ("", ""),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def catalogue():
    source = translations.catalogue_path()
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        translations.compile_catalogue()
    gettext._translations.clear()
    setting_changed.send(sender=None, setting="LOCALE_PATHS", value=None, enter=True)


@pytest.mark.parametrize(("said", "read"), EXAMPLES)
def test_engine_sentence_in_english_follows_the_catalogue(said, read):
    with translation.override("en"):
        told = refusal_in_language(said)

    assert told == read if read is not None else told and not VIETNAMESE.search(told)


@pytest.mark.parametrize(("said", "read"), EXAMPLES)
def test_engine_sentence_in_vietnamese_stays_word_for_word(said, read):
    with translation.override("vi"):
        assert refusal_in_language(said) == said


def test_values_that_look_like_placeholders_stay_values():
    with translation.override("en"):
        told = refusal_in_language("Chủ đề: 100% %(name)s. Chuẩn FHIR R4 không có phần tử «%s»")
        other = refusal_in_language("Chuẩn FHIR R4 không có phần tử «%(key)s 100%»")

    assert told == "Chủ đề: 100% %(name)s. Chuẩn FHIR R4 không có phần tử «%s»"
    assert other == "FHIR R4 has no element «%(key)s 100%»"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Invalid("Không tìm thấy hồ sơ.")', [("Không tìm thấy hồ sơ.", "")]),
        ('raise Invalid(f"Có {count} dòng sai.")', [("Có %(count)s dòng sai.", "refusal")]),
        ('wrong(f"Có {len(a)} và {len(b)} dòng")', [("Có %(value1)s và %(value3)s dòng", "refusal")]),
        ('wrong(f"Quá 50% của {self.name}, {other.name}")', [("Quá 50%% của %(name)s, %(value3)s", "refusal")]),
        ('def f():\n    """Chú thích của hàm."""', []),
        ('f"{place}: {why}."', []),
        ('re.compile("[àáạ]")', []),
    ],
)
def test_engine_sentences_are_collected_with_their_values_as_names(source, found):
    assert [(message.text, message.context) for message in translations.in_engine(source)] == found


def test_pattern_takes_the_whole_sentence_only():
    pattern = as_pattern("Tệp %(name)s lớn quá 50%% (%(size)s).")

    assert pattern.fullmatch("Tệp a.b lớn quá 50% (3).").groupdict() == {"name": "a.b", "size": "3"}
    assert pattern.fullmatch("Tệp a.b lớn quá 50% (3). Thêm.") is None


def test_form_shows_an_engine_refusal_in_english():
    form = Form({})
    with translation.override("en"):
        form.refuse(Invalid("x", problems=[Problem("required", "Thiếu phần bắt buộc (tại Patient.name).")]))

    assert form.general_errors() == ["A required part is missing (at Patient.name)."]


# --- the door ------------------------------------------------------------------------------------------------------


def texts(outcome: dict) -> list[str]:
    return [issue["details"]["text"] for issue in outcome["issue"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "text"),
    [
        (None, "Không tìm thấy hồ sơ."),
        ("vi", "Không tìm thấy hồ sơ."),
        ("*", "Không tìm thấy hồ sơ."),
        ("fr, de;q=0.5", "Không tìm thấy hồ sơ."),
        ("en;q=0.5, vi", "Không tìm thấy hồ sơ."),
        ("en", "The record was not found."),
        ("en-GB,en;q=0.9,vi;q=0.1", "The record was not found."),
        ("\xff;;q=x", "Không tìm thấy hồ sơ."),
        ("e" * 2000, "Không tìm thấy hồ sơ."),
    ],
)
def test_door_answers_in_the_language_that_is_asked_for(account_of, header, text):
    asked = {"Accept_Language": header} if header else {}
    answer = FhirClient(account_of("lan")).call("GET", f"/Patient/{new_id()}", **asked)

    assert texts(answer.json) == [text]
    assert answer.status_code == 404


@pytest.mark.django_db
def test_door_says_every_problem_of_a_body_in_english(account_of):
    body = {"resourceType": "Patient", "birthDate": "2025-02-30", "link": [{}], "colour": "red"}
    answer = FhirClient(account_of("lan")).call("POST", "/Patient", body, Accept_Language="en")

    assert answer.status_code == 422
    assert len(answer.json["issue"]) >= 3
    assert [text for text in texts(answer.json) if VIETNAMESE.search(text)] == []


@pytest.mark.django_db
def test_door_says_refused_entries_of_a_batch_in_english(account_of):
    entry = {"request": {"method": "GET", "url": f"Patient/{new_id()}"}}
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    client = FhirClient(account_of("lan"))

    english = client.call("POST", "", batch, Accept_Language="en").json["entry"][0]["response"]["outcome"]
    vietnamese = client.call("POST", "", batch).json["entry"][0]["response"]["outcome"]

    assert not VIETNAMESE.search(texts(english)[0])
    assert VIETNAMESE.search(texts(vietnamese)[0])
