"""One POST to one receiver: to the address that was judged, without redirects, within a limit of time and size.

Runs in a thread of its own and touches no database. An answer's body is never kept.
"""

import http.client
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from ansinh.fhir.subscriptions import addresses
from ansinh.fhir.subscriptions.addresses import Forbidden, Target, Unresolved
from ansinh.kernel import outgoing

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
    connection = outgoing.connect(target, addresses.resolve(target), timeout)
    with outgoing.within(connection, timeout) as is_over:
        try:
            connection.putrequest("POST", target.path, skip_accept_encoding=True)
            for name, value in (("Content-Type", _MIME), ("Content-Length", str(len(body))), *headers):
                connection.putheader(name, value)
            connection.endheaders(body)
            with connection.getresponse() as answer:
                answer.read(_MOST_ANSWERED)
        except (OSError, http.client.HTTPException) as error:
            raise (TimeoutError() if is_over() else error) from None
        if is_over():  # a cut in the middle of the headers reads like their end
            raise TimeoutError
        return answer.status
