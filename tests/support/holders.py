"""A real HTTP server on 127.0.0.1 that holds files and gives them well or badly."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Holder:
    """files: path with query → content. badly: path → `moved` (a redirect), `short` (less than was said), `packed`
    (an encoding that nobody asked for), `slow` (byte by byte), `endless` (no length, no end), `503` (that status).
    turns: path → the same for each request in turn. asked: paths, in order; headers: of the last request."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    badly: dict[str, str] = field(default_factory=dict)
    turns: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def how(self, path: str) -> str:
        """How the next request for a path is answered."""
        return self.turns[path].pop(0) if self.turns.get(path) else self.badly.get(path, "")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def holding() -> Iterator[Holder]:
    """The server, stopped with the block."""
    holder = Holder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            holder.asked.append(self.path)
            holder.headers = dict(self.headers)
            _give(self, holder, holder.how(self.path))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    holder.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield holder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _give(handler: BaseHTTPRequestHandler, holder: Holder, how: str) -> None:
    if how == "moved":
        handler.send_response(302)
        handler.send_header("Location", f"{holder.origin}/inside")
        handler.end_headers()
        return
    if how.isdecimal() or handler.path not in holder.files:
        handler.send_error(int(how or 404))
        return
    data = holder.files[handler.path]
    handler.send_response(200)
    if how == "packed":
        handler.send_header("Content-Encoding", "gzip")
    if how != "endless":
        handler.send_header("Content-Length", str(len(data) + (10 if how == "short" else 0)))
    handler.end_headers()
    with suppress(OSError):  # the other side has heard enough
        _write(handler, data, how)


def _write(handler: BaseHTTPRequestHandler, data: bytes, how: str) -> None:
    if how == "endless":
        for _ in range(200):
            handler.wfile.write(data)
    elif how == "slow":
        for byte in data:
            handler.wfile.write(bytes((byte,)))
            handler.wfile.flush()
            time.sleep(0.02)
    else:
        handler.wfile.write(data)
