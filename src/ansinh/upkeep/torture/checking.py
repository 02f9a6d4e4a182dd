"""The look after a round: every promise is asked of the database itself, and everything derived is made anew."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, journal, reindexing
from ansinh.fhir.store.audit import verifying
from ansinh.fhir.views import live
from ansinh.kernel.errors import UserError
from ansinh.upkeep.torture.storm import MARK, PARTS, Promised

INDEX = ("ix_token", "ix_ref", "ix_date", "ix_string", "ix_number", "ix_uri", "ix_quantity")
TYPES = ("Patient", "Observation", "Organization")
"""What the storm writes: all that there is to index."""


@dataclass
class Seen:
    """entries: of the journal. lost: promises that are not there; half: transactions of which a part is there; broken:
    what does not fit itself, in words."""

    entries: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return not (self.lost or self.half or self.broken)


def look(promised: Iterable[Promised]) -> Seen:
    """Compare a database with what was promised by it. Asks the database, not the server."""
    connection.close()
    seen, parts = Seen(), Counter[str]()
    for entry in journal.every():
        seen.entries = entry.position
        if entry.version == 1:
            tags = entry.resource.get("meta", {}).get("tag", ())
            parts.update(tag["code"] for tag in tags if tag["system"] == MARK)
    for one in promised:
        seen.lost += [_name(resource) for resource in one.written if not _is_there(resource)]
        seen.lost += [name for name in one.bundles if name not in parts]
    seen.half = [name for name, count in parts.items() if count != PARTS]
    seen.broken = [*_chains(), *_gaps(), *_views(), *_index(), *_current()]
    connection.close()
    return seen


def _is_there(resource: dict[str, Any]) -> bool:
    """The version that was answered is in the journal, word for word."""
    found = database.fetch(
        "SELECT body FROM journal WHERE key = %s AND version = %s",
        [key_of(resource["resourceType"], resource["id"]), int(resource["meta"]["versionId"])],
    )
    return bool(found) and json.loads(bodies.unpack(database.blob(found[0][0]))) == resource


def _name(resource: dict[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}/_history/{resource['meta']['versionId']}"


def _chains() -> list[str]:
    wrong = []
    for what, verify in (("journal", journal.verify), ("audit", verifying.verify)):
        try:
            verify()
        except UserError as error:
            wrong.append(f"{what}: {error.message}")
    return wrong


def _gaps() -> list[str]:
    """Versions of a record are 1, 2, 3 …"""
    found = database.fetch("SELECT key FROM journal GROUP BY key HAVING count(*) <> max(version) OR min(version) <> 1")
    return [f"versions of {key}" for (key,) in found]


def _current() -> list[str]:
    """The current row is the last entry, and there is one for each record."""
    found = database.fetch(
        "SELECT j.key FROM (SELECT key, max(position) AS position FROM journal GROUP BY key) j "
        "LEFT JOIN resource r ON r.key = j.key AND r.position = j.position WHERE r.key IS NULL"
    )
    return [f"current row of {key}" for (key,) in found]


def _views() -> list[str]:
    return [f"view {name}" for name in live.names() if live.differences(name, limit=1)]


def _index() -> list[str]:
    """What stands in the index is what reindexing writes."""
    before = _sums()
    with transaction.atomic():
        reindexing.reindex(TYPES)
        after = _sums()
        transaction.set_rollback(True)
    return [f"index {table}" for table in INDEX if before[table] != after[table]]


def _sums() -> dict[str, int]:
    return {table: hash(frozenset(database.fetch(f"SELECT * FROM {table}"))) for table in INDEX}
