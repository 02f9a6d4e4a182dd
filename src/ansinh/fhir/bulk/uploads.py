"""Files sent to this node to be imported: each kept for who sent it, until it is as old as finished jobs may be."""

import hashlib
import os
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings

from ansinh.fhir.bulk.sources import Source
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed, NotFound
from ansinh.kernel.ids import new_id


class Readable(Protocol):
    """What bytes come from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


LARGEST = 4 << 30
_PIECE = 1 << 20
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,80}\.ndjson")
_ID = re.compile(r"[0-9a-f-]{36}")


def receive(context: Context, name: str, stream: Readable, length: int) -> str:
    """Keep a file of `length` bytes; its id. Raises `Malformed` for a bad name, or when bytes are missing."""
    if not _NAME.fullmatch(name):
        raise Malformed("Tên tệp có dạng Patient.ndjson.", field="name", code="upload-name")
    upload = new_id()
    folder = _folder(context, upload)
    folder.mkdir(parents=True, mode=0o700)
    try:
        _write(folder / name, stream, length)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return upload


def source(context: Context, upload: str) -> Source:
    """The file, for who sent it. Raises `NotFound`."""
    folder = _folder(context, upload) if _ID.fullmatch(upload) else None
    found = sorted(folder.glob("*.ndjson")) if folder is not None else []
    if not found:
        raise NotFound("Không có tệp đã gửi này, hoặc tệp đã quá hạn giữ.", code="upload")
    return Source(str(found[0]), found[0].name, found[0].stat().st_size)


def remove(context: Context, upload: str) -> None:
    """Forget a file. Raises `NotFound`."""
    shutil.rmtree(Path(source(context, upload).path).parent, ignore_errors=True)


def remove_old() -> bool:
    """Forget files that were sent longer ago than JOBS_KEPT_HOURS; a step of the worker."""
    before = (clock.now() - timedelta(hours=settings.JOBS_KEPT_HOURS)).timestamp()
    for folder in (Path(settings.STATE) / "uploads").glob("*/*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
    return False


def _folder(context: Context, upload: str) -> Path:
    """A folder that only the same account in the same role and unit can name."""
    who = "\x1f".join((context.login, context.actor, context.role, context.unit))
    return Path(settings.STATE) / "uploads" / hashlib.sha256(who.encode()).hexdigest()[:32] / upload


def _write(path: Path, stream: Readable, length: int) -> None:
    left = length
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while left and (piece := stream.read(min(_PIECE, left))):
            file.write(piece)
            left -= len(piece)
    if left:
        raise Malformed("Tệp gửi đến bị thiếu phần cuối.", code="upload-cut")
