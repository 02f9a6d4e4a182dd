"""Machines that this node may speak to: named by who runs it, judged at each call, reached at the address judged.

    Permitted(origins, networks) ─► target_of(url) ─► resolve(target) ─► connect(target, address) ─► within(seconds)

A name is resolved each time, and the connection goes to the address that was judged, so that a name that later points
into the node's own network leads nowhere. Nothing here follows a redirect.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(ValueError):
    """An address that this node does not speak to; the text is a Vietnamese sentence without the address."""


class Unresolved(OSError):
    """The name has no address now."""


@dataclass(frozen=True, slots=True)
class Target:
    """One address, taken apart. `path` carries the query."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Permitted:
    """origins: `https://his.example.vn`, with a port where it is not the usual one. networks: private ones
    (`10.20.0.0/16`) in which those may lie. place, machine: what sentences call an address and its machine. named_in,
    networks_in: the settings that hold the lists."""

    origins: Sequence[str]
    networks: Sequence[str]
    place: str
    machine: str
    named_in: str
    networks_in: str

    def target_of(self, url: str) -> Target:
        """The address, if it is permitted by what is written in it. Raises Forbidden."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise Forbidden(f"{self.place} không đọc được.") from error
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in PORTS or not host or not url.isascii() or any(char <= " " for char in url):
            raise Forbidden(f"{self.place} có dạng https://máy-chủ/đường-dẫn.")
        if parts.username or parts.password or parts.fragment:
            raise Forbidden(f"{self.place} không được chứa tên đăng nhập, mật khẩu hoặc dấu #.")
        if f"{parts.scheme}://{host}:{port}" not in {origin_of(text) for text in self.origins}:
            raise Forbidden(f"Nút này chưa cho phép máy chủ đó; quản trị viên thêm vào {self.named_in}.")
        if (literal := literal_of(host)) is not None:
            self.check(literal)
        return Target(parts.scheme, host, port, _path(parts))

    def resolve(self, target: Target) -> str:
        """One address of the host, every one of which is permitted. Raises Forbidden, Unresolved."""
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unresolved(f"Không tìm thấy {self.machine}.") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        for address in addresses:
            self.check(ipaddress.ip_address(address.partition("%")[0]))
        return addresses[0]

    def check(self, address: Address) -> None:
        """Raises Forbidden for an address that is not public, unless one of the networks holds it."""
        real = getattr(address, "ipv4_mapped", None) or address
        allowed = [ipaddress.ip_network(text) for text in self.networks]
        if any(real.version == network.version and real in network for network in allowed):
            return
        if not real.is_global or real.is_multicast:
            who = self.machine[:1].upper() + self.machine[1:]
            raise Forbidden(f"{who} nằm trong mạng nội bộ mà nút này chưa cho phép ({self.networks_in}).")


def literal_of(host: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def connect(target: Target, address: str, timeout: float) -> http.client.HTTPConnection:
    """A connection whose socket is already open to the judged address; Host and certificate are of the name. `timeout`
    in seconds, for each wait. Raises OSError."""
    made = http.client.HTTPConnection(target.host, target.port, timeout=timeout)
    made.default_port = PORTS[target.scheme]  # the Host header names a port only where it is another
    plain = socket.create_connection((address, target.port), timeout=timeout)
    try:
        made.sock = _secured(plain, target.host) if target.scheme == "https" else plain
    except BaseException:
        plain.close()
        raise
    return made


@contextmanager
def within(connection: http.client.HTTPConnection, seconds: float) -> Iterator[Callable[[], bool]]:
    """Cut the connection after `seconds` in all: a socket's own timeout starts anew with each byte that drips in.

    Gives what says whether it was cut; closes the connection.
    """
    over, sock = threading.Event(), connection.sock

    def cut() -> None:
        over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()
        connection.close()


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def origin_of(text: str) -> str:
    """Scheme, host and port of an address, the usual port written out."""
    parts = urlsplit(text)
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{parts.port or PORTS.get(parts.scheme, 0)}"


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path
