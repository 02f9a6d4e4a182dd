"""Where backups lie: a folder (another disk, a USB stick, a mounted share) or a bucket of an S3 service.

A folder must be there already: a stick that is not plugged in must not be replaced by a folder on the node's own disk.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from ansinh.kernel.errors import Invalid, NotFound


class Place(Protocol):
    """Files by name. What is written is there whole or not at all."""

    @property
    def words(self) -> str:
        """Where it is, without keys."""

    def names(self) -> list[str]:
        """Every file, in order of name. Raises NotFound when the place is not there."""

    def writing(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file that is there when the block ends well, and not before."""

    def reading(self, name: str) -> AbstractContextManager[BinaryIO]:
        """The file. Raises NotFound."""

    def remove(self, name: str) -> None:
        """Forget a file; one that is not there is no error."""


class Folder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self.path, self.words = path, str(path)

    def names(self) -> list[str]:
        """Files of the folder but those that are being written."""
        self._there()
        return sorted(one.name for one in self.path.iterdir() if one.is_file() and one.suffix != ".part")

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Under another name until it is on the disk."""
        self._there()
        part = self.path / f"{name}.part"
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path / name)
            self._settle()
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """As it lies there."""
        try:
            file = (self.path / name).open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"Thiếu tệp sao lưu {name}.", code="backup-missing") from error
        with file:
            yield file

    def remove(self, name: str) -> None:
        """Also what was left half written."""
        (self.path / name).unlink(missing_ok=True)

    def _there(self) -> None:
        if not self.path.is_dir():
            raise NotFound(f"Không thấy thư mục sao lưu {self.path}. Ổ đĩa đã cắm chưa?", code="backup-place")

    def _settle(self) -> None:
        """The name itself is on the disk; a share that cannot say so is trusted."""
        with suppress(OSError):
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def place(text: str) -> Place:
    """The place that a setting or an argument names: `/mnt/usb/ansinh` or `s3://bucket/prefix?endpoint=https://…`.

    Raises Invalid for an address that is none.
    """
    if text.startswith("s3://"):
        from ansinh.upkeep.backup.s3 import bucket

        return bucket(text)
    if not text:
        raise Invalid("Chưa nói sao lưu vào đâu: đặt ANSINH_BACKUP_TO hoặc dùng --to.", code="backup-place")
    if "://" in text:
        raise Invalid("Nơi sao lưu là một thư mục hoặc s3://kho/đường-dẫn?endpoint=https://….", code="backup-place")
    return Folder(Path(text).expanduser())
