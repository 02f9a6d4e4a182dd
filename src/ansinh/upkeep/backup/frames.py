"""The inside of a segment: frames of msgpack, squeezed, in an age file that only the recovery key opens.

    ["head", {…}]   ["columns", table, [names]]   ["rows", table, [[…], …]]   …   ["end", {table: rows}]

Each frame has its length before it (4 bytes, big-endian). The end frame says how many rows of each table there must
be, and age refuses a file that was cut or changed; so a segment is read whole or refused.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import msgspec

from ansinh.kernel.errors import Invalid

Frame = list[Any]
_LONGEST = 1 << 30


class Cut(Invalid):
    """A segment that is cut short, changed, or sealed for another key."""


class _Pulled:
    """Bytes of a generator as age asks for them; keeps the error that broke the generator."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._held = parts, b""
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while len(self._held) < size and (part := next(self._parts, None)) is not None:
                self._held += part
        except BaseException as error:
            self.error = error
            raise
        given, self._held = self._held[:size], self._held[size:]
        return given


class _Pushed:
    """Bytes that age opens, told on as frames."""

    def __init__(self, take: Callable[[Frame], None]) -> None:
        self._take, self._held = take, bytearray()
        self._expand = zlib.decompressobj()
        self.ended = False

    def write(self, part: bytes) -> int:
        try:
            self._held += self._expand.decompress(part)
        except zlib.error as error:
            raise Cut("Phần sao lưu không đọc được: dữ liệu nén hỏng.", code="backup-cut") from error
        while len(self._held) >= 4 and len(self._held) >= 4 + (size := int.from_bytes(self._held[:4])):
            frame = msgspec.msgpack.decode(bytes(self._held[4 : 4 + size]))
            del self._held[: 4 + size]
            self.ended = frame[0] == "end"
            self._take(frame)
        return len(part)

    def flush(self) -> None:
        """Nothing is held back that could be told."""

    @property
    def complete(self) -> bool:
        """True when the end frame was the last thing there."""
        return self.ended and not self._held and self._expand.eof


def write(frames: Iterable[Frame], file: BinaryIO, recipient: str) -> None:
    """Seal frames for the owner of the recovery key (`age1…`). An error in making a frame is raised as it is."""
    import pyrage

    pulled = _Pulled(_squeezed(frames))
    try:
        pyrage.encrypt_io(pulled, file, [pyrage.x25519.Recipient.from_str(recipient)])
    except (pyrage.EncryptError, OSError):
        if pulled.error is not None:
            raise pulled.error from None
        raise


def read(file: BinaryIO, identity: str, take: Callable[[Frame], None]) -> None:
    """Tell every frame of a segment. Raises Cut when it is not whole, also after some frames were told."""
    import pyrage

    pushed = _Pushed(take)
    try:
        pyrage.decrypt_io(file, pushed, [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, OSError) as error:
        what = (
            "Khóa khôi phục không mở được phần sao lưu này"
            if "key" in str(error)
            else "Phần sao lưu bị cắt hoặc bị sửa"
        )
        raise Cut(f"{what}.", code="backup-cut") from error
    if not pushed.complete:
        raise Cut("Phần sao lưu bị cắt: thiếu đoạn cuối.", code="backup-cut")


def _squeezed(frames: Iterable[Frame]) -> Iterator[bytes]:
    squeeze = zlib.compressobj(6)
    for frame in frames:
        raw = msgspec.msgpack.encode(frame)
        assert len(raw) < _LONGEST
        yield squeeze.compress(len(raw).to_bytes(4) + raw)
    yield squeeze.flush()
