"""A client that logs in and asks: connections kept open, like a browser's, and nothing drawn."""

import http.client
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """One request: seconds from sending to the last byte, status, length of the body."""

    seconds: float
    status: int
    size: int


class Browser:
    """One person at one connection."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self.token = self.location = ""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def log_in(self, username: str, password: str) -> None:
        """Start a session. Raises SystemExit when the login is refused."""
        _, page = self._ask("GET", "/dang-nhap/")
        form = {
            "csrfmiddlewaretoken": _token(page),
            "username": username,
            "password": password,
            "next": "/",
        }
        status, _ = self._ask("POST", "/dang-nhap/", urlencode(form))
        if status != 302:
            raise SystemExit(f"login of {username} refused: {status}")

    def get(self, path: str) -> Answer:
        """One page, timed."""
        began = time.perf_counter()
        status, body = self._ask("GET", path)
        return Answer(time.perf_counter() - began, status, len(body))

    def type(self, path: str) -> Answer:
        """What follows `?` sent as a form, then the page that it leads to, timed together."""
        address, _, form = path.partition("?")
        if not self.token:
            self.token = _token(self._ask("GET", address)[1])
        began = time.perf_counter()
        status, body = self._ask("POST", address, f"{form}&csrfmiddlewaretoken={self.token}")
        if status == 302:
            status, body = self._ask("GET", self.location)
        return Answer(time.perf_counter() - began, status, len(body))

    def twin(self) -> "Browser":
        """The same session at a connection of its own; a server closes one that was idle for long."""
        return Browser(self.port, self.cookies)

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, headers)
        response = self.connection.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        self.location = response.getheader("Location", "")
        return response.status, response.read()


def _token(page: bytes) -> str:
    found = _TOKEN.search(page.decode())
    return found[1] if found else ""


def at_once(browser: Browser, paths: Sequence[str], width: int, *, typed: bool) -> list[Answer]:
    """The pages asked by `width` connections at the same time."""
    lanes = [(browser.twin(), paths[number::width]) for number in range(width)]
    with ThreadPoolExecutor(width) as pool:
        answers = pool.map(lambda lane: [ask(lane[0], path, typed=typed) for path in lane[1]], lanes)
        return [answer for lane in answers for answer in lane]


def ask(browser: Browser, path: str, *, typed: bool) -> Answer:
    """One page, by its address or by a form."""
    return browser.type(path) if typed else browser.get(path)
