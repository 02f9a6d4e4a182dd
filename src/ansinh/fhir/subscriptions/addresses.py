"""Where notifications may go: the origins and the private networks that this node's settings name, nothing else.

A name is resolved each time before sending, and the connection goes to the address that was judged, so that a name
that later points into the node's own network leads nowhere.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

PORTS = {"http": 80, "https": 443}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(ValueError):
    """An address that this node does not send to; the text is a Vietnamese sentence without the address."""


class Unresolved(OSError):
    """The name has no address now."""


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint, taken apart. `path` carries the query."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(endpoint: str) -> Target:
    """The endpoint, if the node's settings allow it by what is written in it. Raises Forbidden."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Forbidden("Địa chỉ nhận tin không đọc được.") from error
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in PORTS or not host or not endpoint.isascii() or any(char <= " " for char in endpoint):
        raise Forbidden("Địa chỉ nhận tin có dạng https://máy-chủ/đường-dẫn.")
    if parts.username or parts.password or parts.fragment:
        raise Forbidden("Địa chỉ nhận tin không được chứa tên đăng nhập, mật khẩu hoặc dấu #; hãy dùng header.")
    if f"{parts.scheme}://{host}:{port}" not in _origins():
        raise Forbidden("Nút này chưa cho phép gửi tin đến máy chủ đó; quản trị viên thêm vào ANSINH_NOTIFY_TO.")
    if (literal := _literal(host)) is not None:
        check(literal)
    return Target(parts.scheme, host, port, _path(parts))


def is_local(target: Target) -> bool:
    """True for a loopback address written as such."""
    literal = _literal(target.host)
    return literal is not None and literal.is_loopback


def resolve(target: Target) -> str:
    """One address of the host, every one of which may be sent to. Raises Forbidden, Unresolved."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved("Không tìm thấy máy chủ nhận tin.") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        check(ipaddress.ip_address(address.partition("%")[0]))
    return addresses[0]


def check(address: Address) -> None:
    """Raises Forbidden for an address that is not public, unless the settings name its network."""
    real = getattr(address, "ipv4_mapped", None) or address
    if any(real.version == network.version and real in network for network in _networks()):
        return
    if not real.is_global or real.is_multicast:
        raise Forbidden("Máy chủ nhận tin nằm trong mạng nội bộ mà nút này chưa cho phép (ANSINH_NOTIFY_NETWORKS).")


def _origins() -> frozenset[str]:
    return frozenset(_origin(text) for text in settings.NOTIFY_TO)


def _origin(text: str) -> str:
    parts = urlsplit(text)
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{parts.port or PORTS.get(parts.scheme, 0)}"


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text) for text in settings.NOTIFY_NETWORKS]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path
