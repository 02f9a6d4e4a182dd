"""The way back: from the segments of a chain into an empty database, up to a position of the journal.

    manifests ─► signed by this node? a chain without gaps? ─► the database: empty? ─► migrations as they were
    segments ─► whole? as large and as summed as said? ─► rows ─► records from the journal ─► the chain of hashes holds

Everything that is read is written in one transaction: a restore that is refused or cut off leaves an empty database.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from ansinh.fhir.store import journal, restoring
from ansinh.kernel.errors import Conflict, Invalid
from ansinh.upkeep.backup import frames, keys, making, manifests, tables
from ansinh.upkeep.backup.manifests import Manifest
from ansinh.upkeep.backup.places import Place

Said = Callable[[str], object]


@dataclass
class Restored:
    """What a restore did."""

    node: str
    position: int
    records: int
    rows: dict[str, int] = field(default_factory=dict)
    secret_written: bool = False


def restore(
    place: Place,
    key: keys.RecoveryKey,
    *,
    position: int | None = None,
    chain: str = "",
    say: Said = lambda text: None,
) -> Restored:
    """Fill the empty database of the settings; live views and index are made afterwards, as after an upgrade.

    Raises Conflict for a database that is not empty (another node's, a newer one), Invalid for a backup that is cut
    short, changed, forged or of a later release, NotFound when there is none that reaches `position`.
    """
    found = _trusted(making.known(place), key, chain)
    segments = manifests.wanted(found, position=position, chain=chain)
    last = segments[-1]
    upto = last.upto if position is None else position
    check_empty(last, upto)
    _check_known(last)
    check_files(place, segments)
    _migrate_as(last)
    done = Restored(last.node, upto, 0)
    with transaction.atomic():
        _Filling(last, upto, done).fill(place, segments, key, say)
        done.records = restoring.derive(upto, last.node)
        _cut_behind(upto)
        tables.count_on(DEFAULT_DB_ALIAS)
    return done


def check_empty(last: Manifest, upto: int) -> None:
    """Raises Conflict saying what is in the database, when there is something."""
    names = connection.introspection.table_names()
    if "journal_head" not in names or not (position := journal.position()):
        return
    node = restoring.node()
    if node != last.node:
        text = f"Cơ sở dữ liệu này là của nút khác ({node}); bản sao lưu là của nút {last.node}."
        raise Conflict(f"{text} Chỉ khôi phục vào cơ sở dữ liệu trống.", code="restore-over-another")
    if position > upto:
        text = f"Cơ sở dữ liệu đang có đến mục {position}, mới hơn bản sao lưu (mục {upto})."
        raise Conflict(f"{text} Khôi phục sẽ làm mất phần mới; hãy cất nó đi trước.", code="restore-over-newer")
    raise Conflict("Cơ sở dữ liệu không trống. Chỉ khôi phục vào cơ sở dữ liệu trống.", code="restore-not-empty")


def check_files(place: Place, segments: Sequence[Manifest]) -> None:
    """Raises Cut or NotFound for a sealed file that is missing, cut short or changed."""
    for one in segments:
        size, summed = 0, hashlib.sha256()
        with place.reading(one.segment) as file:
            while part := file.read(1 << 20):
                size += len(part)
                summed.update(part)
        if size != one.size:
            raise frames.Cut(f"Tệp sao lưu {one.segment} dài {size} byte, phải là {one.size}.", code="backup-cut")
        if summed.hexdigest() != one.sha256:
            raise frames.Cut(f"Tệp sao lưu {one.segment} đã bị thay đổi.", code="backup-cut")


def keep_secret(state: Path, secret: str) -> bool:
    """Put the node's secret where it belongs, unless one is there or given by the environment; whether it did."""
    path = state / "secret"
    if os.environ.get("ANSINH_SECRET") or (path.exists() and path.read_text().strip() == secret):
        return False
    if path.exists():
        path.replace(path.with_name("secret.before-restore"))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)
    return True


