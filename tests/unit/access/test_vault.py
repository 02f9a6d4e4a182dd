"""What is sealed opens with the node's secret and with no other; digests tell nothing without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.access import vault
from ansinh.kernel.errors import Invalid


@given(st.text(max_size=100))
def test_sealed_text_opens_again_and_is_not_readable(text):
    sealed = vault.seal(text)

    assert vault.unseal(sealed) == text
    assert len(text) < 4 or text not in sealed


def test_sealed_text_of_another_secret_is_refused_in_words(settings):
    sealed = vault.seal("bí mật")
    settings.SECRET_KEY = "một khóa khác"

    with pytest.raises(Invalid, match="Khóa bí mật của máy chủ đã đổi"):
        vault.unseal(sealed)


@pytest.mark.parametrize("text", ["", "x", "gAAAAA"])
def test_text_that_was_never_sealed_is_refused(text):
    with pytest.raises(Invalid):
        vault.unseal(text)


def test_digest_depends_on_purpose_text_and_secret(settings):
    first = vault.digest("citizen", "037160000001")

    assert first == vault.digest("citizen", "037160000001")
    assert len({first, vault.digest("device", "037160000001"), vault.digest("citizen", "037160000002")}) == 3
    settings.SECRET_KEY = "một khóa khác"
    assert vault.digest("citizen", "037160000001") != first
