"""One POST: what counts as taken, what becomes of every failure, and that it ends in time."""

import socket
import threading
import time

import pytest

from ansinh.fhir.subscriptions import delivery
from ansinh.fhir.subscriptions.addresses import Target
from ansinh.kernel import outgoing
from tests.support.receivers import listening


@pytest.fixture(scope="module")
def receiver():
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.NOTIFY_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def raw_server():
    """`raw_server(talk)`: a server that hands its first connection to `talk`; its port."""
    open_ = []

    def start(talk) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        open_.append(server)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                talk(connection)

        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    yield start
    for server in open_:
        server.close()


def to(port: int, path: str = "/tin", scheme: str = "http") -> Target:
    return Target(scheme, "127.0.0.1", port, path)


def test_body_and_headers_arrive_and_2xx_is_taken(receiver):
    receiver.letters.clear()

    outcome = delivery.post(to(receiver.port, "/a?b=1"), [("X-Khoa", "1")], b'{"entry": []}', 5)

    assert outcome.taken
    letter = receiver.letters[0]
    assert (letter.path, letter.bundle, letter.headers["X-Khoa"]) == ("/a?b=1", {"entry": []}, "1")


@pytest.mark.parametrize("status", [201, 202, 204])
def test_every_2xx_is_taken(receiver, status):
    receiver.answers = [status]

    assert delivery.post(to(receiver.port), [], b"{}", 5).taken


@pytest.mark.parametrize("status", [300, 302, 307, 400, 401, 410, 429, 500, 503])
def test_other_statuses_are_told_and_redirects_not_followed(receiver, status):
    receiver.letters.clear()
    receiver.answers = [status]

    outcome = delivery.post(to(receiver.port), [], b"{}", 5)

    assert (outcome.error, outcome.lasting) == (f"Máy chủ nhận tin trả lời {status}.", False)
    assert len(receiver.letters) == 1


def test_forbidden_address_is_lasting_and_nothing_is_sent(receiver, settings):
    settings.NOTIFY_NETWORKS = []
    receiver.letters.clear()

    outcome = delivery.post(to(receiver.port), [], b"{}", 5)

    assert (outcome.taken, outcome.lasting, receiver.letters) == (False, True, [])


def test_name_that_turns_private_after_it_was_allowed_is_not_connected_to(receiver, settings, monkeypatch):
    settings.NOTIFY_NETWORKS = []
    listed = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.port))]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: listed)

    assert delivery.post(Target("http", "his.example.vn", receiver.port, "/"), [], b"{}", 5).lasting


def test_port_where_nobody_listens_is_a_failure():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert delivery.post(to(port), [], b"{}", 5).error == "Không nối được với máy chủ nhận tin."


def test_receiver_that_says_nothing_is_cut_off_in_time(raw_server):
    silent = threading.Event()
    port = raw_server(lambda connection: silent.wait(5))
    began = time.monotonic()

    outcome = delivery.post(to(port), [], b"{}", 0.2)

    silent.set()
    assert outcome.error == "Máy chủ nhận tin không trả lời kịp."
    assert time.monotonic() - began < 2


def test_receiver_that_drips_is_cut_off_in_time(raw_server):
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        try:
            while not over.wait(0.05):
                connection.sendall(b"X-Cham: 1\r\n")
        except OSError:
            pass

    outcome = delivery.post(to(raw_server(drip)), [], b"{}", 0.3)

    over.set()
    assert outcome.error == "Máy chủ nhận tin không trả lời kịp."


@pytest.mark.parametrize(
    "answer",
    [b"", b"xin chao\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" * 0 + b"HTTP/9 abc\r\n\r\n",
     b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n"],
)  # fmt: skip
def test_answer_that_is_no_http_is_a_failure(raw_server, answer):
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    assert delivery.post(to(raw_server(talk)), [], b"{}", 5).error == "Không nối được với máy chủ nhận tin."


def test_endless_body_of_an_answer_is_not_read_to_its_end(raw_server):
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
        try:
            for _ in range(100):
                connection.sendall(b"x" * 10_000)
        except OSError:
            pass

    assert delivery.post(to(raw_server(talk)), [], b"{}", 5).taken


def test_server_without_tls_behind_https_is_a_failure_in_words(raw_server):
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert "TLS" in delivery.post(to(raw_server(talk), scheme="https"), [], b"{}", 5).error


def test_error_sentences_never_name_the_address(receiver, settings):
    settings.NOTIFY_NETWORKS = []

    assert "127.0.0.1" not in delivery.post(to(receiver.port), [], b"{}", 5).error
