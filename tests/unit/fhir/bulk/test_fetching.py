"""Fetching from other machines: only from where the settings say, within limits, and nothing half."""

import socket

import pytest

from ansinh.fhir.bulk import fetching
from ansinh.fhir.bulk.fetching import NotFetched
from ansinh.kernel import outgoing
from ansinh.kernel.errors import Refused
from tests.support.holders import holding

LINES = b'{"resourceType":"Basic"}\n' * 40


@pytest.fixture
def elsewhere(settings, monkeypatch):
    monkeypatch.setattr(fetching, "_PAUSES", ())
    with holding() as machine:
        settings.IMPORT_FROM, settings.IMPORT_NETWORKS = [machine.origin], ["127.0.0.0/8"]
        settings.IMPORT_TOKENS = {}
        machine.files = {"/a": LINES, "/b?x=1": LINES[:25]}
        yield machine


def named(machine, path: str = "/a"):
    return fetching.source("Basic", f"{machine.origin}{path}", 3)


def nothing(words: str) -> None:
    """Hears how far it is."""


def test_file_is_fetched_whole_and_once(elsewhere, tmp_path):
    one = fetching.fetch(named(elsewhere), tmp_path, nothing)
    again = fetching.fetch(named(elsewhere), tmp_path, nothing)

    assert (one.name, one.size, one.url) == ("Basic-3.ndjson", len(LINES), "")
    assert again == one
    assert elsewhere.asked == ["/a"]
    assert (elsewhere.headers["Accept"], elsewhere.headers["Accept-Encoding"]) == (fetching.MIME, "identity")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [LINES]
    assert tmp_path.joinpath("Basic-3.ndjson.fetched").stat().st_mode & 0o077 == 0


def test_query_of_an_address_is_sent_and_what_was_fetched_can_be_forgotten(elsewhere, tmp_path):
    assert fetching.fetch(named(elsewhere, "/b?x=1"), tmp_path, nothing).size == 25

    fetching.forget(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "how", "word"),
    [
        ("/a", "moved", "trả lời 302"),
        ("/a", "short", "không đủ"),
        ("/a", "packed", "trả lời 200"),
        ("/a", "endless", "lớn quá"),
        ("/a", "slow", "không gửi kịp"),
        ("/c", "", "trả lời 404"),
    ],
)
def test_what_is_given_badly_is_told_and_leaves_nothing(elsewhere, tmp_path, settings, path, how, word):
    settings.IMPORT_LARGEST, settings.IMPORT_SECONDS = 100_000, 0.15
    elsewhere.badly = {path: how} if how else {}

    with pytest.raises(NotFetched, match=word) as error:
        fetching.fetch(named(elsewhere, path), tmp_path, nothing)

    assert "127.0.0.1" not in str(error.value)
    assert list(tmp_path.iterdir()) == []
    assert "/inside" not in elsewhere.asked


