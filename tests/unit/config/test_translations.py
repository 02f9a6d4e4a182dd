"""What is collected to be translated, and what becomes of translations: on a small house of its own."""

import gettext

import polib
import pytest

from ansinh.config import translations
from ansinh.config.translations import Message

FILES = {
    "src/ansinh/web/views.py": '''
from django.utils.translation import gettext as _, ngettext, pgettext

def page(count, name):
    """Câu trong docstring không phải để dịch."""
    _("Chào %(name)s")
    pgettext("giới tính", "Nam")
    ngettext("%(count)s người", "%(count)s người nhiều", count)
    _(name)
    return phrase("Báo cáo %(state)s", state="x"), "Chữ không gọi hàm"
''',
    "src/ansinh/web/templates/web/home.html": """{% load i18n %}{% translate "Trang chủ" %}
{% blocktranslate count number=n %}Một việc{% plural %}{{ number }} việc{% endblocktranslate %}
{% translate "Nam" context "phương hướng" %}""",
    "src/ansinh/network/facilities/actions.py": """
raise Invalid("Đơn vị đã kết thúc.", code="unit-ended", field="day")
raise ValueError("Lỗi của người lập trình.")
""",
    "src/ansinh/network/facilities/definition.py": 'raise Invalid("Tệp đơn vị chưa dùng được.")\n',
    "src/ansinh/fhir/store/repository.py": '''
"""Kho hồ sơ: câu này là docstring."""

def read(kind, size):
    raise NotFound(f"Không có hồ sơ {kind} cỡ {len(size)} hay {kind.name} 100%.")
    raise NotFound("Không tìm thấy hồ sơ.")
    return "read"
''',
    "definitions/measures/visits/measure.yaml": """
question: Bao nhiêu lượt khám?
noun: lượt
sql: SELECT 'Câu trong truy vấn' AS x
examples: [{question: Câu của ví dụ}]
sources: [Kế hoạch không dịch]
""",
    "definitions/questionnaires/walk.yaml": """
purpose: Đi được bao xa trong sáu phút?
item:
  - text: Câu hỏi là của phiếu
    extension: [{url: unit, valueCoding: {system: "http://unitsofmeasure.org", code: m/s, display: m/giây}}]
  - extension: [{url: unit, valueCoding: {system: "http://unitsofmeasure.org", code: m, display: m}}]
""",
    "definitions/templates/bao-cao-nam.yaml": "title: Báo cáo năm\nopening: Câu mở đầu ra văn bản tiếng Việt\n",
}  # fmt: skip


