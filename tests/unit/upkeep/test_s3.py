"""Requests to an S3 service: signed as its documentation shows, refused when signed otherwise, whole or not at all."""

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from ansinh.kernel.errors import Invalid, NotFound, UserError
from ansinh.upkeep.backup import places, s3

# The examples of AWS: "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk".
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
DAY, HOST = datetime(2013, 5, 24, tzinfo=UTC), "examplebucket.s3.amazonaws.com"
PUT = {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}


@pytest.mark.parametrize(
    ("method", "path", "query", "payload", "more", "expected"),
    [
        ("GET", "/test.txt", {}, b"", {"range": "bytes=0-9"},
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT", "/test$file.text", {}, b"Welcome to Amazon S3.", PUT,
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/", {"lifecycle": ""}, b"", {}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/", {"max-keys": "2", "prefix": "J"}, b"", {},
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)  # fmt: skip
def test_signature_is_the_one_of_the_documentation(method, path, query, payload, more, expected):
    signer, summed = s3.Signer(KEY, SECRET), hashlib.sha256(payload).hexdigest()

    headers = signer.headers(method, HOST, path, query, summed, DAY, more)

    assert headers["Authorization"].endswith(f"Signature={expected}")


class Service:
    """A bucket in memory that believes only requests which it can sign the same; tells two names at a time."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.busy = 0
        self.address = ""


@contextmanager
def served():
    service = Service()

    class Door(BaseHTTPRequestHandler):
        def _do(self) -> None:
            parts, body = urlsplit(self.path), self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
            if service.busy:
                service.busy -= 1
                return self._answer(503)
            if not self._signed(name, query, body):
                return self._answer(403)
            if self.command == "PUT":
                service.files[name] = body
                return self._answer(200)
            if self.command == "DELETE":
                service.files.pop(name, None)
                return self._answer(204)
            if "list-type" in query:
                return self._answer(200, _listing(service, name, query))
            return self._answer(200, service.files[name]) if name in service.files else self._answer(404)

        do_GET = do_PUT = do_DELETE = _do

        def _signed(self, name, query, body) -> bool:
            now = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            summed = hashlib.sha256(body).hexdigest()
            own = s3.Signer(KEY, SECRET, "hanoi-1").headers(
                self.command, self.headers["Host"], name, query, summed, now
            )
            return own["Authorization"] == self.headers["Authorization"]

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


def _listing(service: Service, bucket: str, query: dict) -> bytes:
    names = sorted(name.removeprefix(f"{bucket}/") for name in service.files)
    names = [one for one in names if one.startswith(query["prefix"]) and one > query.get("continuation-token", "")]
    more = f"<NextContinuationToken>{names[1]}</NextContinuationToken>" if len(names) > 2 else ""
    keys = "".join(f"<Contents><Key>{one}</Key></Contents>" for one in names[:2])
    return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{keys}{more}</ListBucketResult>'.encode()


@pytest.fixture
def service():
    with served() as found:
        yield found


@pytest.fixture
def bucket(service, settings, monkeypatch):
    monkeypatch.setattr(s3.time, "sleep", lambda seconds: None)
    settings.BACKUPS = replace(settings.BACKUPS, s3_key=KEY, s3_secret=SECRET)
    return places.place(f"s3://kho/nút một?endpoint=http://{service.address}&region=hanoi-1")


def test_files_are_put_told_read_and_removed(bucket):
    for number in range(5):
        with bucket.writing(f"tệp-{number}.age") as file:
            file.write(b"x" * number)
    with bucket.reading("tệp-3.age") as file:
        assert file.read() == b"xxx"
    bucket.remove("tệp-0.age")
    bucket.remove("tệp-0.age")

    assert bucket.names() == [f"tệp-{number}.age" for number in range(1, 5)]


def test_file_whose_making_breaks_is_not_there(bucket, service):
    def breaking(file) -> bytes:
        file.write(b"half")
        raise LookupError

    with pytest.raises(LookupError), bucket.writing("x.age") as file:
        file.write(breaking(file))

    assert service.files == {}


def test_service_that_is_busy_is_asked_again_and_then_told(bucket, service):
    service.busy = 2
    with bucket.writing("a") as file:
        file.write(b"whole")
    assert service.files == {"/kho/nút một/a": b"whole"}

    service.busy = 3
    with pytest.raises(s3.Unanswered, match="HTTP 503"):
        bucket.names()


def test_wrong_secret_is_refused_and_is_in_no_error(bucket, settings, service):
    settings.BACKUPS = replace(settings.BACKUPS, s3_secret="sai-bí-mật")
    other = places.place(f"s3://kho/?endpoint=http://{service.address}&region=hanoi-1")

    with pytest.raises(UserError) as refused:
        other.names()

    assert "HTTP 403" in refused.value.message
    assert "sai-bí-mật" not in refused.value.message + repr(other)


def test_missing_file_is_told_and_a_dead_service_too(bucket, service):
    with pytest.raises(NotFound), bucket.reading("khong-co"):
        pass
    dead = replace(bucket, host="127.0.0.1:9")
    with pytest.raises(s3.Unanswered):
        dead.names()


@pytest.mark.parametrize(
    "address",
    ["s3://", "s3://kho?endpoint=ftp://x", "s3://kho?endpoint=http://kho.example.vn", "s3://kho?khac=1"],
)
def test_address_that_is_no_bucket_or_not_sealed_is_refused(bucket, address):
    with pytest.raises(Invalid):
        places.place(address)


def test_bucket_without_keys_is_refused(settings):
    settings.BACKUPS = replace(settings.BACKUPS, s3_key="", s3_secret="")

    with pytest.raises(Invalid, match="ANSINH_BACKUP_S3_KEY"):
        places.place("s3://kho/nut")
