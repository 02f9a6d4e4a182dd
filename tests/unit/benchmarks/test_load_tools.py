"""The load tools: what they send arrives as it was written, and what they count is what was answered."""

import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))

from measuring import figures, load, wrk

REQUESTS = [
    ("GET", "/fhir/Patient?name=nguyen%20an", b""),
    ("POST", "/fhir/Observation", '{"resourceType":"Observation","note":[{"text":"Đỡ đau\\n"}]}'.encode()),
    ("GET", "/refused", b""),
]


class Answering(BaseHTTPRequestHandler):
    """Notes what arrives; refuses one address."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen[self.command, self.path, body, self.headers.get("Authorization")] += 1
        answer = b"{}"
        self.send_response(404 if self.path == "/refused" else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def log_message(self, *what):
        pass


@pytest.fixture
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    made.seen = Counter()
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def expected(requests):
    return {(*request, "Bearer abc") for request in requests}


def test_requests_are_each_sent_once_and_refusals_are_counted(server):
    found = load.run_once(server.server_port, "abc", REQUESTS * 5, connections=3, seconds=10)

    assert server.seen == Counter(dict.fromkeys(expected(REQUESTS), 5))
    assert (found.answers, found.refused) == (15, 5)
    assert 0 < found.median_ms <= found.p99_ms
    assert found.per_second > 0


@pytest.mark.parametrize(
    ("run", "seconds"),
    [
        (load.run, 0.1),
        pytest.param(wrk.run, 1, marks=pytest.mark.skipif(not wrk.is_there(), reason="wrk is not installed")),
    ],
)
def test_requests_come_round_for_so_many_seconds(server, run, seconds):
    found = run(server.server_port, "abc", REQUESTS, connections=2, seconds=seconds)

    assert set(server.seen) == expected(REQUESTS)
    assert abs(sum(server.seen.values()) - found.answers) <= 2, "one of each connection may be under way at the end"
    counts = [server.seen[one] for one in expected(REQUESTS)]
    assert max(counts) - min(counts) <= 3
    assert abs(found.refused - found.answers / 3) <= 3


def test_broken_connection_is_no_figure(server):
    server.shutdown()
    server.server_close()

    with pytest.raises(OSError, match=r"."):
        load.run(server.server_port, "abc", REQUESTS, connections=1, seconds=0.1)


@pytest.mark.parametrize(
    ("times", "took", "per_second", "median_ms", "p99_ms"),
    [
        ([0.001], 1.0, 1.0, 1.0, 1.0),
        ([0.003, 0.001, 0.002], 0.5, 6.0, 2.0, 3.0),
        ([0.001] * 99 + [0.5], 2.0, 50.0, 1.0, 500.0),
    ],
)
def test_summary_is_rate_median_and_tail(times, took, per_second, median_ms, p99_ms):
    assert load.summary(times, took, refused=2) == load.Load(per_second, median_ms, p99_ms, len(times), 2)


def test_row_divides_what_was_computed_by_what_was_answered():
    found = load.Load(10.0, 1.0, 2.0, 20, 0)

    row = figures.row(found, 4.0, 1.0, tool="wrk", each=10)

    assert (row["per_second"], row["cpu_ms"], row["database_ms"], row["tool"]) == (100.0, 20.0, 5.0, "wrk")


@pytest.mark.parametrize(
    ("there", "wanted", "named"), [(True, "", "wrk"), (False, "", "asyncio"), (True, "asyncio", "asyncio")]
)
def test_tool_is_wrk_where_it_is_installed_and_not_declined(monkeypatch, there, wanted, named):
    monkeypatch.setattr(wrk, "is_there", lambda: there)

    assert figures.tool(wanted) == named


@pytest.mark.parametrize("wanted", ["wrk", "ab"])
def test_tool_that_is_not_there_is_refused(monkeypatch, wanted):
    monkeypatch.setattr(wrk, "is_there", lambda: False)

    with pytest.raises(SystemExit, match=wanted):
        figures.tool(wanted)
