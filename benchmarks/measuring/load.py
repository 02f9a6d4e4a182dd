"""A load generator: some connections kept open, each sending its next request when the answer before is whole."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

Request = tuple[str, str, bytes]  # method, path, body


@dataclass(frozen=True, slots=True)
class Load:
    """What one run saw. Latencies in milliseconds; refused: answers that were not 2xx."""

    per_second: float
    median_ms: float
    p99_ms: float
    answers: int
    refused: int


def run(port: int, token: str, requests: Iterator[Request], *, connections: int, seconds: float) -> Load:
    """Ask for so many seconds. Raises ConnectionError when the server closes a connection."""
    return asyncio.run(_run(port, token, requests, connections, seconds))


async def _run(port: int, token: str, requests: Iterator[Request], connections: int, seconds: float) -> Load:
    times: list[float] = []
    statuses: list[int] = []
    began = time.perf_counter()
    workers = [_ask(port, token, requests, began + seconds, times, statuses) for _ in range(connections)]
    await asyncio.gather(*workers)
    took, ordered = time.perf_counter() - began, sorted(times)
    return Load(
        round(len(ordered) / took, 1),
        round(ordered[len(ordered) // 2] * 1000, 2),
        round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        len(ordered),
        sum(1 for status in statuses if status // 100 != 2),
    )


async def _ask(
    port: int, token: str, requests: Iterator[Request], until: float, times: list[float], statuses: list[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        while (begun := time.perf_counter()) < until:
            writer.write(_written(*next(requests), token))
            head = await reader.readuntil(b"\r\n\r\n")
            lowered = head.lower()
            length = lowered.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            times.append(time.perf_counter() - begun)
            statuses.append(int(head[9:12]))
    finally:
        writer.close()


def _written(method: str, path: str, body: bytes, token: str) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def around(requests: list[Request]) -> Iterator[Request]:
    """The same requests again and again."""
    return itertools.cycle(requests)
