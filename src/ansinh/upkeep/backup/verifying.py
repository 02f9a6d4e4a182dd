"""Whether a backup could be restored: without the recovery key what anybody can see, with it every row of it."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.store import bodies, journal
from ansinh.kernel.errors import NotFound
from ansinh.upkeep.backup import frames, keys, making, manifests
from ansinh.upkeep.backup.manifests import Manifest
from ansinh.upkeep.backup.places import Place
from ansinh.upkeep.backup.restoring import check_files


@dataclass(frozen=True, slots=True)
class Verified:
    """segments: how many of the newest chain; upto: position that it reaches; entries: of the journal whose seals were
    computed again (0 without the recovery key)."""

    chain: str
    segments: int
    upto: int
    size: int
    entries: int


def verify(place: Place, public: bytes, identity: str = "") -> Verified:
    """Look through the newest chain that the node of `public` signed.

    Raises NotFound, Invalid or `frames.Cut` for what could not be restored, `journal.Broken` for a journal whose seals
    do not fit.
    """
    own = [one for one in making.known(place) if keys.is_signed(public, one.signed_bytes(), one.signature)]
    chain = manifests.wanted(own)
    check_files(place, chain)
    entries = _entries(place, chain, identity) if identity else 0
    return Verified(chain[0].chain, len(chain), chain[-1].upto, sum(one.size for one in chain), entries)


def _entries(place: Place, chain: Sequence[Manifest], identity: str) -> int:
    walking = _Walking()
    for one in chain:
        with place.reading(one.segment) as file:
            frames.read(file, identity, walking.take)
        if walking.position != one.upto or walking.hash.hex() != one.hash:
            raise journal.Broken(walking.position + 1)
    return walking.position


class _Walking:
    """Goes along the journal of a chain and seals each entry again."""

    def __init__(self) -> None:
        self.position, self.hash = 0, b"\x00" * 32
        self._columns: list[str] = []

    def take(self, frame: frames.Frame) -> None:
        if frame[0] == "columns" and frame[1] == "journal":
            self._columns = frame[2]
        elif frame[0] == "rows" and frame[1] == "journal":
            for row in frame[2]:
                self._entry(dict(zip(self._columns, row, strict=True)))

    def _entry(self, entry: dict[str, Any]) -> None:
        try:
            sealed = journal.seal(
                self.hash, body=bodies.unpack(entry["body"]),
                **{name: entry[name] for name in ("position", "key", "version", "method", "origin", "author", "at_us")},
            )  # fmt: skip
        except (KeyError, struct.error, zlib.error, OSError, IndexError) as error:
            raise journal.Broken(self.position + 1) from error
        if entry["position"] != self.position + 1 or sealed != entry["hash"]:
            raise journal.Broken(self.position + 1)
        self.position, self.hash = entry["position"], sealed


def of_node(place: Place, key: keys.NodeKey) -> Verified | None:
    """What can be told without the recovery key; None when there is no backup yet."""
    try:
        return verify(place, key.public)
    except NotFound:
        return None
