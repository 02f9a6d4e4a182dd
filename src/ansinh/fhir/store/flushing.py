"""From what is planned to rows in the tables: one statement on PostgreSQL, one for each table on SQLite."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from django.db import connection, transaction

from ansinh.fhir.index.rows import TABLES, Rows
from ansinh.fhir.store import database, journal, labelling, projections
from ansinh.fhir.store.audit import entries as audit
from ansinh.fhir.store.records import COLUMNS

if TYPE_CHECKING:
    from ansinh.fhir.store.work import Planned

_ROW_COLUMNS = tuple(COLUMNS.split(", "))
_ROW_TAIL = "ON CONFLICT (rid) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _ROW_COLUMNS if name not in ("rid", "key", "type", "fhir_id")
)
_INDEX = {table: (*columns, "rid") for table, columns in TABLES.items()}
_NAMES = {"token": ("tok", "system", "code"), "org": ("num", "id"), "audit_who": audit.WHO_COLUMNS}
_KNOWN_LIMIT = 200_000

_COLUMNS = {"journal": journal.COLUMNS, "resource": _ROW_COLUMNS, **_INDEX, **_NAMES}
_COLUMNS |= {audit.TABLE: audit.COLUMNS, "audit_seal": audit.SEAL_COLUMNS}
_TAILS = {"resource": _ROW_TAIL} | dict.fromkeys(_NAMES, "ON CONFLICT DO NOTHING")
_UNCHANGED = "ON CONFLICT DO NOTHING"


@dataclass(slots=True)
class _Known:
    """Dictionary rows that are committed in the database of this epoch; only ever a shortcut."""

    epoch: int = 0
    names: dict[str, set[int]] = field(default_factory=dict)

    def of(self, epoch: int, table: str) -> set[int]:
        if self.epoch != epoch:
            self.epoch, self.names = epoch, {}
        known = self.names.setdefault(table, set())
        if len(known) > _KNOWN_LIMIT:
            known.clear()
        return known


_known = _Known()


def write(planned: "Planned", head: journal.Head) -> None:
    """Everything but projections. The caller holds the journal's head, which moves on to `head`."""
    stale = [rid for rid in planned.index if rid not in planned.fresh]
    audited = audit.sealed(head, planned.audits)
    rows = {
        "journal": planned.entries,
        "resource": [row.values() for row in planned.rows.values()],
        **_index_rows(planned.index),
        "token": _unknown("token", _tokens(planned.index), head.epoch),
        "org": _unknown("org", planned.orgs.items(), head.epoch),
        "audit_who": _unknown("audit_who", audited.who, head.epoch),
        audit.TABLE: audited.rows,
        "audit_seal": audited.seals,
    }
    if database.is_postgresql():
        _at_once(rows, stale, head)
        return
    journal.advance(head)
    for table in TABLES if stale else ():
        database.delete_where_rid(table, stale)
    for table, found in rows.items():
        database.insert(table, _COLUMNS[table], found, tail=_TAILS.get(table, ""))


def write_index(index: Mapping[int, Rows], stale: list[int], epoch: int) -> None:
    """Write the rows of these resources, first removing what `stale` ones had. The caller holds the journal."""
    for table in TABLES if stale else ():
        database.delete_where_rid(table, stale)
    for table, rows in _index_rows(index).items():
        database.insert(table, _INDEX[table], rows)
    names = _unknown("token", _tokens(index), epoch)
    database.insert("token", _NAMES["token"], names, tail=_TAILS["token"])


def move(moved: Mapping[int, int | None]) -> None:
    """Records that follow a patient go where the patient went."""
    for patient_key, org in moved.items():
        owner = "NULL" if org is None else labelling.of_follower(connection.vendor, str(int(org)), "follows")
        changed = database.run(
            f"UPDATE resource SET org = {owner} WHERE patient_key = %s AND (follows & 1) = 1 "
            f"AND org IS DISTINCT FROM {owner}",
            [patient_key],
        )
        for projection in projections.registered() if changed.rowcount else ():
            if isinstance(projection, projections.Moving):
                projection.move(patient_key, org)


def _index_rows(index: Mapping[int, Rows]) -> dict[str, list[tuple]]:
    """Table → rows with the number of their resource, in the order of the table's key."""
    found: dict[str, list[tuple]] = {table: [] for table in TABLES}
    for rid, rows in index.items():
        for table, values in rows.tables.items():
            found[table] += [(*each, rid) for each in values]
    for sorting in found.values():
        sorting.sort()
    return found


def _tokens(index: Mapping[int, Rows]) -> Iterable[tuple[int, str, str]]:
    tokens: dict[int, tuple[str, str]] = {}
    for rows in index.values():
        tokens.update(rows.tokens)
    return [(number, *names) for number, names in tokens.items()]


def _unknown(table: str, names: Iterable[tuple], epoch: int) -> list[tuple]:
    """Those that this process has not written yet; it remembers them when the transaction has ended well."""
    known = _known.of(epoch, table)
    new = [row for row in names if row[0] not in known]
    if new:
        transaction.on_commit(lambda: _known.of(epoch, table).update(row[0] for row in new))
    return new


def _at_once(rows: Mapping[str, list[tuple]], stale: list[int], head: journal.Head) -> None:
    from ansinh.fhir.store import postgresql

    params = [head.position, head.hash, head.audit, head.audit_hash]
    for table, found in rows.items():
        params += postgresql.arrays(_kinds(table), found)
    if stale:
        params.append(postgresql.array("bigint", stale))
    database.run(_statement(bool(stale)), params)


@cache
def _kinds(table: str) -> tuple[str, ...]:
    return database.kinds(table, _COLUMNS[table])


@cache
def _statement(replacing: bool) -> str:
    """All tables in one statement, whose text is always the same, so that PostgreSQL plans it once.

    Its parts run in no certain order. So where index rows are replaced, those that stay are neither removed nor
    inserted: a new version mostly says what the old one said.
    """
    number = count(5)
    parts = ["UPDATE journal_head SET position = $1, hash = $2, audit = $3, audit_hash = $4 WHERE id = 1"]
    staying = {}
    for table, columns in _COLUMNS.items():
        marks = [f"${next(number)}::{kind}[]" for kind in _kinds(table)]
        tail = _UNCHANGED if replacing and table in _INDEX else _TAILS.get(table, "")
        names, given = database.quoted(columns), f"unnest({', '.join(marks)})"
        parts.append(f"INSERT INTO {table} ({names}) SELECT * FROM {given} {tail}")
        staying[table] = f"{given} AS n({names})"
    rids = f"${next(number)}::bigint[]"
    for table, columns in _INDEX.items() if replacing else ():
        same = " AND ".join(f'n."{column}" = t."{column}"' for column in columns)
        keep = f"NOT EXISTS (SELECT 1 FROM {staying[table]} WHERE {same})"
        parts.append(f"DELETE FROM {table} t WHERE t.rid = ANY({rids}) AND {keep}")
    named = ", ".join(f"w{place} AS ({part})" for place, part in enumerate(parts))
    return f"WITH {named} SELECT 1"