@pytest.fixture
def house(tmp_path, settings):
    """A repository with a few sources; the catalogue of English stands in it."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    for room in translations._ENGINE:
        place = tmp_path / "src/ansinh" / room
        (place.parent if place.suffix else place).mkdir(parents=True, exist_ok=True)
        if place.suffix:
            place.touch()
    settings.ROOT, settings.DEFINITIONS = tmp_path, tmp_path / "definitions"
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    return tmp_path


def catalogue():
    return polib.pofile(str(translations.catalogue_path()))


def translate(**english) -> None:
    """Fill in English by the first word of the Vietnamese."""
    entries = catalogue()
    for entry in entries:
        for word, text in english.items():
            if entry.msgid.startswith(word):
                entry.msgstr = text
    entries.save()


def test_what_is_said_to_somebody_is_collected_with_the_place_where_it_stands(house):
    found = translations.messages()

    assert found[Message("Chào %(name)s")] == "src/ansinh/web/views.py"
    assert Message("Nam", context="giới tính") in found
    assert Message("Nam", context="phương hướng") in found
    assert Message("%(count)s người", plural="%(count)s người nhiều") in found
    assert Message("Báo cáo %(state)s") in found
    assert found[Message("Trang chủ")] == "src/ansinh/web/templates/web/home.html"
    assert Message("Một việc", plural="%(number)s việc") in found
    assert found[Message("Đơn vị đã kết thúc.")] == "src/ansinh/network/facilities/actions.py"
    assert found[Message("Không tìm thấy hồ sơ.")] == "src/ansinh/fhir/store/repository.py"
    assert found[Message("Bao nhiêu lượt khám?")] == "definitions/measures/visits/measure.yaml"
    assert {Message("lượt"), Message("Báo cáo năm"), Message("m/giây")} <= found.keys()


@pytest.mark.parametrize(
    "text",
    [
        "Câu trong docstring không phải để dịch.",
        "Chữ không gọi hàm",
        "unit-ended",
        "day",
        "Lỗi của người lập trình.",
        "Tệp đơn vị chưa dùng được.",  # readers of files speak to operators
        "Kho hồ sơ: câu này là docstring.",
        "read",
        "Câu của ví dụ",
        "Kế hoạch không dịch",
        "Câu mở đầu ra văn bản tiếng Việt",
        "Câu hỏi là của phiếu",
        "m",
    ],
)
def test_what_is_said_to_nobody_is_left_alone(house, text):
    assert text not in {message.text for message in translations.messages()}


def test_sentence_with_values_is_collected_as_a_pattern_with_each_place_named(house):
    (pattern,) = [message for message in translations.messages() if message.context and "%(kind)s" in message.text]

    assert pattern.text == "Không có hồ sơ %(kind)s cỡ %(value3)s hay %(name)s 100%%."


def test_catalogue_begins_empty_and_everything_is_missing(house):
    translations.update_catalogue()

    assert len(translations.missing()) == len(translations.messages()) == len(catalogue())
    assert "src/ansinh/web/templates/web/home.html: Trang chủ" in translations.missing()


def test_translations_are_kept_new_texts_added_and_old_ones_dropped(house):
    translations.update_catalogue()
    translate(Trang="Home", Đơn="The unit has ended.")
    (house / "src/ansinh/network/facilities/actions.py").write_text(
        'raise Invalid("Cơ sở đã đóng.")\n', encoding="utf-8"
    )

    translations.update_catalogue()

    texts = {entry.msgid: entry.msgstr for entry in catalogue()}
    assert texts["Trang chủ"] == "Home"
    assert texts["Cơ sở đã đóng."] == ""
    assert "Đơn vị đã kết thúc." not in texts
    assert "src/ansinh/web/templates/web/home.html: Trang chủ" not in translations.missing()


def test_catalogue_collected_twice_is_the_same_file(house):
    translations.update_catalogue()
    translate(Trang="Home")
    translations.update_catalogue()
    first = translations.catalogue_path().read_bytes()

    translations.update_catalogue()

    assert translations.catalogue_path().read_bytes() == first


def test_plural_with_one_form_translated_is_still_missing(house):
    translations.update_catalogue()
    entries = catalogue()
    plural = next(entry for entry in entries if entry.msgid_plural == "%(number)s việc")
    plural.msgstr_plural = {0: "One task", 1: ""}
    entries.save()
    assert any(line.endswith("Một việc") for line in translations.missing())

    plural.msgstr_plural = {0: "One task", 1: "%(number)s tasks"}
    entries.save()
    assert not any(line.endswith("Một việc") for line in translations.missing())


def test_compiled_catalogue_says_the_english_and_keeps_short_words_apart(house):
    translations.update_catalogue()
    entries = catalogue()
    for entry in entries:
        if entry.msgid == "Nam":
            entry.msgstr = {"giới tính": "Male", "phương hướng": "South"}[entry.msgctxt]
    entries.save()

    translations.compile_catalogue()

    english = gettext.translation("django", str(house / "locale"), ["en"])
    assert english.pgettext("giới tính", "Nam") == "Male"
    assert english.pgettext("phương hướng", "Nam") == "South"
    assert english.gettext("Trang chủ") == "Trang chủ", "without a translation the reader sees Vietnamese"


def test_compiling_without_a_catalogue_makes_nothing(house):
    translations.compile_catalogue()

    assert not (house / "locale").exists()


def test_command_tells_what_has_no_english_yet(house, capsys):
    from ansinh.config.cli import messages

    assert messages.run(None) == 1
    assert "chưa có bản tiếng Anh: src/ansinh/web/views.py: Chào %(name)s" in capsys.readouterr().out

    entries = catalogue()
    for entry in entries:
        entry.msgstr = "x"
        if entry.msgid_plural:
            entry.msgstr, entry.msgstr_plural = "", {0: "x", 1: "x"}
    entries.save()
    assert messages.run(None) == 0
    assert (house / "locale/en/LC_MESSAGES/django.mo").exists()
