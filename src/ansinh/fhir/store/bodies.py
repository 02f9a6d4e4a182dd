"""How a resource's JSON is kept: raw deflate, primed with a dictionary of what resources usually say.

The first byte names the dictionary. A dictionary, once released, never changes: rows written with it would become
unreadable (a test holds its checksum). A better one gets the next number.
"""

import zlib
from functools import cache
from pathlib import Path

CURRENT = 1
_FOLDER = Path(__file__).parent / "dictionaries"
_WINDOW = 32768


@cache
def dictionary(number: int) -> bytes:
    """The bytes that version `number` starts from; version 0 is none."""
    return (_FOLDER / f"{number}.ndjson").read_bytes()[-_WINDOW:] if number else b""


@cache
def _primed() -> "zlib._Compress":
    # Level 6 takes a third more time; an Observation gets no smaller by it, large resources by 2 %.
    return zlib.compressobj(5, zlib.DEFLATED, -15, 7, zlib.Z_DEFAULT_STRATEGY, dictionary(CURRENT))


def pack(data: bytes) -> bytes:
    """Compress the JSON of one resource."""
    squeeze = _primed().copy()  # copying a primed state costs less than reading the dictionary again
    return bytes((CURRENT,)) + squeeze.compress(data) + squeeze.flush()


def unpack(stored: bytes) -> bytes:
    """The JSON as it was given to `pack`."""
    expand = zlib.decompressobj(-15, dictionary(stored[0]))
    return expand.decompress(stored[1:])
