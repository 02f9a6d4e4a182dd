"""A small disk of the drill's own (tmpfs), which can be filled to the last byte and made read-only."""

import os
import subprocess
import time
from pathlib import Path

from ansinh.kernel.errors import Refused

_TRIES = 150


class Disk:
    """A folder that is a file system of so many megabytes; needs the right to mount."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder))
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave nothing free."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue

    def free(self) -> None:
        """Give back what `fill` took."""
        self._filler.unlink(missing_ok=True)

    def read_only(self, yes: bool) -> None:
        """Nothing must be open for writing; processes that were killed may take a moment to be gone."""
        for _ in range(_TRIES):
            try:
                _mount("-o", f"remount,{'ro' if yes else 'rw'}", str(self.folder))
                return
            except Refused:
                time.sleep(0.1)
        _mount("-o", f"remount,{'ro' if yes else 'rw'}", str(self.folder))

    def remove(self) -> None:
        """Let the memory go."""
        subprocess.run(["umount", "-l", str(self.folder)], check=False, stderr=subprocess.DEVNULL)


def may_mount(folder: Path) -> bool:
    """True where this process may have a disk of its own."""
    if os.geteuid() != 0:
        return False
    try:
        Disk(folder, 1).remove()
    except Refused:
        return False
    return True


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"Không gắn được ổ đĩa thử: {done.stderr.strip()[:100]}", code="no-mount")
