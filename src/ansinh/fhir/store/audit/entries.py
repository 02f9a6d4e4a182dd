"""The form of an audit row, and the seal that joins each row to the one before it and to the journal.

    Entry (what happened) ─► sealed(head, entries) ─► rows of audit_row, numbered without a gap; the head moves on

A row is narrow: who acted (as whom, where, why) is one number of a dictionary, `audit_who`, computed from its words.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ansinh.fhir.index.numbers import type_name
from ansinh.kernel.context import Context

if TYPE_CHECKING:
    from ansinh.fhir.store.journal import Head

TABLE = "audit_row"
COLUMNS = ("id", "at_us", "who", "patient", "key", "position", "verb", "what")
WHO = ("actor", "login", "role", "unit", "purpose", "source")
WHO_COLUMNS = ("who", *WHO)
SEAL_COLUMNS = ("id", "at_us", "position", "hash")

# The order is for ever: a number stands in every row.
VERBS = ("create", "update", "delete", "read", "search", "history", "view", "export", "audit")
_NUMBERS = {verb: number for number, verb in enumerate(VERBS)}
WRITES = frozenset({"create", "update", "delete"})
BLOCK = 256
"""A seal is kept at least every so many rows: what does not fit is told as closely as that."""
_MOST = 255

Who = tuple[str, str, str, str, str, str]
NOBODY: Who = ("", "", "", "", "", "")


class Entry(NamedTuple):
    """One thing that happened. patient: number of the person, None where it is about nobody. key: number of the one
    resource, None for several. what: type number → how many. seal: hash of the journal's entry, of a write."""

    at_us: int
    who: Who
    patient: int | None
    key: int | None
    position: int | None
    verb: str
    what: bytes
    seal: bytes = b""


def who_of(context: Context) -> Who:
    """The words that a row knows its actor by."""
    return (context.actor, context.login, context.role, context.unit, context.purpose, context.source)


@lru_cache(maxsize=8192)
def number_of(who: Who) -> int:
    """63 bits of these words: the same on every node, and not to be changed behind a row's back."""
    digest = hashlib.blake2b("\x1f".join(who).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def packed(counts: Mapping[int, int]) -> bytes:
    """Types and how many of each, two bytes a type; 255 means so many or more."""
    return bytes(byte for kind in sorted(counts) for byte in (kind, min(counts[kind], _MOST)))


@lru_cache(maxsize=1024)
def packed_one(kind: int, count: int) -> bytes:
    """`packed` of one type."""
    return bytes((kind, min(count, _MOST)))


def of_one(kind: int) -> bytes:
    """`packed` of one resource."""
    return packed_one(kind, 1)


def unpacked(what: bytes) -> dict[str, int]:
    """Names of the types and how many of each."""
    return {type_name(kind): count for kind, count in zip(what[::2], what[1::2], strict=True)}


_FIXED = struct.Struct(">qqqqqqh").pack


def seal(before: bytes, row: Sequence, journal_hash: bytes) -> bytes:
    """SHA-256 over the seal before, the row in the order of `COLUMNS`, and the journal's seal of what was written."""
    number, at_us, who, patient, key, position, verb, what = row
    fixed = _FIXED(number, at_us, who, patient or -1, key or -1, position or -1, verb)
    return hashlib.sha256(before + fixed + what + journal_hash).digest()


class Sealed(NamedTuple):
    """Rows for the three tables."""

    rows: list[tuple]
    who: list[tuple]
    seals: list[tuple]


def sealed(head: "Head", entries: Iterable[Entry]) -> Sealed:
    """Number and seal what happened, moving the head on. The caller holds the journal's head."""
    rows, who, first = list[tuple](), dict[Who, tuple](), head.audit
    for at_us, words, patient, key, position, verb, what, journal_hash in entries:
        named = who.get(words)
        if named is None:
            named = who[words] = (number_of(words), *words)
        head.audit += 1
        row = (head.audit, at_us, named[0], patient, key, position, _NUMBERS[verb], what)
        head.audit_hash = seal(head.audit_hash, row, journal_hash)
        rows.append(row)
    seals = []
    if rows and head.audit // BLOCK != first // BLOCK:
        seals.append((head.audit, rows[-1][1], head.position, head.audit_hash))
    return Sealed(rows, list(who.values()), seals)
