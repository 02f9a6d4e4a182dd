"""Our own load tool, for machines without wrk and for requests that are to be sent once.

Some connections are kept open, each sending its next request when the answer before is whole. It shares the machine
with the server, so it does little: a request is written once and sent as it is, of an answer only the status and the
length are read.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

NAME = "asyncio"

Request = tuple[str, str, bytes]  # method, path, body


@dataclass(frozen=True, slots=True)
class Load:
    """What one run saw. Latencies in milliseconds; refused: answers that were not 2xx."""

    per_second: float
    median_ms: float
    p99_ms: float
    answers: int
    refused: int


@dataclass(slots=True)
class _Run:
    """What the connections of one run share."""

    port: int
    token: str
    requests: Iterator[Request]
    until: float
    times: list[float] = field(default_factory=list)
    refused: int = 0
    written: dict[Request, bytes] = field(default_factory=dict)

    def next(self) -> bytes | None:
        """The next request as it goes over the line; None when there is none, or no time."""
        if time.perf_counter() >= self.until or (request := next(self.requests, None)) is None:
            return None
        if (found := self.written.get(request)) is None:
            found = self.written[request] = written(*request, self.token)
        return found


class _Line(asyncio.Protocol):
    """One connection. Raises nothing itself: `ended` gets the error of a connection that broke."""

    def __init__(self, run: _Run) -> None:
        self.run, self.ended = run, asyncio.get_running_loop().create_future()
        self.buffer, self.missing, self.begun = b"", -1, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        following = self.run.next()
        if following is None:
            self.ended.set_result(None)
            self.transport.close()
            return
        self.begun = time.perf_counter()
        self.transport.write(following)

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.buffer += data
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self.missing = int(length or 0) + end + 4 - len(self.buffer)
            self.run.refused += head[9:10] != b"2"
        else:
            self.missing -= len(data)
        if self.missing <= 0:
            self.run.times.append(time.perf_counter() - self.begun)
            self.buffer, self.missing = b"", -1
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or ConnectionError("the server closed a connection"))


def run(port: int, token: str, requests: list[Request], *, connections: int, seconds: float) -> Load:
    """Ask the same requests again and again for so many seconds. Raises ConnectionError when a connection breaks."""
    return asyncio.run(_run(port, token, itertools.cycle(requests), connections, seconds))


def run_once(port: int, token: str, requests: list[Request], *, connections: int, seconds: float) -> Load:
    """Ask each request once, for so many seconds at most."""
    return asyncio.run(_run(port, token, iter(requests), connections, seconds))


async def _run(port: int, token: str, requests: Iterator[Request], connections: int, seconds: float) -> Load:
    began, loop = time.perf_counter(), asyncio.get_running_loop()
    shared = _Run(port, token, requests, began + seconds)
    lines = [(await loop.create_connection(lambda: _Line(shared), "127.0.0.1", port))[1] for _ in range(connections)]
    await asyncio.gather(*(line.ended for line in lines))
    return summary(shared.times, time.perf_counter() - began, refused=shared.refused)


def summary(times: list[float], took: float, *, refused: int) -> Load:
    """What a run saw that took so many seconds. times: of each answer, in seconds, at least one."""
    ordered = sorted(times)
    return Load(
        round(len(ordered) / took, 1),
        round(ordered[len(ordered) // 2] * 1000, 2),
        round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        len(ordered),
        refused,
    )


def written(method: str, path: str, body: bytes, token: str) -> bytes:
    """A request as it goes over the line."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body
