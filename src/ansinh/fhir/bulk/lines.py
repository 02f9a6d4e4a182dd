"""Reading NDJSON in blocks of whole lines, from wherever a job stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BLOCK = 1 << 19
LONGEST_LINE = 10 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of one file. line: number of the first (from 1); end: offset behind the last."""

    data: bytes
    line: int
    end: int

    @property
    def lines(self) -> list[bytes]:
        """Each line without its end, empty ones too."""
        return self.data.removesuffix(b"\n").split(b"\n")


def blocks(path: Path, offset: int = 0, line: int = 1, size: int = BLOCK) -> Iterator[Block]:
    """The lines behind `offset` (which begins line number `line`), about `size` bytes at a time.

    A line of more than 10 MB comes as one empty line, so that it is refused like any that is not JSON.
    """
    with path.open("rb") as file:
        file.seek(offset)
        while data := file.read(size):
            if not data.endswith(b"\n"):
                data += file.readline(LONGEST_LINE)
            if not data.endswith(b"\n"):
                _skip_line(file)
                data += b"\n"
            block = Block(_without_giants(data), line, file.tell())
            line += len(block.lines)
            yield block


def _skip_line(file: BinaryIO) -> None:
    """Read on to the end of a line that is too long, or of the file."""
    while (part := file.readline(LONGEST_LINE)) and not part.endswith(b"\n"):
        pass


def _without_giants(data: bytes) -> bytes:
    if len(data) <= LONGEST_LINE:
        return data
    return b"\n".join(one if len(one) <= LONGEST_LINE else b"" for one in data.split(b"\n"))
