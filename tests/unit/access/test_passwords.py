"""Which passwords are tried first, and which are not."""

import gzip
from pathlib import Path

import django.contrib.auth
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from ansinh.access.passwords import WIDTH, KnownPasswordValidator, is_known, known_prefixes
from ansinh.kernel import yaml

ROOT = Path(__file__).resolve().parents[3]
LISTED = (ROOT / "definitions/passwords/common.sha1").read_bytes()
WORDS = yaml.read(ROOT / "definitions/passwords/vietnamese.yaml")["words"]


@pytest.mark.parametrize(
    "password",
    [
        "password", "P@ssw0rd2026", "letmein12345", "iloveyou2024!!", "sunshine#2025", "QWERTYUIOP", "1q2w3e4r5t",
        "Matkhau@2026", "mật khẩu mới 1", "Anhyeuem123", "Ninhbinh@123", "Bệnh viện Ninh Bình", "nguyenvana1999",
        "1234567890", "0912345678", "037160123456", "30/04/1975 ", "!!!!!!!!!!!!", "aaaaaaaaaa", "abcabcabcabc",
        "dragon dragon", "asdfghjklqwertyuiop", "Hà Nội Sài Gòn", "xinchao@@@",
    ],
)  # fmt: skip
def test_password_that_is_tried_first_is_known(password):
    assert is_known(password)


@pytest.mark.parametrize(
    "password",
    [
        "An-Sinh-1942", "bốn con mèo qua sông", "đường dài đi mãi 27", "mẹ tôi bán rau chợ Rồng", "xK9-tram-Voi",
        "hanoi chiều mưa 1987 quá", "correct horse battery", "Ω9ж-lá-chuối", "gió mùa về muộn",
    ],
)  # fmt: skip
def test_password_of_words_that_do_not_belong_together_is_not_known(password):
    assert not is_known(password)


def test_every_password_of_djangos_list_is_known():
    path = Path(django.contrib.auth.__file__).with_name("common-passwords.txt.gz")
    listed = gzip.decompress(path.read_bytes()).decode().split()

    assert len(listed) > 19_000
    assert [word for word in listed[::37] if not is_known(word)] == []


@pytest.mark.parametrize("word", WORDS)
def test_vietnamese_word_is_known_with_figures_around_it(word):
    assert is_known(word)
    assert is_known(f"{word.title()}@2026")
    assert is_known(f"123{word}!")


def test_list_is_sorted_and_whole():
    pieces = [LISTED[at : at + WIDTH] for at in range(0, len(LISTED), WIDTH)]

    assert pieces == sorted(set(pieces))
    assert {len(piece) for piece in pieces} == {WIDTH}
    assert len(pieces) > 50_000


def test_known_prefixes_of_the_same_words_are_the_same_bytes():
    assert known_prefixes(["b", "a", "á", "B"]) == known_prefixes(["a", "b"])
    assert len(known_prefixes(["a", "b"])) == 2 * WIDTH


@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_error(password):
    assert is_known(password) in (True, False)


@given(st.text(alphabet="0123456789 .,-/!@#", min_size=1, max_size=60))
def test_figures_and_signs_alone_are_known(password):
    assert is_known(password)


def test_validator_says_what_to_do_instead():
    with pytest.raises(ValidationError, match="Hãy ghép vài từ") as refusal:
        KnownPasswordValidator().validate("matkhau123")

    assert refusal.value.code == "password_known"
    assert KnownPasswordValidator().validate("bốn con mèo qua sông") is None
    assert "một từ quen" in KnownPasswordValidator().get_help_text()