def test_machine_that_is_away_is_told(elsewhere, tmp_path, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.IMPORT_FROM = [f"http://127.0.0.1:{free.getsockname()[1]}"]
        one = fetching.source("Basic", f"{settings.IMPORT_FROM[0]}/a", 1)

    with pytest.raises(NotFetched, match="không nối được"):
        fetching.fetch(one, tmp_path, nothing)


def test_who_hears_how_far_it_is_may_stop_it(elsewhere, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "_TOLD_EVERY", -1.0)
    told: list[str] = []

    def stop(words: str) -> None:
        told.append(words)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetching.fetch(named(elsewhere), tmp_path, stop)

    assert told == ["Đang tải Basic-3.ndjson: 0 MB"]
    assert list(tmp_path.iterdir()) == []


FORBIDDEN = [
    "https://elsewhere.example/a",
    "http://127.0.0.1/a",
    "http://127.0.0.1:1/a",
    "ftp://127.0.0.1/a",
    "file:///etc/passwd",
    "{origin}@elsewhere.example/a",
    "http://user:word@{host}/a",
    "{origin}/a#b",
    "{origin}/a b",
    "{origin}/a\nHost: x",
    "//{host}/a",
    "http://[::1]/a",
    "",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_address_that_the_settings_do_not_name_is_refused_when_it_is_named(elsewhere, url):
    url = url.format(origin=elsewhere.origin, host=elsewhere.origin.partition("//")[2])

    with pytest.raises(Refused):
        fetching.source("Basic", url, 1)

    assert elsewhere.asked == []


def test_private_network_is_refused_unless_the_settings_name_it(elsewhere, tmp_path, settings):
    one = named(elsewhere)
    settings.IMPORT_NETWORKS = []

    with pytest.raises(Refused, match="mạng nội bộ"):
        named(elsewhere)
    with pytest.raises(Refused, match="mạng nội bộ"):
        fetching.fetch(one, tmp_path, nothing)
    assert elsewhere.asked == []


def test_name_that_turns_private_after_it_was_named_is_not_fetched(elsewhere, tmp_path, settings, monkeypatch):
    settings.IMPORT_FROM, settings.IMPORT_NETWORKS = ["https://files.example.vn"], []
    one = fetching.source("Basic", "https://files.example.vn/a", 1)
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.0.0.1", 443))])

    with pytest.raises(Refused, match="mạng nội bộ"):
        fetching.fetch(one, tmp_path, nothing)


def test_without_the_setting_nothing_is_fetched(settings):
    settings.IMPORT_FROM = []

    with pytest.raises(Refused, match="import-files"):
        fetching.source("Basic", "https://files.example.vn/a", 1)


PASSING = {
    "a server that starts again": (["503", ""], 2),
    "too many requests, twice": (["429", "429", ""], 3),
    "an answer cut off": (["short", ""], 2),
    "more trouble than there is patience": (["500", "500", "500", ""], 0),
    "an address that is not there": (["404", ""], 0),
    "an address that has moved": (["moved", ""], 0),
}


@pytest.mark.parametrize("case", PASSING)
def test_what_may_pass_by_itself_is_asked_for_again(elsewhere, tmp_path, monkeypatch, case):
    how, times = PASSING[case]
    monkeypatch.setattr(fetching, "_PAUSES", (0.01, 0.01))
    elsewhere.turns = {"/a": list(how)}
    told: list[str] = []

    if times:
        assert fetching.fetch(named(elsewhere), tmp_path, told.append).size == len(LINES)
        assert len(elsewhere.asked) == times
    else:
        with pytest.raises(NotFetched):
            fetching.fetch(named(elsewhere), tmp_path, told.append)
        assert list(tmp_path.iterdir()) == []
    assert len(told) >= len(elsewhere.asked) - 1
    assert all("Basic-3.ndjson, thử lại sau 1 giây" in words for words in told)


def test_who_hears_of_a_pause_may_stop_it(elsewhere, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "_PAUSES", (60.0,))
    elsewhere.badly = {"/a": "503"}

    def stop(words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetching.fetch(named(elsewhere), tmp_path, stop)

    assert list(tmp_path.iterdir()) == []


def test_address_is_judged_anew_before_it_is_asked_again(elsewhere, tmp_path, settings, monkeypatch):
    monkeypatch.setattr(fetching, "_PAUSES", (0.01,))
    elsewhere.badly = {"/a": "503"}

    def withdraw(words: str) -> None:
        settings.IMPORT_FROM = ["https://files.example.vn"]

    with pytest.raises(Refused, match="ANSINH_IMPORT_FROM"):
        fetching.fetch(named(elsewhere), tmp_path, withdraw)

    assert elsewhere.asked == ["/a"]


TOKENS = {
    "of this origin": ("{origin}", "Bearer abc=="),
    "of this origin, with a path": ("{origin}/files", "Bearer abc=="),
    "of another port": ("http://127.0.0.1:1", None),
    "of another scheme": ("https://127.0.0.1:{port}", None),
    "of another machine": ("http://localhost:{port}", None),
}


@pytest.mark.parametrize("case", TOKENS)
def test_token_goes_to_its_own_origin_only(elsewhere, tmp_path, settings, case):
    origin, sent = TOKENS[case]
    settings.IMPORT_TOKENS = {origin.format(origin=elsewhere.origin, port=elsewhere.port): "abc=="}

    fetching.fetch(named(elsewhere), tmp_path, nothing)

    assert elsewhere.headers.get("Authorization") == sent


def test_token_does_not_follow_an_address_that_has_moved(elsewhere, tmp_path, settings):
    settings.IMPORT_TOKENS = {elsewhere.origin: "abc"}
    elsewhere.badly = {"/a": "moved"}

    with pytest.raises(NotFetched, match="302") as error:
        fetching.fetch(named(elsewhere), tmp_path, nothing)

    assert "/inside" not in elsewhere.asked
    assert "abc" not in str(error.value)
