"""The banner of a person: what a nurse reads first."""

from dataclasses import replace
from datetime import date

import pytest

from ansinh.clinical.registry import presenting
from ansinh.clinical.registry.drafts import Insurance, PersonDraft
from ansinh.clinical.registry.queries import PersonCard, Stay

TODAY = date(2026, 3, 15)
STAY = Stay("s1", 1, "f1", "Trung tâm A", "Điều trị nội trú", "active", "2026-01-05")
CARD = PersonCard("p1", 1, PersonDraft("Nguyễn Văn An", "male", "1950-05-12"), "Trung tâm A", "", (STAY,))


def insured(start: str = "2026-01-01", end: str = "") -> PersonCard:
    return replace(CARD, draft=replace(CARD.draft, insurance=Insurance("0123456789", "", start, end)))


@pytest.mark.parametrize(
    ("birth", "words"),
    [
        ("1950-05-12", "12/05/1950 (75\xa0tuổi)"),
        ("1950", "1950 (khoảng\xa076\xa0tuổi)"),
        ("1950-05", "05/1950 (khoảng\xa075\xa0tuổi)"),
        ("2025-12-01", "01/12/2025 (3\xa0tháng)"),
        ("", "Chưa rõ"),
    ],
)
def test_birth_words_say_the_date_as_known_and_keep_the_age_on_one_line(birth, words):
    assert presenting.birth_words(birth, TODAY) == words


@pytest.mark.parametrize(
    ("gender", "word"), [("male", "Nam"), ("female", "Nữ"), ("unknown", "Chưa rõ"), ("", "Chưa rõ")]
)
def test_gender_word_is_short(gender, word):
    assert presenting.gender_word(gender) == word


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (CARD, "Chưa có thẻ"),
        (insured("2025-01-01", "2025-12-31"), "0123456789, đã hết hạn ngày 31/12/2025"),
        (insured(end="2026-03-31"), "0123456789, sắp hết hạn ngày 31/03/2026"),
        (insured(end="2026-12-31"), "0123456789, còn hạn đến 31/12/2026"),
        (insured("2026-04-01"), "0123456789, có giá trị từ 01/04/2026"),
        (insured(), "0123456789"),
    ],
)
def test_insurance_words_say_whether_the_card_is_valid(card, words):
    assert presenting.insurance_words(card, TODAY) == words


def test_stay_words_name_the_open_stay_only():
    ended = replace(STAY, status="finished", end="2026-02-01")

    assert presenting.stay_words(CARD) == "Điều trị nội trú, từ 05/01/2026"
    assert presenting.stay_words(replace(CARD, stays=(ended,))) == "Không ở cơ sở"
