"""Where a server is to listen, tried before anything long is begun."""

import errno
import os
import socket

from ansinh.kernel.errors import Invalid, Refused


def try_address(host: str, port: int) -> None:
    """Refused when another program holds the port, or the port may not be opened; Invalid for an unknown host."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Invalid(f"--host: không tìm thấy địa chỉ «{host}» trên máy này.") from error
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        # As the server does: a port that a server left a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise Refused(_why(error, host, port)) from error


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Cổng {port} đang có chương trình khác dùng. Dừng chương trình đó, hoặc chọn cổng khác: --port {port + 1}."
        )
    said = os.strerror(error.errno) if error.errno else str(error)
    return f"Không mở được {host}:{port} ({said}). Chọn cổng khác, ví dụ --port 8000, hoặc địa chỉ khác."
