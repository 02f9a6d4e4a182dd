"""A bucket of an S3 service, asked by HTTPS with requests signed as AWS describes (Signature Version 4).

Only what backups need: put, get, list, remove. One request carries one file, so a segment is at most 5 GB there.
Source: AWS documentation, "Signature Calculations for the Authorization Header".
"""

import hashlib
import hmac
import http.client
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings

from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound, UserError

EMPTY = hashlib.sha256(b"").hexdigest()
_TRIES = 3
_TIMEOUT = 120.0
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class Unanswered(UserError):
    """The service did not answer, or not as an S3 service does."""

    issue_type = "transient"
    status = 502


@dataclass(frozen=True, slots=True)
class Signer:
    """The keys of an account, for one region."""

    key: str
    secret: str = field(repr=False)
    region: str = "us-east-1"

    def headers(
        self, method: str, host: str, path: str, query: Mapping[str, str], payload: str, now: datetime,
        more: Mapping[str, str] | None = None,
    ) -> dict[str, str]:  # fmt: skip
        """The headers that sign a request. path: not yet quoted; payload: SHA-256 of the body in hexadecimal digits."""
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        given = {"host": host, "x-amz-content-sha256": payload, "x-amz-date": stamp, **(more or {})}
        names = ";".join(sorted(given))
        listed = "".join(f"{name}:{given[name].strip()}\n" for name in sorted(given))
        asked = "\n".join([method, quote(path, safe="/~"), canonical(query), listed, names, payload])
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(asked.encode()).hexdigest()])
        signature = hmac.digest(self._key_of_day(stamp[:8]), text.encode(), "sha256").hex()
        said = f"AWS4-HMAC-SHA256 Credential={self.key}/{scope},SignedHeaders={names},Signature={signature}"
        return {**given, "Authorization": said}

    def _key_of_day(self, day: str) -> bytes:
        made = f"AWS4{self.secret}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            made = hmac.digest(made, part.encode(), "sha256")
        return made


def canonical(query: Mapping[str, str]) -> str:
    """A query as it is signed and sent: by name, everything quoted."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


@dataclass(frozen=True, slots=True)
class Bucket:
    """Files below a prefix of a bucket, in the form `https://host/bucket/prefix/name`."""

    scheme: str
    host: str
    bucket: str
    prefix: str
    signer: Signer

    @property
    def words(self) -> str:
        """The address without keys."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def names(self) -> list[str]:
        """Every file directly below the prefix; a thousand are told at a time."""
        found: list[str] = []
        query = {"list-type": "2", "prefix": self.prefix}
        while True:
            told = self._xml(self._ask("GET", f"/{self.bucket}", query))
            found += [one.text or "" for one in told.iter(f"{_NAMESPACE}Key")]
            more = told.findtext(f"{_NAMESPACE}NextContinuationToken")
            if not more:
                return sorted(name.removeprefix(self.prefix) for name in found if "/" not in name[len(self.prefix) :])
            query["continuation-token"] = more

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Kept in a file of this machine, sealed as it is, and sent at the end."""
        with tempfile.TemporaryFile() as file:
            yield file
            size = file.tell()
            file.seek(0)
            summed = hashlib.file_digest(file, "sha256").hexdigest()

            def send() -> BinaryIO:
                file.seek(0)
                return file

            self._ask("PUT", self._path(name), {}, send, summed, size).close()

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """As it comes over the line."""
        answer = self._ask("GET", self._path(name), {})
        with answer:
            yield answer

    def remove(self, name: str) -> None:
        """The service says the same for a file that is not there."""
        self._ask("DELETE", self._path(name), {}).close()

    def _path(self, name: str) -> str:
        return f"/{self.bucket}/{self.prefix}{name}"

    def _ask(
        self, method: str, path: str, query: dict[str, str], send: Callable[[], BinaryIO] | None = None,
        payload: str = EMPTY, size: int = 0,
    ) -> http.client.HTTPResponse:  # fmt: skip
        """The answer, when it is good. A line that breaks and a service that is busy are tried again."""
        wrong = ""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(attempt)
            try:
                answer = self._once(method, path, query, send() if send else None, payload, size)
            except OSError as error:
                wrong = type(error).__name__
                continue
            if answer.status in (200, 204):
                return answer
            answer.close()
            if answer.status == 404:
                raise NotFound(f"Thiếu tệp hoặc kho sao lưu {path}.", code="backup-missing")
            wrong = f"HTTP {answer.status}"
            if answer.status < 500:
                break
        raise Unanswered(f"Kho S3 {self.host} không nhận yêu cầu ({wrong}).", code="backup-place")

    def _once(
        self, method: str, path: str, query: dict[str, str], body: BinaryIO | None, payload: str, size: int
    ) -> http.client.HTTPResponse:
        kind = http.client.HTTPSConnection if self.scheme == "https" else http.client.HTTPConnection
        line = kind(self.host, timeout=_TIMEOUT)
        headers = self.signer.headers(method, self.host, path, query, payload, clock.now())
        if body is not None:
            headers["Content-Length"] = str(size)
        headers["Connection"] = "close"  # the answer is read to its end or dropped, and the socket with it
        asked = quote(path, safe="/~") + (f"?{canonical(query)}" if query else "")
        line.request(method, asked, body, headers)
        return line.getresponse()

    def _xml(self, answer: http.client.HTTPResponse) -> ET.Element:
        try:
            with answer:
                return ET.fromstring(answer.read(10_000_000))
        except ET.ParseError as error:
            raise Unanswered(f"Kho S3 {self.host} trả lời không đúng dạng.", code="backup-place") from error


def bucket(address: str) -> Bucket:
    """`s3://bucket/prefix?endpoint=https://host&region=…` with the keys of the settings. Raises Invalid."""
    parts = urlsplit(address)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    place = urlsplit(given.get("endpoint", "https://s3.amazonaws.com"))
    if not parts.netloc or not place.hostname or set(given) - {"endpoint", "region"}:
        raise Invalid(
            "Nơi sao lưu S3 có dạng s3://kho/đường-dẫn?endpoint=https://máy-chủ&region=vùng.", code="backup-place"
        )
    if place.scheme != "https" and place.hostname not in ("127.0.0.1", "localhost"):
        raise Invalid("Kho S3 phải là địa chỉ https.", code="backup-place")
    if not settings.BACKUPS.s3_key or not settings.BACKUPS.s3_secret:
        raise Invalid("Chưa có ANSINH_BACKUP_S3_KEY và ANSINH_BACKUP_S3_SECRET.", code="backup-place")
    prefix = f"{parts.path.strip('/')}/" if parts.path.strip("/") else ""
    signer = Signer(settings.BACKUPS.s3_key, settings.BACKUPS.s3_secret, given.get("region", "us-east-1"))
    return Bucket(place.scheme, place.netloc, parts.netloc, prefix, signer)
