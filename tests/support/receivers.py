"""A real HTTP server on 127.0.0.1 that receives notifications and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ansinh.fhir.model import json


@dataclass
class Letter:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    bundle: dict[str, Any]

    @property
    def status(self) -> dict[str, Any]:
        """The status Parameters by name; `notification-event` is a list of its parts by name."""
        told: dict[str, Any] = {"notification-event": []}
        for part in self.bundle["entry"][0]["resource"]["parameter"]:
            if part["name"] == "notification-event":
                told["notification-event"].append({one["name"]: _value(one) for one in part["part"]})
            else:
                told[part["name"]] = _value(part)
        return told

    @property
    def kind(self) -> str:
        return self.status["type"]

    @property
    def numbers(self) -> list[int]:
        return [int(one["event-number"]) for one in self.status["notification-event"]]


@dataclass
class Receiver:
    """`letters`: everything received, in order. `answers`: statuses to answer with next; then 200. A status of 0 closes
    the connection without an answer; `held`, where there is one, makes requests to /cham wait until it is set."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    held: threading.Event | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/tin"

    def of_kind(self, kind: str) -> list[Letter]:
        return [one for one in self.letters if one.kind == kind]

    @property
    def numbers(self) -> list[int]:
        """Event numbers in the order in which they came."""
        return [number for one in self.of_kind("event-notification") for number in one.numbers]


def _value(part: dict[str, Any]) -> Any:
    value = next(value for key, value in part.items() if key.startswith("value"))
    return value["reference"] if isinstance(value, dict) and "reference" in value else value


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver on a free port, until the end of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if receiver.held is not None and self.path == "/cham":
                receiver.held.wait(10)
            receiver.letters.append(Letter(self.path, dict(self.headers), json.loads(body)))
            status = receiver.answers.pop(0) if receiver.answers else 200
            if status:
                self.send_response(status)
                self.send_header("Location", receiver.origin + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            self.close_connection = True

        def log_message(self, *words: Any) -> None:
            """Tests are silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