class _Filling:
    """Takes the frames of one segment after the other."""

    def __init__(self, last: Manifest, upto: int, done: Restored) -> None:
        self.last, self.upto, self.done = last, upto, done
        self._tables = {table.name: table for table in tables.kept()}
        self._columns: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._now = last
        self.secret = ""

    def fill(self, place: Place, segments: Sequence[Manifest], key: keys.RecoveryKey, say: Said) -> None:
        """Everything of these segments; the node's secret comes from the last."""
        for table in self._tables.values():
            tables.empty(DEFAULT_DB_ALIAS, table)
        restoring.begin()
        for one in segments:
            say(f"{one.name}: mục {one.after + 1}–{one.upto}, {one.size} byte")
            self._now, self._counts = one, {}
            with place.reading(one.segment) as file:
                frames.read(file, key.identity, self.take)
        self.done.secret_written = keep_secret(Path(settings.STATE), self.secret)

    def take(self, frame: frames.Frame) -> None:
        """One frame. Raises Cut for one that does not belong here."""
        kind = frame[0]
        if kind == "head":
            if frame[1]["name"] != self._now.name:
                raise frames.Cut(f"Tệp {self._now.segment} chứa phần {frame[1]['name']}.", code="backup-cut")
            self.secret = frame[1]["secret"]
        elif kind == "columns":
            self._begin(frame[1], frame[2])
        elif kind == "rows":
            self._counts[frame[1]] = self._counts.get(frame[1], 0) + len(frame[2])
            self._rows(frame[1], frame[2])
        elif frame[1] != self._counts | {name: 0 for name, rows in frame[1].items() if not rows}:
            raise frames.Cut(f"Phần {self._now.name} thiếu dòng.", code="backup-cut")

    def _begin(self, name: str, columns: list[str]) -> None:
        self._columns[name] = columns
        if name in tables.OVERLAP:  # rows that are taken again
            quoted, after = connection.ops.quote_name(name), self._now.growing[name][0]
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {quoted} WHERE {tables.GROWING[name]} > %s", [after])

    def _rows(self, name: str, rows: list[list[Any]]) -> None:
        if name == "owner":
            restoring.keep_owners(rows)
            return
        counted, table = self.last.tables.get(name), self._tables.get(name)
        if table is None or (counted is not None and counted.segment != self._now.number):
            return  # of a table that is no more, or that a later segment holds anew
        if name == "journal":
            place = self._columns[name].index("position")
            rows = [row for row in rows if row[place] <= self.upto]
        tables.insert(DEFAULT_DB_ALIAS, table, self._columns[name], rows)
        self.done.rows[name] = self.done.rows.get(name, 0) + len(rows)


def _trusted(found: Sequence[Manifest], key: keys.RecoveryKey, chain: str) -> list[Manifest]:
    """Those that are signed by the node of the recovery key. Raises Invalid when there are only others."""
    named = [one for one in found if not chain or one.chain == chain]
    own = [one for one in named if keys.is_signed(key.public, one.signed_bytes(), one.signature)]
    if named and not own:
        manifests.check_signed(named, key.public)
    return own


def _check_known(last: Manifest) -> None:
    """Raises Invalid for a backup of a release that had migrations which this one does not know."""
    known = MigrationExecutor(connection).loader.disk_migrations
    if strange := [name for name in last.migrations if tuple(name.split(".", 1)) not in known]:
        text = f"Bản sao lưu do phiên bản mới hơn làm ra (migration {strange[0]})."
        raise Invalid(f"{text} Hãy nâng cấp phần mềm rồi khôi phục.", code="backup-newer")


def _migrate_as(last: Manifest) -> None:
    """Bring the empty database to where the backup's was; what came later is applied afterwards, to the rows."""
    executor = MigrationExecutor(connection)
    had = {(app, name) for app, _, name in (one.partition(".") for one in last.migrations)}
    children = executor.loader.graph.node_map
    ends = [node for node in had if node in children and not {c.key for c in children[node].children} & had]
    executor.migrate([node for node in ends if node not in executor.loader.applied_migrations])


def _cut_behind(upto: int) -> None:
    """What told of entries that are not there: numbers of the journal will be given again."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM node_state WHERE name = 'loaded'")  # definitions are looked at again
        cursor.execute("DELETE FROM subscription_event WHERE position > %s", [upto])
        cursor.execute("UPDATE subscription_cursor SET position = %s WHERE position > %s", [upto, upto])


def read_through(file: BinaryIO, identity: str) -> dict[str, int]:
    """Open a segment to its end; rows by table. Raises Cut."""
    counts: dict[str, int] = {}

    def take(frame: frames.Frame) -> None:
        if frame[0] == "rows":
            counts[frame[1]] = counts.get(frame[1], 0) + len(frame[2])

    frames.read(file, identity, take)
    return counts
