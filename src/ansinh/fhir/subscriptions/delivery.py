"""One POST to one receiver: to the address that was judged, without redirects, within a limit of time and size.

Runs in a thread of its own and touches no database. An answer's body is never kept.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ansinh.fhir.subscriptions import addresses
from ansinh.fhir.subscriptions.addresses import Forbidden, Target, Unresolved

_MIME = "application/fhir+json; charset=utf-8"
_MOST_ANSWERED = 65_536


@dataclass(frozen=True, slots=True)
class Outcome:
    """error: "" when the receiver took it; else one Vietnamese sentence without the address. lasting: trying again
    cannot help, because the settings forbid the address."""

    error: str = ""
    lasting: bool = False

    @property
    def taken(self) -> bool:
        return not self.error


def post(target: Target, headers: Sequence[tuple[str, str]], body: bytes, timeout: float) -> Outcome:
    """Send `body`; taken when the answer is 2xx within `timeout` seconds. Raises nothing."""
    try:
        status = _send(target, headers, body, timeout)
    except Forbidden as error:
        return Outcome(str(error), lasting=True)
    except Unresolved as error:
        return Outcome(str(error))
    except ssl.SSLError:
        return Outcome("Chứng chỉ hoặc kết nối TLS của máy chủ nhận tin không dùng được.")
    except TimeoutError:
        return Outcome("Máy chủ nhận tin không trả lời kịp.")
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome("Không nối được với máy chủ nhận tin.")
    return Outcome() if 200 <= status < 300 else Outcome(f"Máy chủ nhận tin trả lời {status}.")


def _send(target: Target, headers: Sequence[tuple[str, str]], body: bytes, timeout: float) -> int:
    connection = _connect(target, timeout)
    with _deadline(connection, timeout) as is_over:
        try:
            connection.putrequest("POST", target.path, skip_accept_encoding=True)
            for name, value in (("Content-Type", _MIME), ("Content-Length", str(len(body))), *headers):
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            answer.read(_MOST_ANSWERED)
        except (OSError, http.client.HTTPException) as error:
            raise (TimeoutError() if is_over() else error) from None
        if is_over():  # a cut in the middle of the headers reads like their end
            raise TimeoutError
        return answer.status


def _connect(target: Target, timeout: float) -> http.client.HTTPConnection:
    """A connection whose socket is already open to the judged address; Host and certificate are of the name."""
    address = addresses.resolve(target)
    made = http.client.HTTPConnection(target.host, target.port, timeout=timeout)
    made.default_port = addresses.PORTS[target.scheme]  # the Host header names a port only where it is another
    plain = socket.create_connection((address, target.port), timeout=timeout)
    try:
        made.sock = _secured(plain, target.host) if target.scheme == "https" else plain
    except BaseException:
        plain.close()
        raise
    return made


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


@contextmanager
def _deadline(connection: http.client.HTTPConnection, seconds: float) -> Iterator:
    """Cut the connection after `seconds` in all: a socket's own timeout starts anew with each byte that drips in."""
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
