"""The current rows made again from the journal: for a database that begins from a backup.

    owners(after, upto) ─► backup ─► keep_owners(…) ─┐
    journal's entries ───► backup ─► COPY ───────────┴─► derive(upto): resource, journal_head
                                                             └─► index and views as after an upgrade

The journal says what a record is; whose it is may have been decided by the unit of its writer, which the journal does
not hold. So a backup takes the owners along, and they stand in a table of their own until the rows are made.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import connection, transaction

from ansinh.fhir.index.numbers import WITHHELD, mask_number
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, journal, labelling, ownership
from ansinh.fhir.store.audit import entries as audit
from ansinh.fhir.store.audit import keeping
from ansinh.fhir.store.records import COLUMNS, Row

OWNER = ("key", "position", "patient_key", "org", "follows")
"""What a backup keeps of a row of `resource`: everything else is in the journal."""
_BATCH = 1000
_AUDIT = (
    f"SELECT {', '.join(f'a.{name}' for name in audit.COLUMNS)}, j.hash FROM audit_row a "
    "LEFT JOIN journal j ON j.position = a.position WHERE a.id > %s ORDER BY a.id"
)
_DELETED = journal.METHODS.index("delete")
_KEPT = "restored_owner"
_PATIENTS_OWNER = f"COALESCE((SELECT p.org FROM resource p WHERE p.key = resource.patient_key), {WITHHELD})"
_WRITES = frozenset(audit.VERBS.index(verb) for verb in audit.WRITES)


def begin() -> None:
    """Make room for the owners; the caller holds a transaction around everything."""
    database.run_once(f"DROP TABLE IF EXISTS {_KEPT}")
    columns = "key BIGINT, position BIGINT, patient_key BIGINT, org BIGINT, follows SMALLINT"
    database.run_once(f"CREATE TABLE {_KEPT} ({columns}, PRIMARY KEY (key, position))")


def node() -> str:
    """Name of the node whose journal the database holds; "" for an empty one."""
    found = database.fetch("SELECT node FROM journal_head WHERE id = 1")
    return found[0][0] if found else ""


def keep_owners(rows: Sequence[Sequence[int | None]]) -> None:
    """Owners as one part of a backup has them (`OWNER`): of the last version in that part."""
    types = dict.fromkeys(OWNER, "bigint") | {"follows": "smallint"}
    database.insert(_KEPT, OWNER, [tuple(row) for row in rows], types=types)


def derive(upto: int, node: str) -> int:
    """Write `resource` as it was at a position of the journal, and the journal's head; how many records there are.

    Entries behind the position must not be there. Raises `journal.Broken` when the chain does not fit.
    """
    with transaction.atomic():
        count = 0
        for rows in _rows():
            database.insert("resource", [name.strip() for name in COLUMNS.split(",")], [row.values() for row in rows])
            count += len(rows)
        database.run_once(
            f"UPDATE resource SET org = {labelling.of_follower(connection.vendor, _PATIENTS_OWNER, 'follows')} "
            "WHERE (follows & 1) = 1"
        )
        database.run_once(f"DROP TABLE {_KEPT}")
        _end(upto, node)
    journal.verify()
    return count


def _rows() -> Iterator[list[Row]]:
    """The last entry of each record with its owner, oldest record first; its number is the position of its first."""
    after = 0
    while found := database.fetch(
        "SELECT f.position, l.key, l.type, l.version, l.position, l.at_us, l.method, l.body, "
        "o.position, o.patient_key, o.org, o.follows FROM journal f "
        "JOIN journal l ON l.key = f.key AND l.version = (SELECT max(m.version) FROM journal m WHERE m.key = f.key) "
        f"LEFT JOIN {_KEPT} o ON o.key = f.key AND o.position = COALESCE("
        f"(SELECT max(e.position) FROM {_KEPT} e WHERE e.key = f.key AND e.position <= l.position), "
        f"(SELECT min(e.position) FROM {_KEPT} e WHERE e.key = f.key)) WHERE f.version = 1 AND f.position > %s "
        f"ORDER BY f.position LIMIT {_BATCH}",
        [after],
    ):
        yield [_row(values) for values in found]
        after = found[-1][0]


def _row(values: tuple) -> Row:
    rid, key, kind, version, position, at_us, method, body, said_at, patient_key, org, follows = values
    body = database.blob(body)
    resource = json.loads(bodies.unpack(body))
    row = Row(
        rid, key, kind, resource["id"], version, position, at_us, int(method == _DELETED),
        patient_key, org, follows or 0, body,
    )  # fmt: skip
    # What the backup says of the owner may be of another version than the one that is restored.
    return row if said_at == position else _owned(row, resource)


def _owned(row: Row, resource: dict) -> Row:
    """Whose it is as the resource itself tells; what it does not tell stays as the nearest version had it."""
    if row.deleted:
        return row
    owner = ownership.owner_of(resource, "")
    patient = key_of("Patient", owner.patient) if owner.patient else None
    mask = labelling.mask(resource["resourceType"], resource.get("meta", {}))
    if owner.follows or ownership.organization_id(resource):
        org = owner.org if owner.org is None or owner.org % 2 else owner.org ^ mask_number(mask)
        return replace(row, patient_key=patient, org=org, follows=int(owner.follows) | mask << 1)
    org = row.org if row.org is None or row.org % 2 else row.org ^ mask_number(row.follows >> 1) ^ mask_number(mask)
    return replace(row, patient_key=patient, org=org, follows=mask << 1)


def _end(upto: int, node: str) -> None:
    """The head: last position, its hash, a new epoch. An empty journal has none."""
    found = database.fetch("SELECT hash FROM journal WHERE position = %s", [upto])
    if not found:
        return
    head = journal.lock()  # makes the one row
    head.position, head.hash = upto, database.blob(found[0][0])
    head.audit, head.audit_hash = _audit_end(upto)
    journal.advance(head)
    database.run("UPDATE journal_head SET node = %s WHERE id = 1", [node])
    journal.begin_epoch()


def _audit_end(upto: int) -> tuple[int, bytes]:
    """The last row of the audit before anything was written behind a position, and the seal after it; the rest goes:
    its seals are of entries that are not here."""
    later = database.fetch("SELECT min(id) FROM audit_row WHERE position > %s", [upto])[0][0]
    if later is not None:
        for table in ("audit_row", "audit_seal"):
            database.run(f"DELETE FROM {table} WHERE id >= %s", [later])
    start = keeping.kept_after()
    database.run("DELETE FROM audit_row WHERE id <= %s", [start])
    kept = database.fetch("SELECT id, hash FROM audit_seal ORDER BY id DESC LIMIT 1")
    last, seal = (kept[0][0], database.blob(kept[0][1])) if kept else (start, b"")
    for *row, of_entry in database.fetch(_AUDIT, [last]):
        row[7] = database.blob(row[7])
        last, seal = row[0], audit.seal(seal, row, database.blob(of_entry) if row[6] in _WRITES else b"")
    return last, seal
