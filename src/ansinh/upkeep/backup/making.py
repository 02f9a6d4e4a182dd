"""Making one segment: a snapshot of the database that nobody waits for, sealed as it is read.

Writers go on: SQLite gives a reader of its write-ahead log one state until it is done, PostgreSQL one of REPEATABLE
READ. The journal is gap-free in the order of commits, so a snapshot that shows position n shows everything up to n.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Any, BinaryIO

import msgspec
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from ansinh.fhir.store.restoring import OWNER
from ansinh.kernel import clock
from ansinh.kernel.errors import Refused
from ansinh.upkeep.backup import frames, keys, manifests, tables
from ansinh.upkeep.backup.manifests import Counted, Manifest
from ansinh.upkeep.backup.places import Place

_ALIAS = "snapshot"
_OWNERS = "owner"


@dataclass(frozen=True, slots=True)
class Head:
    """Where the journal ends in the snapshot."""

    position: int
    hash: str
    node: str


@contextmanager
def snapshot() -> Iterator[str]:
    """Alias of a connection that sees one state of the database. Within a transaction (a test's) its own."""
    if connection.in_atomic_block:
        yield DEFAULT_DB_ALIAS
        return
    own = connection.copy(_ALIAS)
    if own.vendor == "sqlite":
        own.settings_dict["OPTIONS"] = {**own.settings_dict["OPTIONS"], "transaction_mode": "DEFERRED"}
        own.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    connections[_ALIAS] = own
    try:
        with transaction.atomic(using=_ALIAS):
            if own.vendor == "postgresql":
                with own.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield _ALIAS
    finally:
        own.close()
        del connections[_ALIAS]


def known(place: Place) -> list[Manifest]:
    """Every manifest at a place. Raises Invalid naming one that cannot be read."""
    found = []
    for name in place.names():
        if manifests.is_manifest(name):
            with place.reading(name) as file:
                found.append(manifests.read(file.read(), name))
    return found


def make(place: Place, *, full: bool = False, longest: timedelta = timedelta(days=30)) -> Manifest:
    """Write the next segment; begins a new chain when asked to, when the last is older than `longest`, or when the
    journal is not the one that the chain holds (restored since). Returns its manifest.

    Raises NotFound without a key or a place, Refused for a database without a journal.
    """
    key = keys.of_node(settings.STATE)
    with snapshot() as alias:
        head = _head(alias)
        before = None if full else _continued(place, key, head, alias, longest)
        manifest = _planned(alias, head, before, key.recipient)
        with place.writing(manifest.segment) as file:
            counting = _Counting(file)
            frames.write(_told(alias, manifest), counting, key.recipient)  # type: ignore[arg-type]
    sized = msgspec.structs.replace(manifest, size=counting.size, sha256=counting.sha256.hexdigest())
    signed = msgspec.structs.replace(sized, signature=key.sign(sized.signed_bytes()))
    with place.writing(f"{signed.name}.json") as file:  # last: a segment without its manifest does not count
        file.write(signed.told())
    return signed


def forget_old(place: Place, keep: int) -> list[str]:
    """Remove whole chains of this node but the newest `keep`; the names of those removed."""
    key = keys.of_node(settings.STATE)
    own = [one for one in known(place) if keys.is_signed(key.public, one.signed_bytes(), one.signature)]
    gone = manifests.chains(own)[: -max(1, keep)]
    for chain in gone:
        for one in reversed(chain):  # the first segment last: what is left is a chain that ends early
            place.remove(f"{one.name}.json")
            place.remove(one.segment)
    return [chain[0].chain for chain in gone]


class _Counting:
    """Hands bytes on and remembers how many there were."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.size, self.sha256 = file, 0, hashlib.sha256()

    def write(self, part: bytes) -> int:
        self.sha256.update(part)
        self.size += len(part)
        return self._file.write(part)

    def flush(self) -> None:
        self._file.flush()


def _ask(alias: str, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _head(alias: str) -> Head:
    found = _ask(alias, "SELECT position, hash, node FROM journal_head WHERE id = 1")
    if not found or not found[0][0]:
        raise Refused("Cơ sở dữ liệu chưa có gì để sao lưu.", code="backup-empty")
    return Head(found[0][0], bytes(found[0][1]).hex(), found[0][2])


def _continued(place: Place, key: keys.NodeKey, head: Head, alias: str, longest: timedelta) -> Manifest | None:
    """The last segment of the chain that goes on; None when a new one begins."""
    own = [one for one in known(place) if keys.is_signed(key.public, one.signed_bytes(), one.signature)]
    own = [one for one in own if (one.node, one.sealed_for) == (head.node, key.recipient)]
    chain = (manifests.chains(own) or [[]])[-1]
    if not chain or clock.now() - _moment(chain[0].chain) > longest:
        return None
    last = chain[-1]
    if [one.number for one in chain] != list(range(len(chain))) or last.segment not in place.names():
        return None
    found = _ask(alias, "SELECT hash FROM journal WHERE position = %s", (last.upto,))
    return last if found and bytes(found[0][0]).hex() == last.hash else None


def _moment(chain: str) -> Any:
    from datetime import UTC, datetime

    return datetime.strptime(chain, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _planned(alias: str, head: Head, before: Manifest | None, recipient: str) -> Manifest:
    now, number = clock.now(), before.number + 1 if before else 0
    counted, growing = {}, {}
    for table in tables.kept():
        if table.growing:
            start = before.growing.get(table.name, (0, 0))[1] if before else 0
            growing[table.name] = (max(0, start - tables.OVERLAP.get(table.name, 0)), table.last(alias))
        else:
            digest, rows = table.digest(alias)
            same = before.tables.get(table.name) if before else None
            stays = same is not None and same.digest == digest
            counted[table.name] = Counted(digest, rows, same.segment if stays and same else number)
    return Manifest(
        format=manifests.FORMAT, node=head.node, number=number, at=clock.instant(now),
        chain=before.chain if before else now.strftime("%Y%m%dT%H%M%SZ"),
        after=before.upto if before else 0, upto=head.position, before=before.hash if before else "", hash=head.hash,
        release=version("ansinh"), vendor=connections[alias].vendor, sealed_for=recipient,
        migrations=sorted(f"{app}.{name}" for app, name in _applied(alias)), tables=counted, growing=growing,
    )  # fmt: skip


def _applied(alias: str) -> Any:
    return MigrationRecorder(connections[alias]).applied_migrations()


def _told(alias: str, manifest: Manifest) -> Iterator[frames.Frame]:
    """Everything that the segment holds, in the order in which it is restored."""
    counts: dict[str, int] = {}
    yield ["head", {"name": manifest.name, "secret": settings.SECRET_KEY}]
    for table in tables.kept():
        counted = manifest.tables.get(table.name)
        if counted is not None and counted.segment != manifest.number:
            continue
        yield ["columns", table.name, table.columns]
        counts[table.name] = 0
        for batch in table.rows(alias, *manifest.growing.get(table.name, ())):
            counts[table.name] += len(batch)
            yield ["rows", table.name, batch]
    counts[_OWNERS] = 0
    for batch in _owners(alias, manifest.after):
        counts[_OWNERS] += len(batch)
        yield ["rows", _OWNERS, batch]
    yield ["end", counts]


def _owners(alias: str, after: int) -> Iterator[list[list[Any]]]:
    """Whose the records are that were written after a position."""
    while found := _ask(
        alias,
        f"SELECT {', '.join(OWNER)} FROM resource WHERE position > %s ORDER BY position LIMIT {tables.BATCH}",
        (after,),
    ):
        yield [list(row) for row in found]
        after = found[-1][1]
