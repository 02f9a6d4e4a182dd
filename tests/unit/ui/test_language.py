"""Texts of rules and definitions in the language of the page."""

import pytest
from django.template import Context, Template
from django.utils import translation

from ansinh.kernel.phrases import phrase
from ansinh.ui import language

ENGLISH = {
    "%(label)s phải từ %(low)s đến %(high)s %(unit)s.": "%(label)s must be from %(low)s to %(high)s %(unit)s.",
    "Thời gian tập": "Session time",
    "phút": "minutes",
    "người": "people",
}


@pytest.fixture
def english(monkeypatch):
    """A page in English with a small catalogue of its own."""
    monkeypatch.setattr(language, "gettext", lambda text: ENGLISH.get(text, text))
    with translation.override("en"):
        yield


def test_language_is_the_first_two_letters():
    with translation.override("en-gb"):
        assert language.language() == "en"
    with translation.override("vi"):
        assert language.language() == "vi"


def test_plain_text_is_looked_up(english):
    assert language.in_language("người") == "people"


def test_text_that_the_catalogue_lacks_stays(english):
    assert language.in_language("Quyết định 4440/QĐ-BYT") == "Quyết định 4440/QĐ-BYT"


def test_nothing_stays_nothing_and_never_becomes_the_head_of_the_catalogue():
    with translation.override("en"):
        assert language.in_language("") == ""


def test_phrase_is_translated_with_the_words_in_it(english):
    wrong = phrase(
        "%(label)s phải từ %(low)s đến %(high)s %(unit)s.",
        label=phrase("Thời gian tập"),
        low=1,
        high=240,
        unit="phút",
    )

    assert language.in_language(wrong) == "Session time must be from 1 to 240 minutes."


def test_phrase_keeps_percent_signs_of_its_values(english):
    assert language.in_language(phrase("%(label)s phải từ %(low)s đến %(high)s %(unit)s.", label="Tỷ lệ", low=0,
                                       high=100, unit="%")) == "Tỷ lệ must be from 0 to 100 %."  # fmt: skip


def test_filter_translates_and_escapes(english):
    shown = Template("{{ text|in_language }} {{ bad|in_language }}").render(Context({"text": "người", "bad": "<b>"}))

    assert shown == "people &lt;b&gt;"
