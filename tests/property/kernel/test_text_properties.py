"""What holds for every text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel import text


@given(st.text())
def test_fold_is_idempotent_and_ignores_unicode_form(value):
    key = text.fold(value)

    assert text.fold(key) == key
    assert text.fold(unicodedata.normalize("NFC", value)) == text.fold(unicodedata.normalize("NFD", value))


@given(st.text(alphabet="AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYaăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạ' ", min_size=1))
def test_name_parts_joined_give_the_name_back(name):
    parts = [part for part in text.name_parts(name) if part]

    assert " ".join(parts) == text.nfc(name)


@given(st.text())
def test_nfc_is_idempotent(value):
    assert text.nfc(text.nfc(value)) == text.nfc(value)


@given(st.text(max_size=20))
def test_fold_takes_away_every_mark_and_outer_and_doubled_spaces(value):
    """The quick way for common letters gives what the definition gives."""
    decomposed = unicodedata.normalize("NFD", value.casefold().replace("đ", "d"))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))

    assert text.fold(value) == " ".join(bare.split())
