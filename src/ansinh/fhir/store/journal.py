"""The append-only journal: every version of every resource, in one gap-free order, each entry sealing the one before.

Positions are given while the one row of `journal_head` is locked, so their order is the order of commits: a reader
that has seen position n has seen everything up to n. Cursors (history, sync, `_since`) are positions, never times.
"""

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ansinh.fhir.index.numbers import type_name
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database
from ansinh.fhir.store.records import COLUMNS as ROW_COLUMNS
from ansinh.fhir.store.records import Resource, Row, moment
from ansinh.kernel.errors import UserError

METHODS = ("create", "update", "delete")
COLUMNS = ("position", "key", "type", "version", "method", "origin", "author", "at_us", "body", "hash")
_START = b"\x00" * 32


@dataclass(slots=True)
class Head:
    """The end of the journal while this transaction holds it."""

    position: int
    hash: bytes
    node: str
    epoch: int
    audit: int
    audit_hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry as readers see it. A deletion's `resource` holds type, id and meta only."""

    position: int
    type: str
    id: str
    version: int
    method: str
    origin: str
    author: str
    at: datetime
    resource: Resource


def position() -> int:
    """The last position written; 0 for an empty journal."""
    found = database.fetch("SELECT position FROM journal_head WHERE id = 1")
    return found[0][0] if found else 0


def epoch() -> int:
    """Changes when the database behind this process is another one; caches are kept by it. 0: nothing written yet."""
    found = database.fetch("SELECT epoch FROM journal_head WHERE id = 1")
    return found[0][0] if found else 0


_HEAD = "position, hash, node, epoch, audit, audit_hash"
_LOCKS = {
    "postgresql": f"SELECT {_HEAD} FROM journal_head WHERE id = 1 FOR UPDATE",
    "sqlite": f"UPDATE journal_head SET position = position WHERE id = 1 RETURNING {_HEAD}",  # the first to write waits
}


def lock() -> Head:
    """Take the right to append until the transaction ends."""
    return lock_and_read([])[0]


def lock_and_read(keys: Sequence[int]) -> tuple[Head, list[Row]]:
    """`lock`, and what `current` gives then: PostgreSQL is asked for both at once."""
    with database.together():
        locked, reading = database.run(_LOCKS[connection.vendor]), _select(keys)
        found = locked.fetchone()
        rows = _rows(reading)
    if found is None:
        _begin()
        found = database.run(_LOCKS[connection.vendor]).fetchone()
    connection.ansinh_epoch = found[3]  # type: ignore[attr-defined]
    position, seal, node, epoch, audited, audit_seal = found
    return Head(position, database.blob(seal), node, epoch, audited, database.blob(audit_seal)), rows


def current(keys: Sequence[int]) -> list[Row]:
    """The rows of these resources, present or deleted, in no certain order."""
    return _rows(_select(keys))


def _select(keys: Sequence[int]) -> list[Any]:
    if database.is_postgresql():
        sql = f"SELECT {ROW_COLUMNS} FROM resource WHERE key = ANY(%s::bigint[])"
        return [database.run(sql, [list(keys)])] if keys else []
    sql = f"SELECT {ROW_COLUMNS} FROM resource WHERE key = %s"
    return [database.run(sql, [key]) for key in keys]


def _rows(cursors: Iterable[Any]) -> list[Row]:
    rows = [Row(*values) for cursor in cursors for values in cursor.fetchall()]
    for row in rows:
        row.body = database.blob(row.body)
    return rows


def locked_epoch() -> int:
    """The epoch that `lock` saw last on this connection; asks nothing of the database."""
    return getattr(connection, "ansinh_epoch", 0)


def begin_epoch() -> None:
    """Tell every process that what it keeps of this database (views, dictionaries) may be out of date."""
    lock()
    connection.ansinh_epoch = _new_epoch()  # type: ignore[attr-defined]
    database.run("UPDATE journal_head SET epoch = %s WHERE id = 1", [connection.ansinh_epoch])  # type: ignore[attr-defined]


def _begin() -> None:
    database.run(
        "INSERT INTO journal_head (id, position, hash, node, epoch) VALUES (1, 0, %s, %s, %s) "
        "ON CONFLICT (id) DO NOTHING",
        [_START, os.urandom(4).hex(), _new_epoch()],
    )


def _new_epoch() -> int:
    return int.from_bytes(os.urandom(6)) + 1


def seal(
    before: bytes,
    *,
    position: int,
    key: int,
    version: int,
    method: int,
    origin: str,
    author: str,
    at_us: int,
    body: bytes,
) -> bytes:
    """SHA-256 over the hash before, the entry's fields and its uncompressed JSON."""
    fixed = struct.pack(">qqiiq", position, key, version, method, at_us)
    names = f"{origin}\x1f{author}\x1f".encode()
    return hashlib.sha256(b"".join((before, fixed, names, body))).digest()


def advance(head: Head) -> None:
    """Write where the journal and the audit end now; the caller holds the lock."""
    database.run("UPDATE journal_head SET position = %s, hash = %s WHERE id = 1", [head.position, head.hash])
    advance_audit(head)


def advance_audit(head: Head) -> None:
    """Write where the audit ends now; the caller holds the lock."""
    database.run("UPDATE journal_head SET audit = %s, audit_hash = %s WHERE id = 1", [head.audit, head.audit_hash])


def entries(after: int = 0, limit: int = 1000) -> list[Entry]:
    """The entries behind `after`, oldest first. For the node itself (sync, rebuild): no access rule is applied."""
    found = database.fetch(
        "SELECT position, type, version, method, origin, author, at_us, body FROM journal "
        "WHERE position > %s ORDER BY position LIMIT %s",
        [after, limit],
    )
    return [_entry(row) for row in found]


def every(after: int = 0, batch: int = 1000) -> Iterator[Entry]:
    """All entries behind `after`, read in batches."""
    while found := entries(after, batch):
        yield from found
        after = found[-1].position


def _entry(row: tuple) -> Entry:
    resource = json.loads(bodies.unpack(database.blob(row[7])))
    return Entry(
        row[0], type_name(row[1]), resource["id"], row[2], METHODS[row[3]], row[4], row[5], moment(row[6]), resource
    )


class Broken(UserError):
    """The journal was changed, reordered or cut; `position` is the first entry that does not fit."""

    issue_type = "exception"
    status = 500

    def __init__(self, position: int):
        super().__init__(f"Nhật ký không còn nguyên vẹn từ mục {position}.", code="journal-broken")
        self.position = position


def verify(batch: int = 1000) -> int:
    """Recompute the chain from the start; how many entries there are. Raises `Broken`."""
    expected, at = _START, 0
    while rows := database.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM journal WHERE position > %s ORDER BY position LIMIT %s", [at, batch]
    ):
        for where, key, _type, version, method, origin, author, at_us, body, seen in rows:
            at += 1
            expected = seal(
                expected, position=where, key=key, version=version, method=method, origin=origin, author=author,
                at_us=at_us, body=_json(body),
            )  # fmt: skip
            if where != at or expected != database.blob(seen):
                raise Broken(at)
    if at != position():
        raise Broken(at + 1)
    return at


def _json(body: bytes) -> bytes:
    """The entry's JSON; an entry damaged beyond reading gets bytes that cannot fit its seal."""
    import zlib

    try:
        return bodies.unpack(database.blob(body))
    except (zlib.error, OSError, IndexError):
        return b""
