"""Browsers and systems in words."""

import pytest

from ansinh.access.sessions import device_words

CASES = {
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36":
        "Chrome, Windows",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0": "Edge, Windows",
    "Mozilla/5.0 (Linux; Android 14; SM-A055F) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36":
        "Samsung Internet, Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1":
        "Safari, iPhone",
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0": "Firefox, Linux",
    "Mozilla/5.0 (Windows NT 6.1) coc_coc_browser/130.0 Chrome/124.0 Safari/537.36": "Cốc Cốc, Windows",
    "curl/8.5.0": "Thiết bị không rõ",
    "": "Thiết bị không rõ",
    "<script>": "Thiết bị không rõ",
}  # fmt: skip


@pytest.mark.parametrize(("agent", "words"), CASES.items())
def test_device_is_told_by_browser_and_system(agent, words):
    assert device_words(agent) == words
