"""Files of an import that lie on other machines: fetched by the job, from where this node's settings allow it.

    permitted origin ─► name resolved and judged ─► GET, no redirect ─► at most so many bytes, so many seconds ─► file
                                                    └─ what may pass by itself is tried again, after 2, 8 and 30 seconds

An origin may have a token (`ANSINH_IMPORT_TOKENS`); it goes to that origin and nowhere else. The address comes from who
asks for the import, so it could point anywhere (SSRF): `kernel.outgoing` judges it when it is named and each time it is
fetched, and the sentences never tell what another machine answered beyond its status.
"""

import http.client
import os
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from ansinh.fhir.bulk.sources import Source
from ansinh.kernel import outgoing
from ansinh.kernel.errors import Refused, UserError
from ansinh.kernel.outgoing import Forbidden, Permitted, Target, Unresolved

MIME = "application/fhir+ndjson"
_PIECE = 1 << 20
_WAIT = 30.0
"""Seconds without a byte."""
_TOLD_EVERY = 2.0
_PAUSES = (2.0, 8.0, 30.0)
"""Seconds before a file is asked for again."""
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class NotFetched(UserError):
    """A file could not be fetched; the job ends and may be asked for again. passing: it may work in a moment."""

    issue_type = "transient"
    status = 502

    def __init__(self, message: str, *, passing: bool) -> None:
        super().__init__(message, code="import-fetch")
        self.passing = passing


def source(kind: str, url: str, number: int) -> Source:
    """What an import names, not fetched yet. Raises `Refused` for an address that the settings do not allow."""
    _target(url)
    return Source("", f"{kind}-{number}.ndjson", 0, url)


def fetch(one: Source, folder: Path, tell: Callable[[str], None]) -> Source:
    """The file of a source, in the folder; what was fetched whole before is not fetched again.

    tell: hears how far it is every few seconds, and may raise to stop. Raises `NotFetched`, `Refused`.
    """
    place = folder / f"{one.name}.fetched"
    if not place.exists():
        part = folder / f"{one.name}.part"
        try:
            _persistently(one, part, tell)
            part.rename(place)
        finally:
            part.unlink(missing_ok=True)
    return Source(str(place), one.name, place.stat().st_size)


def _persistently(one: Source, part: Path, tell: Callable[[str], None]) -> None:
    """Fetch; what may pass by itself is waited for. The address is judged anew each time."""
    for pause in _PAUSES:
        try:
            return _fetch(_target(one.url), one.name, part, tell)
        except NotFetched as error:
            if not error.passing:
                raise
        _wait(pause, one.name, tell)
    return _fetch(_target(one.url), one.name, part, tell)


def _wait(seconds: float, name: str, tell: Callable[[str], None]) -> None:
    """Sleep, and say so: whoever hears it keeps the job's lease, or stops it."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        tell(f"Chưa tải được {name}, thử lại sau {max(round(left), 1)} giây")
        time.sleep(min(left, _TOLD_EVERY))


def forget(folder: Path) -> None:
    """Remove what was fetched."""
    for place in folder.glob("*.fetched"):
        place.unlink()


def _permitted() -> Permitted:
    return Permitted(
        settings.IMPORT_FROM,
        settings.IMPORT_NETWORKS,
        place="Địa chỉ tệp",
        machine="máy chủ giữ tệp",
        named_in="ANSINH_IMPORT_FROM",
        networks_in="ANSINH_IMPORT_NETWORKS",
    )


def _target(url: str) -> Target:
    if url.partition(":")[0].lower() not in outgoing.PORTS or not settings.IMPORT_FROM:
        text = "Nút này không tự tải tệp từ nơi khác: hãy gửi tệp bằng POST $import-files rồi nêu địa chỉ nhận được."
        raise Refused(text, code="import-url")
    try:
        return _permitted().target_of(url)
    except Forbidden as error:
        raise Refused(str(error), code="import-url") from error


def _fetch(target: Target, name: str, place: Path, tell: Callable[[str], None]) -> None:
    try:
        connection = outgoing.connect(target, _permitted().resolve(target), _WAIT)
        with outgoing.within(connection, settings.IMPORT_SECONDS) as is_over:
            try:
                _receive(connection, target, name, place, tell)
            except (OSError, http.client.HTTPException) as error:
                raise (TimeoutError() if is_over() else error) from None
            if is_over():
                raise TimeoutError
    except Forbidden as error:
        raise Refused(str(error), code="import-url") from error
    except Unresolved as error:
        raise _failed(name, "không tìm thấy máy chủ giữ tệp", passing=True) from error
    except ssl.SSLError as error:
        raise _failed(name, "chứng chỉ hoặc kết nối TLS của máy chủ giữ tệp không dùng được") from error
    except TimeoutError as error:
        raise _failed(name, "máy chủ giữ tệp không gửi kịp", passing=True) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = "không nối được với máy chủ giữ tệp, hoặc tệp đến không đủ"
        raise _failed(name, why, passing=True) from error


def _receive(
    connection: http.client.HTTPConnection, target: Target, name: str, place: Path, tell: Callable[[str], None]
) -> None:
    headers = {"Accept": MIME, "Accept-Encoding": "identity", "Connection": "close", **_authorization(target)}
    connection.request("GET", target.path, headers=headers)
    with connection.getresponse() as answer:
        if answer.status != 200 or answer.getheader("Content-Encoding", "identity") != "identity":
            raise _failed(name, f"máy chủ giữ tệp trả lời {answer.status}", passing=answer.status in _PASSING)
        _keep(answer, name, place, tell)


def _authorization(target: Target) -> dict[str, str]:
    """The header with the token of the target's origin; nothing where it has none."""
    origin = f"{target.scheme}://{target.host}:{target.port}"
    found = [token for named, token in settings.IMPORT_TOKENS.items() if outgoing.origin_of(named) == origin]
    return {"Authorization": f"Bearer {found[0]}"} if found else {}


def _keep(answer: http.client.HTTPResponse, name: str, place: Path, tell: Callable[[str], None]) -> None:
    told, expected, received = time.monotonic(), answer.length, 0
    with os.fdopen(os.open(place, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        while piece := answer.read1(_PIECE):
            received += len(piece)
            if received > settings.IMPORT_LARGEST:
                raise _failed(name, f"tệp lớn quá {settings.IMPORT_LARGEST >> 20} MB")
            file.write(piece)
            if time.monotonic() - told > _TOLD_EVERY:
                tell(f"Đang tải {name}: {received >> 20} MB")
                told = time.monotonic()
    if expected is not None and received != expected:
        raise http.client.IncompleteRead(b"")


def _failed(name: str, why: str, *, passing: bool = False) -> NotFetched:
    return NotFetched(f"Không tải được tệp {name}: {why}.", passing=passing)
