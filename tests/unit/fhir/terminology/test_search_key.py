"""Keys by which codes are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.terminology.concepts import code_key, search_key
from ansinh.kernel.text import fold

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằấếộữỵ ", min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        (["Đau lưng"], " dau lung"),
        (["Nghe, nói", "Hearing and speech"], " nghe noi hearing and speech"),
        (["Bru-Vân Kiều"], " bru van kieu"),
        (["đau đầu đau"], " dau"),
        ([""], ""),
    ],
)
def test_search_key(texts, key):
    assert search_key(texts) == key


@pytest.mark.parametrize(("code", "key"), [("F32.1", "f321"), ("17.0041", "170041"), ("nd20-5a", "nd205a"), ("", "")])
def test_code_key(code, key):
    assert code_key(code) == key


@given(VIETNAMESE, VIETNAMESE)
def test_beginning_of_every_word_is_found(display, english):
    key = search_key((display, english))

    for word in fold(f"{display} {english}").split():
        for length in range(1, len(word) + 1):
            assert f" {word[:length]}" in key


@given(st.text(max_size=40))
def test_key_of_any_text_is_stable_and_has_no_marks(text):
    key = search_key([text])

    assert search_key([key]) == key
    assert key == "" or key.startswith(" ")
    assert "  " not in key
