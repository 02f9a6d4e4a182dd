"""Many small records in one file, each read alone: `<kind>.pack` beside `<kind>.index`.

A record is msgpack, deflated. The index maps a key to (offset, length) and is read whole (some tens of KB).
"""

import os
import weakref
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec


def write_pack(folder: Path, kind: str, records: Mapping[str, Any], aliases: Mapping[str, str] | None = None) -> int:
    """Write records; `aliases` are further keys of the same records. Returns the number of bytes."""
    index: dict[str, tuple[int, int]] = {}
    position = 0
    with (folder / f"{kind}.pack").open("wb") as file:
        for key, record in records.items():
            body = zlib.compress(msgspec.msgpack.encode(record), 6)
            file.write(body)
            index[key] = (position, len(body))
            position += len(body)
    for alias, key in (aliases or {}).items():
        index.setdefault(alias, index[key])
    (folder / f"{kind}.index").write_bytes(msgspec.msgpack.encode(index))
    return position


class Pack[Record]:
    """Reads records by key; what was read is kept. The file stays open, so that a reader goes on with the artefact
    it began with while a new one takes its place."""

    def __init__(self, folder: Path, kind: str, shape: type[Record]):
        self._file = os.open(folder / f"{kind}.pack", os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        index = (folder / f"{kind}.index").read_bytes()
        self._index: dict[str, tuple[int, int]] = msgspec.msgpack.decode(index, type=dict[str, tuple[int, int]])
        self._decoder = msgspec.msgpack.Decoder(shape)
        self._read: dict[tuple[int, int], Record] = {}
        self._added: dict[str, Record] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._added or key in self._index

    def keys(self) -> frozenset[str]:
        """All keys and aliases."""
        return frozenset(self._index) | frozenset(self._added)

    def put(self, keys: Iterable[str], record: Record) -> None:
        """Add a record in memory; it hides one of the file with the same key."""
        self._added.update(dict.fromkeys(keys, record))

    def get(self, key: str) -> Record | None:
        """The record, or None."""
        if key in self._added:
            return self._added[key]
        place = self._index.get(key)
        if place is None:
            return None
        if place not in self._read:
            body = os.pread(self._file, place[1], place[0])
            self._read[place] = self._decoder.decode(zlib.decompress(body))
        return self._read[place]
