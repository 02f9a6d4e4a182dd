"""Phrases: whole sentences that remember how they were made."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.errors import Invalid
from ansinh.kernel.phrases import Phrase, phrase


def test_phrase_is_the_whole_sentence():
    assert phrase("Số căn cước có %(count)s chữ số.", count=11) == "Số căn cước có 11 chữ số."


def test_phrase_keeps_template_and_values_as_texts():
    made = phrase("từ %(low)s đến %(high)s %(unit)s", low=1, high=5, unit=phrase("phút"))

    assert made.template == "từ %(low)s đến %(high)s %(unit)s"
    assert made.values == {"low": "1", "high": "5", "unit": "phút"}
    assert isinstance(made.values["unit"], Phrase)


def test_phrase_without_values_leaves_percent_signs_to_the_template():
    assert phrase("Đạt 80%% danh mục.") == "Đạt 80% danh mục."


def test_error_keeps_its_phrase():
    error = Invalid(phrase("Năm sinh %(year)s đã quá %(most)s năm.", year=1850, most=130))

    assert isinstance(error.message, Phrase)
    assert isinstance(error.problems[0].message, Phrase)
    assert str(error) == "Năm sinh 1850 đã quá 130 năm."


def test_phrase_is_written_as_text():
    assert json.loads(json.dumps({"text": phrase("nam")})) == {"text": "nam"}
    assert type(str(phrase("nam"))) is str


@given(st.text(), st.integers())
def test_phrase_equals_its_template_filled_in(words, number):
    assert phrase("%(words)s: %(number)s", words=words, number=number) == f"{words}: {number}"
